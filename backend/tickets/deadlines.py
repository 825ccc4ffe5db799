"""By when: deadlines in clock hours or working hours, and what follows from them.

Working hours are spans of each day, given by a calendar; the service catalogue counts eight of
them a day. All times are in the province's zone. Viet Nam keeps UTC+7 the year round, but nothing
here relies on it: the edges of a day are found in the zone, minutes are counted in UTC between.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

Span = tuple[time, time]
"""From when to when; 00:00 as the end is midnight, the end of the day."""

HoursOf = Callable[[date], Sequence[Span]]
"""The spans worked on a day, in order; none on a day off."""

LONGEST = 3660  # days to look ahead before giving up on a calendar without a working day


@dataclass(frozen=True)
class Terms:
    """How much time a matter is given: minutes, of the clock or of working hours."""

    ack_minutes: int
    resolve_minutes: int
    by_clock: bool


@dataclass(frozen=True)
class Rung:
    """A step of the ladder that an overdue matter climbs: who hears, how long after the deadline.

    Minutes count the hours that the matter's deadline counts.
    """

    level: str
    minutes: int


def clock_due(start: datetime, minutes: int) -> datetime:
    """Return `start` plus that many minutes of the clock."""
    return start + timedelta(minutes=minutes)


def working_due(start: datetime, minutes: int, *, zone: tzinfo, hours_of: HoursOf) -> datetime:
    """Return when that many working minutes after `start` have passed, in UTC.

    Zero minutes are due at the next moment that is worked. Raises ValueError for a calendar
    in which ten years bring no working day.
    """
    left = timedelta(minutes=minutes)
    for opens, shuts in _worked_from(start, zone, hours_of):
        if left <= shuts - opens:
            return opens + left
        left -= shuts - opens
    raise ValueError("The calendar has no working day.")


def working_minutes(start: datetime, end: datetime, *, zone: tzinfo, hours_of: HoursOf) -> int:
    """Return the whole working minutes between two moments, 0 where the end comes first."""
    passed = timedelta(0)
    for opens, shuts in _worked_from(start, zone, hours_of):
        if opens >= end:
            break
        passed += min(shuts, end) - opens
    return int(passed.total_seconds() // 60)


def is_worked(moment: datetime, *, zone: tzinfo, hours_of: HoursOf) -> bool:
    """Say whether that moment lies in working hours."""
    day = moment.astimezone(zone).date()
    return any(opens <= moment < shuts for opens, shuts in _edges(day, zone, hours_of))


def soon_from(start: datetime, due: datetime) -> datetime:
    """Return when a deadline begins to be near: the last quarter of the time given."""
    return due - max(due - start, timedelta(0)) / 4


def _worked_from(
    start: datetime, zone: tzinfo, hours_of: HoursOf
) -> Iterator[tuple[datetime, datetime]]:
    """Yield what is worked from `start` on, in UTC, for ten years at most."""
    day = start.astimezone(zone).date()
    for _turn in range(LONGEST):
        for opens, shuts in _edges(day, zone, hours_of):
            if shuts > start:
                yield max(opens, start.astimezone(UTC)), shuts
        day += timedelta(days=1)


def _edges(day: date, zone: tzinfo, hours_of: HoursOf) -> Iterator[tuple[datetime, datetime]]:
    for begins, ends in hours_of(day):
        last = day + timedelta(days=1) if ends == time(0) else day
        opens, shuts = datetime.combine(day, begins, zone), datetime.combine(last, ends, zone)
        yield opens.astimezone(UTC), shuts.astimezone(UTC)
