"""Which hours are worked: office hours from Monday to Friday, less Viet Nam's public holidays.

The days are those of the `holidays` package: Tết and the other lunar days, days off that make up
for a holiday on a weekend, and the Saturdays that are worked instead of a day off. What was
decreed otherwise or later, for all or for one agency, is data: `CalendarDay`. An agency that
keeps other hours says so in `OfficeHours`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time
from functools import lru_cache

import holidays
from django.db.models import Q

from backend.catalogue.models import CalendarDay, OfficeHours, Weekday

Span = tuple[time, time]

OFFICE = ((time(7, 30), time(11, 30)), (time(13, 30), time(17, 30)))
"""Eight hours a day, as the service catalogue counts them."""

SATURDAY = 5


@lru_cache(maxsize=1)
def _public_holidays() -> holidays.HolidayBase:
    return holidays.country_holidays("VN")


def is_working_day(day: date) -> bool:
    """Say whether offices work on that day by the `holidays` package, make-up Saturdays too."""
    return _public_holidays().is_working_day(day)


@dataclass(frozen=True)
class Calendar:
    """Whose hours: `days` that differ from the national calendar, `hours` by `Weekday`.

    Without `hours` an agency keeps office hours on working days.
    """

    days: Mapping[date, bool] = field(default_factory=dict)
    hours: Mapping[int, tuple[Span, ...]] = field(default_factory=dict)

    def hours_of(self, day: date) -> tuple[Span, ...]:
        """Return the spans worked that day, in order."""
        if not self.hours:
            return OFFICE if self.days.get(day, is_working_day(day)) else ()
        return self.hours.get(self._kind_of(day), ())

    def _kind_of(self, day: date) -> int:
        """Return which of an agency's own hours count: a made-up Saturday is worked as Monday."""
        weekday = day.weekday()
        decreed = self.days.get(day)
        if decreed is None and day in _public_holidays():
            decreed = False
        if decreed is None and weekday >= SATURDAY and is_working_day(day):
            decreed = True
        if decreed is False:
            return Weekday.HOLIDAY
        return Weekday.MONDAY if decreed and weekday not in self.hours else weekday


NATIONAL = Calendar()


def calendar_of(agency_id: int | None) -> Calendar:
    """Return an agency's calendar, or with None what holds for all, in at most two queries."""
    days = CalendarDay.objects.filter(Q(agency=None) | Q(agency=agency_id))
    # The agency's own word stands after what holds for all, and so prevails.
    ordered = sorted(days.values_list("agency", "day", "worked"), key=lambda row: row[0] or 0)
    hours: dict[int, tuple[Span, ...]] = {}
    if agency_id is not None:
        rows = OfficeHours.objects.filter(agency=agency_id).order_by("weekday", "opens")
        for weekday, opens, shuts in rows.values_list("weekday", "opens", "shuts"):
            hours[weekday] = (*hours.get(weekday, ()), (opens, shuts))
    return Calendar({day: worked for _agency, day, worked in ordered}, hours)
