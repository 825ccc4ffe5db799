"""What the settings take from a province's own file: names, codes, and where its map begins."""

import json
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured

NEEDED: dict[str, type | tuple[type, ...]] = {
    "code": str,
    "name_vi": str,
    "name_en": str,
    "report_prefix": str,
    "duty_desk": str,
    "centre": dict,
    "zoom": (int, float),
    "time_zone": str,
    "valid_from": str,
}


def province_facts(folder: Path) -> dict[str, Any]:
    """Return the content of `province.json` in the folder.

    Raises ImproperlyConfigured, naming the file, where it is missing or lacks something.
    """
    path = folder / "province.json"
    try:
        facts = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ImproperlyConfigured(f"PROVINCE_DIR: cannot read {path}: {error}") from error
    if not isinstance(facts, dict):
        raise ImproperlyConfigured(f"{path} is no JSON object.")
    wrong = [name for name, kind in NEEDED.items() if not isinstance(facts.get(name), kind)]
    if not wrong and not {"lat", "lon"} <= facts["centre"].keys():
        wrong = ["centre"]
    if wrong:
        raise ImproperlyConfigured(f"{path} lacks, or says wrongly: {', '.join(wrong)}.")
    return facts
