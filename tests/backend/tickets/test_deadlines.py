"""Deadlines as a table: when it starts, how long it may take, when it is due."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from backend.catalogue.calendar import is_working_day
from backend.tickets.deadlines import clock_due, soon_from, working_due

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


@pytest.mark.parametrize(
    ("start", "minutes", "due"),
    [
        ("2026-03-02 08:00", 60, "2026-03-02 09:00"),  # a Monday morning
        ("2026-03-02 11:00", 60, "2026-03-02 14:00"),  # over lunch
        ("2026-03-02 17:00", 60, "2026-03-03 08:00"),  # over the night
        ("2026-03-06 17:00", 60, "2026-03-09 08:00"),  # over the weekend
        ("2026-03-07 10:00", 240, "2026-03-09 11:30"),  # sent on a Saturday
        ("2026-03-02 03:00", 480, "2026-03-02 17:30"),  # a whole day, sent at night
        ("2026-03-02 08:00", 2400, "2026-03-09 08:00"),  # forty hours are five days
        ("2026-03-02 12:00", 0, "2026-03-02 13:30"),  # nothing to wait for but the desk to open
        ("2026-02-13 16:30", 120, "2026-02-23 08:30"),  # over Tết Bính Ngọ
        ("2026-04-24 16:30", 120, "2026-04-28 08:30"),  # over Hùng Kings' day, kept on Monday
    ],
)
def test_working_deadlines_skip_nights_weekends_and_holidays(start, minutes, due):
    found = working_due(at(start), minutes, zone=ZONE, is_working_day=is_working_day)
    assert found == at(due)


def test_clock_deadlines_run_day_and_night():
    assert clock_due(at("2026-03-07 23:50"), 15) == at("2026-03-08 00:05")


def test_a_calendar_without_a_working_day_is_refused():
    with pytest.raises(ValueError, match="no working day"):
        working_due(at("2026-03-02 08:00"), 1, zone=ZONE, is_working_day=lambda _day: False)


@pytest.mark.parametrize(
    ("day", "worked"),
    [
        (date(2026, 2, 16), False),  # the eve of Tết Bính Ngọ
        (date(2026, 2, 17), False),  # Tết
        (date(2026, 9, 2), False),  # National Day
        (date(2027, 2, 6), False),  # Tết Đinh Mùi, a Saturday
        (date(2026, 3, 2), True),
    ],
)
def test_public_holidays_are_not_worked(day, worked):
    assert is_working_day(day) is worked


def test_a_deadline_is_near_in_the_last_quarter_of_its_time():
    start = at("2026-03-02 08:00")
    assert soon_from(start, start + timedelta(hours=8)) == start + timedelta(hours=6)
    assert soon_from(start, start - timedelta(hours=1)) == start - timedelta(hours=1)
