"""docs/asyncapi.yaml says what the socket does: its words, codes and types of events."""

import re
from datetime import UTC, datetime
from pathlib import Path

import jsonschema
import orjson
import pytest
import yaml
from django.conf import settings

from realtime import consumer, protocol
from realtime.protocol import Close, Malformed
from tests.house.test_events import ours

BASE = Path(settings.BASE_DIR)
PAGE = yaml.safe_load((BASE / "docs" / "asyncapi.yaml").read_text(encoding="utf-8"))
MESSAGES = PAGE["components"]["messages"]
FRAMES = {
    "welcome": protocol.welcome("e", 5),
    "following": protocol.following("a", 5),
    "event": protocol.event(5, "ticket.routed", datetime(2026, 11, 21, 10, tzinfo=UTC), None, {}),
    "caught_up": protocol.caught_up("a", 5),
    "reset": protocol.reset("a", "e", 5),
    "pong": protocol.pong(5),
    "beat": protocol.beat(5),
    "error": protocol.error("not_found", "…", "a"),
}


def said_in(operation: str) -> set[str]:
    return {each["$ref"].rpartition("/")[2] for each in PAGE["operations"][operation]["messages"]}


def fits(name: str, content: object) -> None:
    """Raise jsonschema.ValidationError where the document does not allow it."""
    schema = {**MESSAGES[name]["payload"], "components": PAGE["components"]}
    jsonschema.validate(content, schema)


def ops_in(module: object) -> set[str]:
    """Return the ops that a module's text names."""
    text = Path(str(getattr(module, "__file__", ""))).read_text(encoding="utf-8")
    return set(re.findall(r'case \{"op": "(\w+)"', text))


def test_every_reference_leads_somewhere():
    for place in re.findall(r"'#/([^']+)'", (BASE / "docs" / "asyncapi.yaml").read_text("utf-8")):
        found = PAGE
        for part in place.split("/"):
            found = found[part]


def test_the_commands_are_those_that_are_read():
    assert said_in("say") == ops_in(protocol)
    for name in said_in("say"):
        for example in MESSAGES[name]["examples"]:
            fits(name, example["payload"])
            protocol.parse(orjson.dumps(example["payload"]).decode())


def test_what_the_document_requires_is_required():
    for name in said_in("say"):
        whole = MESSAGES[name]["examples"][0]["payload"]
        for field in set(MESSAGES[name]["payload"]["required"]) - {"op"}:
            less = {key: value for key, value in whole.items() if key != field}
            with pytest.raises(Malformed):
                protocol.parse(orjson.dumps(less).decode())


def test_the_frames_are_those_that_are_sent():
    text = Path(protocol.__file__).read_text(encoding="utf-8")
    sent = set(re.findall(r'_frame\(op="(\w+)"', text)) | set(
        re.findall(r'\{"op": "(event)"', text)
    )
    assert said_in("tell") == sent == FRAMES.keys()
    for name, frame in FRAMES.items():
        fits(name, orjson.loads(frame.payload))


def test_the_events_are_those_of_the_log():
    assert set(PAGE["components"]["schemas"]["eventType"]["enum"]) == ours().keys()


def test_the_codes_are_those_that_are_used():
    assert set(PAGE["x-close-codes"]) == {int(code) for code in Close}
    text = Path(protocol.__file__).read_text(encoding="utf-8")
    raised = set(re.findall(r'Malformed\("(\w+)"\)', text))
    raised |= {f"invalid_{name}" for name in re.findall(r'_text\(given, "(\w+)"\)', text)}
    used = raised | consumer.SENTENCES.keys()
    assert set(PAGE["components"]["schemas"]["errorCode"]["enum"]) == used
