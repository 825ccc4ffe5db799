"""Whose hours a deadline counts: what the tables say prevails over the national calendar."""

from datetime import date, time

import pytest
from django.db import IntegrityError, transaction

from backend.catalogue.calendar import OFFICE, calendar_of
from backend.catalogue.models import CalendarDay, OfficeHours
from tests.factories import make_agency

pytestmark = pytest.mark.django_db
SATURDAY = date(2026, 1, 10)
FRIDAY = date(2026, 1, 2)


def test_without_data_offices_keep_office_hours_on_working_days():
    calendar = calendar_of(None)
    assert calendar.hours_of(date(2026, 3, 2)) == OFFICE
    assert calendar.hours_of(date(2026, 3, 7)) == ()
    assert calendar.hours_of(date(2026, 2, 17)) == ()


def test_a_decreed_swap_holds_for_all_unless_an_agency_says_otherwise():
    ward, port = make_agency("W"), make_agency("P")
    CalendarDay.objects.create(day=FRIDAY, worked=False)
    CalendarDay.objects.create(day=SATURDAY, worked=True)
    CalendarDay.objects.create(day=FRIDAY, worked=True, agency=port)
    assert calendar_of(None).hours_of(SATURDAY) == OFFICE
    assert calendar_of(ward.pk).hours_of(FRIDAY) == ()
    assert calendar_of(port.pk).hours_of(FRIDAY) == OFFICE


def test_an_agency_with_hours_of_its_own_works_only_those():
    port = make_agency("P")
    OfficeHours.objects.create(agency=port, weekday=5, opens=time(6), shuts=time(0))
    calendar = calendar_of(port.pk)
    assert calendar.hours_of(date(2026, 3, 7)) == ((time(6), time(0)),)
    assert calendar.hours_of(date(2026, 3, 2)) == ()
    assert calendar_of(None).hours_of(date(2026, 3, 2)) == OFFICE


def test_a_day_is_said_once_for_all_and_hours_end_after_they_begin():
    CalendarDay.objects.create(day=FRIDAY, worked=False)
    with pytest.raises(IntegrityError), transaction.atomic():
        CalendarDay.objects.create(day=FRIDAY, worked=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        OfficeHours.objects.create(agency=make_agency("P"), weekday=0, opens=time(9), shuts=time(8))
