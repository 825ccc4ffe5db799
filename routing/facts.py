"""What the engine is told: of a report or of an imagined matter, and what is known of agencies."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings

from backend import clock
from backend.accounts.models import Agency, Role
from backend.accounts.principal import Principal
from backend.catalogue.calendar import Calendar, calendar_of
from backend.catalogue.models import Category
from backend.reports.models import Report
from backend.tickets.deadlines import is_worked
from geo.assets import assets_near
from geo.names import area_name
from routing import engine
from routing.choices import Channel, Reporter
from routing.models import DutyShift

COMMITTEE = "commune_committee"
"""The kind of an agency that is a unit's People's Committee."""

MOST_ASSETS = 100

Shift = tuple[str, str, datetime, datetime]


@dataclass(frozen=True)
class Known:
    """Agencies, committees by unit, successors, duty shifts and the calendar, read once."""

    agencies: Mapping[str, engine.Name] = field(default_factory=dict)
    committees: Mapping[str, str] = field(default_factory=dict)
    successors: Mapping[str, str] = field(default_factory=dict)
    shifts: tuple[Shift, ...] = ()
    calendar: Calendar = field(default_factory=Calendar)

    def on_duty(self, moment: datetime) -> dict[str, str]:
        """Return the agency that holds each roster at that moment."""
        # The later begun comes last, and so holds it.
        return {
            roster: agency
            for roster, agency, begins, ends in self.shifts
            if begins <= moment < ends
        }


def known() -> Known:
    """Read what all decisions of one sitting need, in four queries."""
    everyone = list(Agency.objects.order_by("code"))
    active = [each for each in everyone if each.active]
    shifts = DutyShift.objects.order_by("begins_at", "pk")
    return Known(
        agencies={each.code: engine.Name(each.name_vi, each.name_en) for each in active},
        committees={
            each.area_code: each.code
            for each in reversed(active)
            if each.kind == COMMITTEE and each.area_code
        },
        successors=_successors({each.pk: each for each in everyone}),
        shifts=tuple(shifts.values_list("roster__code", "agency__code", "begins_at", "ends_at")),
        calendar=calendar_of(None),
    )


def _successors(agencies: Mapping[int, Agency]) -> dict[str, str]:
    """Return who follows each agency that is no more, through several if need be."""
    found = {}
    for each in agencies.values():
        heir, seen = each, {each.pk}
        while not heir.active and heir.successor_id and heir.successor_id not in seen:
            heir = agencies[heir.successor_id]
            seen.add(heir.pk)
        if not each.active and heir.active:
            found[each.code] = heir.code
    return found


def facts_of(
    report: Report,
    on: Known | None = None,
    *,
    area: str | None = None,
    category: Category | None = None,
) -> engine.Facts:
    """Return what the engine needs to know of a report.

    `area` is another unit than it kept, `category` another than its reporter chose.
    """
    return facts_for(
        category=category or report.category,
        area_code=report.area_code if area is None else area,
        place_doubt=tuple(report.place_doubt),
        answers=report.answers,
        reporter=_reporter_of(report),
        channel=_channel_of(report),
        moment=report.submitted_at,
        point=(report.lat, report.lon),
        on=on,
    )


def facts_for(
    *,
    category: Category,
    area_code: str,
    place_doubt: tuple[str, ...] = (),
    answers: Mapping[str, Any] | None = None,
    reporter: str = Reporter.CITIZEN,
    channel: str = Channel.WEB,
    moment: datetime | None = None,
    point: tuple[float, float] | None = None,
    on: Known | None = None,
) -> engine.Facts:
    """Return the facts of a matter in a place, reported or only imagined.

    Assets within ASSET_RADIUS_M of `point` (lat, lon) count as "layer:kind"; so does what was
    answered, as "question:answer", since the reporter may know better what road it is.
    """
    on = on or known()
    zone = ZoneInfo(settings.TIME_ZONE)
    moment = moment or clock.now()
    said = answers or {}
    near = _near(*point) if point else {}
    return engine.Facts(
        category=category.code,
        category_name=engine.Name(category.name_vi, category.name_en),
        sector=category.sector_id,
        level=category.level,
        priority=category.priority,
        intake=category.intake,
        duty_desk=settings.DUTY_DESK,
        reporter=reporter,
        channel=channel,
        area=area_code,
        area_name=engine.Name(*area_name(area_code)) if area_code else None,
        committee=on.committees.get(area_code, ""),
        answers=frozenset(f"{name}={value}" for name, value in said.items()),
        assets=frozenset(f"{name}:{value}" for name, value in said.items()) | near.keys(),
        near=near,
        supporting=tuple(category.supporting),
        place_doubt=place_doubt,
        agencies=on.agencies,
        moment=moment.astimezone(zone),
        worked=is_worked(moment, zone=zone, hours_of=on.calendar.hours_of),
        rosters=on.on_duty(moment),
        successors=on.successors,
    )


def _near(lat: float, lon: float) -> dict[str, engine.Near]:
    """Return the nearest asset of each class about the point, as the provinces' layers have it."""
    found: dict[str, engine.Near] = {}
    for asset in assets_near(lat, lon, settings.ASSET_RADIUS_M, most=MOST_ASSETS):
        near = engine.Near(asset.name or asset.code, asset.distance_m)
        found.setdefault(f"{asset.layer}:{asset.kind}", near)
    return found


def _reporter_of(report: Report) -> str:
    if report.user is None:
        return Reporter.ANONYMOUS if report.anonymous else Reporter.CITIZEN
    holds = Principal(key=report.reporter_key, user=report.user).holds(Role.OFFICER)
    return Reporter.OFFICER if holds else Reporter.STAFF


def _channel_of(report: Report) -> str:
    if report.device is None:
        return Channel.DESK
    platform = report.device.platform
    return platform if platform in Channel.values else Channel.WEB
