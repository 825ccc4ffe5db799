"""The words of each notification: which text, with which facts, in which language.

`words`, what staff wrote by hand, is a fact of the inbox and of e-mail only: a push travels
abroad and carries number, status, agency, deadline and link.
"""

import re
import unicodedata
from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings

from notifications.sentences import Text, Words

PRIVATE = frozenset({"words"})
TIME = {"vi": "{0:%H:%M} ngày {0:%d/%m/%Y}", "en": "{0:%H:%M}, {0.day} {0:%B %Y}"}
LONGEST_WORDS = 300

WITHOUT_TURNS = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)])
"""What overrides, embeds or isolates the direction of writing: names hold it, messages do not."""

_FACT = re.compile(r"\{(\w+)\}")


def render(text: Text, language: str, facts: Mapping[str, str]) -> tuple[str, str]:
    """Return title and body in the language, Vietnamese where it is none of ours; in NFC."""
    return render_words(text.words(language), facts)


def render_words(words: Words, facts: Mapping[str, str]) -> tuple[str, str]:
    """Return title and body; a sentence whose facts are missing is left out. Both in NFC."""
    said = [
        sentence.format_map(facts)
        for sentence in words.sentences
        if all(facts.get(name) for name in _FACT.findall(sentence))
    ]
    body = " ".join(said).translate(WITHOUT_TURNS)
    return unicodedata.normalize("NFC", words.title), unicodedata.normalize("NFC", body)


def without_private(facts: Mapping[str, str]) -> dict[str, str]:
    """Return the facts that may leave the country in a push."""
    return {name: value for name, value in facts.items() if name not in PRIVATE}


def time_text(moment: datetime, language: str) -> str:
    """Return a deadline as people read it, in the province's own time."""
    local = moment.astimezone(ZoneInfo(settings.TIME_ZONE))
    return TIME["en" if language.startswith("en") else "vi"].format(local)


def excerpt(words: str) -> str:
    """Return what staff wrote on one line, at most LONGEST_WORDS characters of it."""
    line = " ".join(words.split())
    return line if len(line) <= LONGEST_WORDS else line[: LONGEST_WORDS - 1].rstrip() + "…"
