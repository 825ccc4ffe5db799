"""The board's filters: every one that is wrong is refused by name, none is ignored."""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter

from backend import clock
from backend.accounts.models import Agency
from backend.api.moments import moment_of
from backend.catalogue.models import Category, Priority, Sector
from backend.errors import InvalidInput
from backend.tickets.cell_counts import Wanted
from backend.tickets.lifecycle import OPEN, Status
from backend.tickets.models import Ticket
from backend.tickets.selectors import by_lateness, inside, mentioning
from geo.hexagons import resolution_for
from geo.models import Area

TICKETS_FROM_ZOOM = 13

PARAMETERS = [
    OpenApiParameter("status", str, description="Codes, by commas; `open` means all open ones."),
    OpenApiParameter("agency", str, description="Agency codes, by commas."),
    OpenApiParameter("area", str, description="Area codes, by commas."),
    OpenApiParameter("category", str, description="Category codes, by commas."),
    OpenApiParameter("sector", str, description="Sector codes, by commas."),
    OpenApiParameter("priority", str, description="Priorities, by commas."),
    OpenApiParameter("assignee", str, description="User name."),
    OpenApiParameter("overdue", bool),
    OpenApiParameter("bbox", str, description="west,south,east,north in degrees."),
    OpenApiParameter(
        "zoom",
        float,
        description="With bbox: the map's zoom. Below 13 the answer has `clusters` and no results.",
    ),
    OpenApiParameter("q", str, description="Words, a report number, or a unit's whole name."),
    OpenApiParameter("since", str, description="Changed since, RFC 3339."),
    OpenApiParameter("cursor", str),
    OpenApiParameter("limit", int),
]


def filtered(tickets: QuerySet[Ticket], query: QueryDict) -> QuerySet[Ticket]:
    """Return those tickets that the query asks for. Raises InvalidInput naming the bad field."""
    tickets = tickets.filter(**_by_codes(query))
    if value := query.get("overdue"):
        tickets = by_lateness(tickets, clock.now(), late=_flag("overdue", value))
    if value := query.get("bbox"):
        tickets = inside(tickets, box(value))
    if value := query.get("since"):
        moment = _moment(value)
        tickets = tickets.filter(updated_at__gte=moment)
    if value := (query.get("q") or "").strip()[:200]:
        tickets = mentioning(tickets, value)
    return tickets


def _by_codes(query: QueryDict) -> dict[str, Any]:
    """Return the lookups that the codes ask for. Raises InvalidInput for a code of nothing."""
    chosen: dict[str, Any] = {}
    if codes := _words(query, "status"):
        chosen["status__in"] = _statuses(codes)
    if codes := _words(query, "priority"):
        if unknown := set(codes) - set(Priority.values):
            raise _wrong("priority", sorted(unknown)[0])
        chosen["priority__in"] = codes
    for name, known, lookup in (
        ("agency", Agency, "agency__code__in"),
        ("area", Area, "area_code__in"),
        ("category", Category, "category_id__in"),
        ("sector", Sector, "category__sector_id__in"),
    ):
        if codes := _words(query, name):
            chosen[lookup] = _known(known, codes, name)
    if names := _words(query, "assignee"):
        chosen["assignee__username__in"] = names
    return chosen


def _known(
    model: type[Agency | Area | Category | Sector], codes: list[str], field: str
) -> list[str]:
    """Return the codes, each in use or used before. Raises InvalidInput for any other."""
    there = model._default_manager.filter(code__in=codes).values_list("code", flat=True)
    if unknown := set(codes) - set(there):
        raise _wrong(field, sorted(unknown)[0])
    return codes


def _statuses(codes: list[str]) -> set[str]:
    wanted = set(codes)
    if "open" in wanted:
        wanted = (wanted - {"open"}) | {status.value for status in OPEN}
    if unknown := wanted - {status.value for status in Status}:
        raise _wrong("status", sorted(unknown)[0])
    return wanted


def box(text: str) -> tuple[float, float, float, float]:
    """Return west, south, east, north. Raises InvalidInput for four numbers that are no box."""
    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError:
        raise _wrong("bbox", text) from None
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        raise _wrong("bbox", text)
    return west, south, east, north


def clustered_at(query: QueryDict) -> int | None:
    """Return how coarse the clusters are that a map asks for; None for the tickets themselves."""
    value = query.get("zoom")
    if not value or not query.get("bbox"):
        return None
    try:
        zoom = float(value)
    except ValueError:
        raise _wrong("zoom", value) from None
    if not 0 <= zoom <= 24:
        raise _wrong("zoom", value)
    return resolution_for(zoom) if zoom < TICKETS_FROM_ZOOM else None


UNCOUNTED = ("assignee", "overdue", "since", "q")
"""Filters by what no count is kept of."""


def wanted(query: QueryDict) -> Wanted | None:
    """Return what `filtered` would leave as something to count; None where it must be looked up."""
    if any(query.get(name) for name in UNCOUNTED):
        return None
    asked = _by_codes(query)
    agencies = asked.get("agency__code__in", [])
    leading = Agency.objects.filter(code__in=agencies).values_list("pk", flat=True)
    return Wanted(
        box=box(query.get("bbox") or ""),
        statuses=tuple(sorted(asked.get("status__in", ()))) or None,
        priorities=tuple(asked.get("priority__in", ())) or None,
        categories=_categories(query),
        areas=tuple(asked.get("area_code__in", ())) or None,
        agencies=tuple(leading) if agencies else None,
    )


def _categories(query: QueryDict) -> tuple[str, ...] | None:
    """Return the categories asked for, of the sectors asked for; None for any."""
    codes, sectors = _words(query, "category"), _words(query, "sector")
    if not sectors:
        return tuple(codes) or None
    within = Category.objects.filter(sector__in=sectors).values_list("code", flat=True)
    return tuple(code for code in within if not codes or code in codes)


def _moment(text: str) -> datetime:
    moment = moment_of(text.replace(" ", "+"))
    if moment is None:
        raise _wrong("since", text)
    return moment


def _flag(name: str, text: str) -> bool:
    if text.lower() not in ("1", "0", "true", "false"):
        raise _wrong(name, text)
    return text.lower() in ("1", "true")


def _words(query: QueryDict, name: str) -> list[str]:
    joined = ",".join(query.getlist(name))
    return [word.strip() for word in joined.split(",") if word.strip()]


def _wrong(field: str, value: str) -> InvalidInput:
    detail = _("“%(value)s” cannot be used here.") % {"value": value[:60]}
    return InvalidInput("invalid_filter", detail, field=field)
