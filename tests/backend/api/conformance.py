"""Is an answer what docs/openapi.yaml says? The document is a promise, so tests hold us to it."""

import json
import re
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml
from jsonschema import Draft202012Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

DOCUMENT = Path(__file__).resolve().parents[3] / "docs/openapi.yaml"


@cache
def _document() -> dict[str, Any]:
    return yaml.safe_load(DOCUMENT.read_text(encoding="utf-8"))


@cache
def _registry() -> Registry:
    return Registry().with_resource("urn:api", Resource(_document(), DRAFT202012))


@cache
def _paths() -> list[tuple[re.Pattern[str], dict[str, Any]]]:
    def pattern(path: str) -> re.Pattern[str]:
        return re.compile(re.sub(r"\\{\w+\\}", "[^/]+", re.escape(path)) + "$")

    # Fixed addresses before those with a variable part: reports/nearby is no report number.
    ordered = sorted(_document()["paths"].items(), key=lambda item: item[0].count("{"))
    return [(pattern(path), operations) for path, operations in ordered]


def require_documented(method: str, url: str, response: Any) -> None:
    """Fail where a JSON answer, a refusal too, is not of the documented shape."""
    path = urlsplit(url).path
    found = next((operations for pattern, operations in _paths() if pattern.match(path)), None)
    operation = (found or {}).get(method.lower())
    if found is None or (response.status_code >= 400 and operation is None):
        return
    assert operation, f"{method} {path} is not documented."
    refused = "default" if response.status_code >= 400 else ""
    documented = operation["responses"].get(
        str(response.status_code), operation["responses"].get(refused)
    )
    assert documented is not None, f"{method} {path}: {response.status_code} is not documented."
    kind = response.headers.get("Content-Type", "").partition(";")[0]
    if refused:
        assert kind == "application/problem+json", f"{method} {path}: refused as {kind}."
    schema = documented.get("content", {}).get(kind, {}).get("schema")
    if schema is None or "json" not in kind:
        return
    local = json.loads(json.dumps(schema).replace('"#/', '"urn:api#/'))
    faults = list(Draft202012Validator(local, registry=_registry()).iter_errors(response.json()))
    assert not faults, f"{method} {path}: {faults[0].json_path} {faults[0].message}"
