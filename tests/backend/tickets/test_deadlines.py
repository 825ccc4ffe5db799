"""Deadlines as a table: when it starts, how long it may take, when it is due."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from backend.catalogue.calendar import NATIONAL, Calendar, is_working_day
from backend.tickets.deadlines import (
    clock_due,
    is_worked,
    soon_from,
    working_due,
    working_minutes,
)

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
        ("2026-08-21 16:30", 120, "2026-08-22 08:30"),  # on to a Saturday worked for 31 August
        ("2026-08-28 16:30", 120, "2026-09-03 08:30"),  # over National Day and the day swapped
        ("2025-04-25 16:30", 120, "2025-04-26 08:30"),  # on to a Saturday worked for 2 May
        ("2025-04-29 16:30", 120, "2025-05-05 08:30"),  # over the long weekend that it made
        ("2025-01-24 16:30", 120, "2025-02-03 08:30"),  # over Tết Ất Tỵ
        ("2027-02-03 16:30", 120, "2027-02-11 08:30"),  # over Tết Đinh Mùi, days made up
    ],
)
def test_working_deadlines_skip_nights_weekends_and_holidays(start, minutes, due):
    found = working_due(at(start), minutes, zone=ZONE, hours_of=NATIONAL.hours_of)
    assert found == at(due)


def test_clock_deadlines_run_day_and_night():
    assert clock_due(at("2026-03-07 23:50"), 15) == at("2026-03-08 00:05")


def test_a_calendar_without_a_working_day_is_refused():
    with pytest.raises(ValueError, match="no working day"):
        working_due(at("2026-03-02 08:00"), 1, zone=ZONE, hours_of=lambda _day: ())


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


@pytest.mark.parametrize(
    ("start", "end", "minutes"),
    [
        ("2026-03-02 08:00", "2026-03-02 09:00", 60),
        ("2026-03-02 11:00", "2026-03-02 14:00", 60),  # over lunch
        ("2026-03-06 17:00", "2026-03-09 08:00", 60),  # over the weekend
        ("2026-02-13 17:30", "2026-02-23 07:30", 0),  # nothing but Tết
        ("2026-03-02 09:00", "2026-03-02 08:00", 0),
        ("2026-03-02 00:00", "2026-03-09 00:00", 2400),
    ],
)
def test_working_minutes_between_two_moments(start, end, minutes):
    found = working_minutes(at(start), at(end), zone=ZONE, hours_of=NATIONAL.hours_of)
    assert found == minutes


@pytest.mark.parametrize(
    ("moment", "worked"),
    [
        ("2026-03-02 07:29", False),
        ("2026-03-02 07:30", True),
        ("2026-03-02 11:30", False),
        ("2026-03-07 09:00", False),  # a Saturday
        ("2026-08-22 09:00", True),  # a Saturday worked for another day
        ("2026-09-02 09:00", False),
    ],
)
def test_a_moment_is_worked_or_not(moment, worked):
    assert is_worked(at(moment), zone=ZONE, hours_of=NATIONAL.hours_of) is worked


DAY_AND_NIGHT = Calendar(hours={day: ((time(0), time(0)),) for day in range(8)})
SATURDAY_MORNINGS = Calendar(
    hours={
        **{day: ((time(7, 30), time(11, 30)), (time(13, 30), time(17, 30))) for day in range(5)},
        5: ((time(7, 30), time(11, 30)),),
    }
)


@pytest.mark.parametrize(
    ("calendar", "start", "minutes", "due"),
    [
        (DAY_AND_NIGHT, "2026-02-16 23:00", 120, "2026-02-17 01:00"),  # through Tết itself
        (SATURDAY_MORNINGS, "2026-03-06 17:00", 60, "2026-03-07 08:00"),
        (SATURDAY_MORNINGS, "2026-03-07 11:00", 60, "2026-03-09 08:00"),
        (SATURDAY_MORNINGS, "2026-09-01 17:00", 60, "2026-09-03 08:30"),  # holidays are kept
        # A whole decreed Saturday, since its own hours do not say that it is a short one then.
        (Calendar(days={date(2026, 1, 10): True}), "2026-01-09 17:00", 60, "2026-01-10 08:00"),
        (Calendar(days={date(2026, 1, 2): False}), "2025-12-31 17:00", 60, "2026-01-05 08:00"),
    ],
)
def test_an_agency_may_keep_its_own_hours_and_days(calendar, start, minutes, due):
    assert working_due(at(start), minutes, zone=ZONE, hours_of=calendar.hours_of) == at(due)


def test_an_hour_that_the_zone_skips_or_repeats_is_counted_as_it_passes():
    berlin = ZoneInfo("Europe/Berlin")

    def nights(_day):
        return [(time(0), time(6))]

    spring = datetime(2026, 3, 29, 0, 0, tzinfo=berlin)  # 02:00 becomes 03:00
    due = working_due(spring, 300, zone=berlin, hours_of=nights)
    assert due == datetime(2026, 3, 29, 4, 0, tzinfo=UTC)  # 06:00 there, five hours later
    autumn = datetime(2026, 10, 25, 0, 0, tzinfo=berlin)  # 03:00 becomes 02:00
    due = working_due(autumn, 420, zone=berlin, hours_of=nights)
    assert due == datetime(2026, 10, 25, 5, 0, tzinfo=UTC)  # 06:00 there, seven hours later
