"""What a way to a person is: it takes pushes and says of each how it went."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from enum import StrEnum
from typing import Protocol


@dataclass(frozen=True, kw_only=True)
class Push:
    """What travels: number, status, agency, deadline and link; never a word about a person.

    Of two pushes with the same `collapse_key` a phone shows the newer one only, so one that is
    sent twice is seen once; a gateway that knows no such key is told `id`, the same each time.
    `text` is what a text message says, `unsubscribe` a link that ends pushes of this kind.
    `data` goes to the app, not to the eye.
    """

    address: str
    title: str
    body: str
    link: str
    collapse_key: str
    urgent: bool
    lives: timedelta
    id: str = ""
    text: str = ""
    language: str = "vi"
    unsubscribe: str = ""
    data: dict[str, str] = field(default_factory=dict)


class Outcome(StrEnum):
    """How a push ended, as far as the transport knows."""

    SENT = "sent"
    LATER = "later"  # nobody's fault: to be tried again
    GONE = "gone"  # the address is dead and must be forgotten
    REFUSED = "refused"  # the same push would be refused again


@dataclass(frozen=True, kw_only=True)
class Result:
    """The outcome of one push; `wait` is how long the gateway asked us to stay away.

    `answered` says of one for LATER that its receiver is the cause, not the gateway, which is well.
    """

    outcome: Outcome
    error: str = ""
    wait: timedelta | None = None
    answered: bool = False


class Transport(Protocol):
    """A gateway: how many pushes it takes in one call, and how many calls at once."""

    name: str
    batch: int
    lanes: int

    def send(self, pushes: Sequence[Push]) -> list[Result]:
        """Return one result for each push, in order. What it raises counts as LATER for all."""
        ...


_ENHANCED = r"(?<![\d.])[245]\.[0-7]\.\d{1,3}(?![\d.])"  # RFC 3463: 5.1.1
_NUMBER = rf"\+?\d(?:[\s().\-/]{{0,3}}(?!{_ENHANCED})\d){{7,}}"
_LETTER = r"[^\s<>\"'()\[\]{},:;=@]"
_MAIL = rf"(?<!{_LETTER}){_LETTER}+?(?:@|%40|\\u0040){_LETTER}+"
_PEOPLE = re.compile(rf"(?P<code>{_ENHANCED})|{_MAIL}|{_NUMBER}")
_PATH = re.compile(r"https?://[^/\s\"]+(/[^\s\"]*)")
_CALLED = re.compile(r"(?<=with url: )\S+")  # as `requests` names what it could not reach
_SHORTEST, _SECRET = 3, 16  # letters of what names one person, and of what only its holder knows


def kept(said: str, address: str, letters: int = 300) -> str:
    """Return what may be kept of what a gateway said: it is shown to who need not know whom.

    The push's own address becomes "…", and so does whatever looks like an e-mail address or a
    telephone number. Letters that a database or a line of a log cannot hold become spaces.
    """
    clean = "".join(letter if letter.isprintable() else " " for letter in said)
    clean = _CALLED.sub("…", clean.replace("\\/", "/"))
    for path in _PATH.findall(address):
        secret = [part for part in re.split(r"[/?&=]", path) if len(part) >= _SECRET]
        for part in (path, path.partition("?")[0], *secret):
            clean = clean.replace(part, "…") if len(part) >= _SHORTEST else clean
    for name in (address, address.rpartition("@")[0]):
        if len(name) >= _SHORTEST:
            whole = rf"(?<!\w){re.escape(name)}(?!\w)"
            clean = re.sub(whole, "…", clean, flags=re.IGNORECASE)
    clean = _PEOPLE.sub(lambda found: found["code"] or "…", clean)
    return clean[:letters].strip()


LONGEST_WAIT = timedelta(days=1)
_SECONDS = re.compile(r"[0-9]{1,9}")  # a header may hold a number of any length


def wait_said(retry_after: str | None) -> timedelta | None:
    """Return what a Retry-After header asks for, in seconds or as a date; None for neither.

    Never more than LONGEST_WAIT: who asks for years has a wrong clock, and would be left alone
    for as long.
    """
    said = (retry_after or "").strip()
    if _SECONDS.fullmatch(said):
        return min(timedelta(seconds=int(said)), LONGEST_WAIT)
    try:
        moment = parsedate_to_datetime(said)
    except (ValueError, OverflowError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return min(max(moment - datetime.now(UTC), timedelta(0)), LONGEST_WAIT)
