"""Digests, quiet hours and the guard, as tables of moments in the province's own time."""

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest

from notifications.timing import Guard, Load, Wish, day_begins, due

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
GUARD = Guard(a_day=30, at_once=5)
NIGHT = (time(22), time(6))
NAP = (time(12), time(13, 30))


def local(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 3, day, hour, minute, tzinfo=ZONE).astimezone(UTC)


@pytest.mark.parametrize(
    ("moment", "wish", "told"),
    [
        (local(2, 9), Wish(), local(2, 9)),
        (local(2, 9, 1), Wish(digest="hourly"), local(2, 10)),
        (local(2, 23, 59), Wish(digest="hourly"), local(3, 0)),
        (local(2, 10), Wish(digest="hourly"), local(2, 11)),
        (local(3, 0), Wish(quiet=NIGHT), local(3, 6)),
        (local(2, 7), Wish(digest="daily"), local(2, 8)),
        (local(2, 8), Wish(digest="daily"), local(3, 8)),
        (local(2, 21, 59), Wish(quiet=NIGHT), local(2, 21, 59)),
        (local(2, 22), Wish(quiet=NIGHT), local(3, 6)),
        (local(3, 5, 59), Wish(quiet=NIGHT), local(3, 6)),
        (local(3, 6), Wish(quiet=NIGHT), local(3, 6)),
        (local(2, 12), Wish(quiet=NAP), local(2, 13, 30)),
        (local(2, 13, 30), Wish(quiet=NAP), local(2, 13, 30)),
        (local(2, 21, 30), Wish(digest="hourly", quiet=NIGHT), local(3, 6)),
        (local(2, 9), Wish(digest="daily", quiet=(time(7), time(9))), local(3, 9)),
    ],
)
def test_it_is_told_when_the_person_wants(moment, wish, told):
    assert due(moment, wish, Load(), GUARD, ZONE) == told


@pytest.mark.parametrize(
    ("load", "told"),
    [
        (Load(today=29, lately=4), local(2, 9, 3)),
        (Load(today=5, lately=5), local(2, 9, 10)),
        (Load(today=30, lately=0), local(3, 8)),
    ],
)
def test_too_much_waits_for_the_slots_end_or_for_the_morning(load, told):
    assert due(local(2, 9, 3), Wish(), load, GUARD, ZONE) == told


def test_the_day_begins_at_the_provinces_midnight():
    assert day_begins(local(2, 0, 30), ZONE) == local(2, 0)
    assert day_begins(local(2, 23, 30), ZONE) == local(2, 0)
