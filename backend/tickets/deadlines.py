"""By when: deadlines in clock hours or working hours, and what follows from them.

Working hours: 07:30–11:30 and 13:30–17:30, eight hours as the service catalogue counts them, on
days that `is_working_day` says are worked. All times are in the province's zone; Viet Nam keeps
UTC+7 the year round, but nothing here relies on it: minutes are added in UTC between the edges.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta, tzinfo

SPANS = ((time(7, 30), time(11, 30)), (time(13, 30), time(17, 30)))
LONGEST = 3660  # days to look ahead before giving up on a calendar without a working day


def clock_due(start: datetime, minutes: int) -> datetime:
    """Return `start` plus that many minutes of the clock."""
    return start + timedelta(minutes=minutes)


def working_due(
    start: datetime, minutes: int, *, zone: tzinfo, is_working_day: Callable[[date], bool]
) -> datetime:
    """Return when that many working minutes after `start` have passed, in UTC.

    Zero minutes are due at the next moment that is worked. Raises ValueError for a calendar
    in which ten years bring no working day.
    """
    left = timedelta(minutes=minutes)
    day = start.astimezone(zone).date()
    for _turn in range(LONGEST):
        if is_working_day(day):
            for begins, ends in SPANS:
                opens = max(start, datetime.combine(day, begins, zone))
                shuts = datetime.combine(day, ends, zone)
                if opens >= shuts:
                    continue
                if left <= shuts - opens:
                    return (opens + left).astimezone(UTC)
                left -= shuts - opens
        day += timedelta(days=1)
    raise ValueError("The calendar has no working day.")


def soon_from(start: datetime, due: datetime) -> datetime:
    """Return when a deadline begins to be near: the last quarter of the time given."""
    return due - max(due - start, timedelta(0)) / 4
