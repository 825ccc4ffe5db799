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
    """The outcome of one push; `wait` is how long the gateway asked us to stay away."""

    outcome: Outcome
    error: str = ""
    wait: timedelta | None = None


class Transport(Protocol):
    """A gateway: how many pushes it takes in one call, and how many calls at once."""

    name: str
    batch: int
    lanes: int

    def send(self, pushes: Sequence[Push]) -> list[Result]:
        """Return one result for each push, in order. What it raises counts as LATER for all."""
        ...


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
