"""The texts as they stand: the province's own wording where it has one, else the first texts."""

import re
from collections.abc import Iterable
from string import Formatter

from notifications.models import Way, Wording
from notifications.sentences import Words
from notifications.texts import TEXTS

FACTS = frozenset({"report_no", "agency", "status", "due", "ack_due", "info_due"})
INBOX_ONLY = frozenset({"words"})
OWN_FACTS = {"address.proof": frozenset({"code"})}

_NAME = re.compile(r"\w+")

Wordings = dict[tuple[str, str, str], Words]
"""By audience, way ("" for every way) and language."""


def wordings_of(event: str) -> Wordings:
    """Return what the province changed of this event's texts."""
    return {
        (each.audience, each.way, each.language): words_of(each)
        for each in Wording.objects.filter(event=event)
    }


def words_of(wording: Wording) -> Words:
    lines = (line.strip() for line in wording.body.splitlines())
    return Words(wording.title, tuple(line for line in lines if line))


def words_for(event: str, relation: str, way: str, language: str, changed: Wordings) -> Words:
    """Return the words for one event, listener, way and language ("vi" or "en")."""
    for found in (changed.get((relation, way, language)), changed.get((relation, "", language))):
        if found:
            return found
    return TEXTS[relation][event].words(language)


def facts_allowed(event: str, way: str) -> frozenset[str]:
    """Return which placeholders a text may have; what staff wrote stays in the inbox."""
    if event in OWN_FACTS:
        return OWN_FACTS[event]
    return FACTS | INBOX_ONLY if way == Way.INBOX else FACTS


def placeholders(lines: Iterable[str]) -> set[str]:
    """Return the names between braces. Raises ValueError for braces that are no placeholder."""
    names: set[str] = set()
    for line in lines:
        for _text, name, form, conversion in Formatter().parse(line):
            if name is None:
                continue
            if not _NAME.fullmatch(name) or form or conversion:
                raise ValueError(line)
            names.add(name)
    return names
