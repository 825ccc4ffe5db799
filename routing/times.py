"""When a rule holds: hours of the day and days of the year, as short texts. Pure.

Hours are "working", "off" (all others), or from-to by the wall clock such as "22:00-06:00", the
end not included. Days are from-to with both ends: "2026-06-01..2026-10-31" once, "06-01..10-31"
every year, over the turn of the year too.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta

WORKING = "working"
OFF = "off"

_HOURS = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)")
_YEARLY = re.compile(r"(\d\d-\d\d)\.\.(\d\d-\d\d)")
_ONCE = re.compile(r"(\d{4}-\d\d-\d\d)\.\.(\d{4}-\d\d-\d\d)")
LEAP = 2028  # a year in which each day of a year occurs


def is_hours(text: str) -> bool:
    """Say whether the text names hours; an empty span does not."""
    if text in (WORKING, OFF):
        return True
    span = _span(text)
    return span is not None and span[0] != span[1]


def is_days(text: str) -> bool:
    """Say whether the text names days that there are, in order."""
    if _YEARLY.fullmatch(text):
        return _yearly(text) is not None
    once = _once(text)
    return once is not None and once[0] <= once[1]


def hours_hold(asked: Iterable[str], moment: datetime, *, worked: bool) -> bool:
    """Say whether one of these holds at a moment of the province's own time."""
    return any(_hour_holds(text, moment.time(), worked) for text in asked)


def days_hold(asked: Iterable[str], day: date) -> bool:
    """Say whether that day is among these."""
    return any(_day_holds(text, day) for text in asked)


def hours_meet(some: Iterable[str], others: Iterable[str]) -> bool:
    """Say whether there is a minute at which one of each may hold."""
    others = list(others)
    for text in some:
        for other in others:
            if {text, other} == {WORKING, OFF}:
                continue
            if WORKING in (text, other) or OFF in (text, other):
                return True  # Working hours are each agency's own: a span may meet them.
            if any(_in(_span(text), at) and _in(_span(other), at) for at in _edges(text, other)):
                return True
    return False


def days_meet(some: Iterable[str], others: Iterable[str]) -> bool:
    """Say whether there is a day on which one of each holds."""
    some, others = list(some), list(others)
    candidates = [day for text in (*some, *others) for day in _days(text)]
    return any(days_hold(some, day) and days_hold(others, day) for day in candidates)


def _hour_holds(text: str, at: time, worked: bool) -> bool:
    if text in (WORKING, OFF):
        return worked == (text == WORKING)
    return _in(_span(text), at)


def _day_holds(text: str, day: date) -> bool:
    once = _once(text)
    if once:
        return once[0] <= day <= once[1]
    yearly = _yearly(text)
    if yearly is None:
        return False
    first, last, today = *yearly, (day.month, day.day)
    return first <= today <= last if first <= last else today >= first or today <= last


def _span(text: str) -> tuple[time, time] | None:
    found = _HOURS.fullmatch(text)
    if not found:
        return None
    hour, minute, until_hour, until_minute = map(int, found.groups())
    return time(hour, minute), time(until_hour, until_minute)


def _in(span: tuple[time, time] | None, at: time) -> bool:
    if span is None:
        return False
    begins, ends = span
    return begins <= at < ends if begins < ends else at >= begins or at < ends


def _edges(*texts: str) -> list[time]:
    """Two spans that meet do so where one of them begins."""
    return [span[0] for span in map(_span, texts) if span]


def _once(text: str) -> tuple[date, date] | None:
    found = _ONCE.fullmatch(text)
    try:
        first, last = map(date.fromisoformat, found.groups() if found else ())
    except ValueError:
        return None
    return first, last


def _yearly(text: str) -> tuple[tuple[int, int], tuple[int, int]] | None:
    found = _YEARLY.fullmatch(text)
    try:
        first, last = (date.fromisoformat(f"{LEAP}-{part}") for part in found.groups())  # type: ignore[union-attr]
    except (ValueError, AttributeError):
        return None
    return (first.month, first.day), (last.month, last.day)


def _days(text: str) -> Iterator[date]:
    """Yield the days to try: a year's for what comes every year, its own for what comes once."""
    first, last = _once(text) or (date(LEAP, 1, 1), date(LEAP, 12, 31))
    for turn in range(min((last - first).days, 3660) + 1):
        yield first + timedelta(days=turn)
