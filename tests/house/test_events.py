"""docs/events.md says what the code does: each type, its fields, and who hears it."""

import re
from pathlib import Path

from django.conf import settings

from backend.events.types import Event, event_types, fields_of
from backend.reports.events import ReportEvent
from backend.tickets.events import TicketEvent
from realtime import audiences

PAGE = Path(settings.BASE_DIR) / "docs" / "events.md"
OURS = {"backend", "routing", "notifications", "realtime", "photos"}
COMMON: dict[str, type[Event]] = {
    "report": ReportEvent,
    "ticket": TicketEvent,
    "photo": Event,
    "rules": Event,
    "notification": Event,
}

Fields = dict[str, bool]


def fields_in(text: str) -> Fields:
    """Return the names between backticks, and whether each is bold: always there."""
    return {name: bool(bold) for bold, name in re.findall(r"(\*\*)?`(\w+)`", text)}


def documented() -> dict[str, tuple[type[Event], Fields, set[str]]]:
    """Return for each type in the page what it is about, its own fields, and who hears it."""
    found = {}
    for about, section in re.findall(
        r"^## About (?:a )?(\w+)\n(.*?)(?=^## |\Z)", PAGE.read_text(encoding="utf-8"), re.M | re.S
    ):
        for row in re.findall(r"^\| `(\S+)` \|(.*?)\|(.*?)\|.*\|$", section, re.M):
            type_, fields, heard = row
            found[type_] = (COMMON[about], fields_in(fields), set(heard.split()))
    return found


def ours() -> dict[str, type[Event]]:
    """Return the product's event types; tests have some of their own."""
    return {t: cls for t, cls in event_types.items() if cls.__module__.split(".")[0] in OURS}


def hearers_in_code(type_: str) -> set[str]:
    heard = {"O"}
    if issubclass(event_types[type_], TicketEvent) or type_ in audiences.ABOUT_WORK:
        heard.add("A")
    if type_ in audiences.REPORTER_HEARS:
        heard.add("r" if type_ in audiences.FOR_ONE_REPORTER else "R")
    if type_ in audiences.PUBLIC_HEARS:
        heard.add("P")
    if type_ in audiences.LEAVES_PUBLIC:
        heard.add("p")
    return heard


def test_the_page_names_every_event_and_no_other():
    assert documented().keys() == ours().keys()


def test_the_page_gives_each_event_the_fields_that_it_has():
    for type_, (common, own, _heard) in documented().items():
        every = fields_of(common) | own
        assert (type_, every) == (type_, fields_of(ours()[type_]))


def test_the_page_says_what_all_have_in_common():
    sections = re.findall(
        r"^## About a (\w+)\n\nEach has (.*?):? ?(?:how|\n\n)", PAGE.read_text(), re.M | re.S
    )
    for about, text in sections:
        assert fields_in(text.split(". ")[0]) == fields_of(COMMON[about])
    assert [about for about, _text in sections] == ["report", "ticket"]


def test_the_page_says_who_hears_what():
    said = {type_: heard for type_, (_common, _own, heard) in documented().items()}
    assert said == {type_: hearers_in_code(type_) for type_ in ours()}


def test_no_event_carries_words():
    words = {"name", "phone", "email", "address", "text", "contact", "note", "message"}
    for cls in ours().values():
        assert not words & fields_of(cls).keys()
