"""The board's map zoomed out: tickets counted by H3 cell, with how many of them need a person."""

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import BigIntegerField, Count, F, Func, Q, QuerySet, Value

from backend import clock
from backend.accounts.principal import Principal
from backend.catalogue.models import Priority
from backend.tickets.cell_counts import Wanted, count_by_cell
from backend.tickets.lifecycle import OPEN
from backend.tickets.models import Ticket
from geo import hexagons
from geo.hexagons import shift_to

Cluster = dict[str, Any]


@dataclass
class Tally:
    """How many tickets are in a cell, and how many of them need a person."""

    count: int = 0
    emergencies: int = 0
    overdue: int = 0
    due_soon: int = 0


Tallies = defaultdict[int, Tally]


def clusters_of(
    principal: Principal, wanted: Wanted | None, tickets: QuerySet[Ticket], resolution: int
) -> list[Cluster]:
    """Return the viewer's tickets by cell, the fullest first.

    `tickets` are those that are `wanted`, for what no counts are kept of.
    """
    tallies: Tallies = defaultdict(Tally)
    if wanted is None or not _count_kept(tallies, principal, wanted, tickets, resolution):
        _count(tallies, tickets, resolution)
    _add_lateness(tallies, tickets, resolution)
    return _ordered(tallies, resolution)


def clusters_among(tickets: QuerySet[Ticket], resolution: int) -> list[Cluster]:
    """Return tickets by cell, counted one by one, the fullest first."""
    tallies: Tallies = defaultdict(Tally)
    _count(tallies, tickets, resolution)
    return _ordered(tallies, resolution)


def _count_kept(
    tallies: Tallies,
    principal: Principal,
    wanted: Wanted,
    tickets: QuerySet[Ticket],
    resolution: int,
) -> bool:
    """Count what the viewer sees: all, or what their agencies lead, and then what they support.

    False where no counts are kept of that.
    """
    mine = principal.agency_ids
    if not principal.sees_all:
        leading = mine if wanted.agencies is None else mine & set(wanted.agencies)
        wanted = replace(wanted, agencies=tuple(leading))
    if not wanted.kept:
        return False
    for cut, count, emergencies in count_by_cell(wanted, resolution):
        tallies[cut] = Tally(count, emergencies)
    if not principal.sees_all:
        _count(tallies, tickets.filter(~Q(agency__in=mine) | Q(agency=None)), resolution)
    return True


def _count(tallies: Tallies, tickets: QuerySet[Ticket], resolution: int) -> None:
    """Count the tickets themselves."""
    urgent = Q(priority=Priority.EMERGENCY, status__in=OPEN)
    counted = _by_cell(tickets, resolution).annotate(n=Count("*"), u=Count("pk", filter=urgent))
    for row in counted:
        tallies[row["cut"]].count += row["n"]
        tallies[row["cut"]].emergencies += row["u"]


def _add_lateness(tallies: Tallies, tickets: QuerySet[Ticket], resolution: int) -> None:
    """Count those that are late, or soon will be: it depends on the moment."""
    moment = clock.now()
    pressing = tickets.filter(due_at__isnull=False, due_soon_at__lte=moment)
    late = Count("due_at", filter=Q(due_at__lt=moment))
    for row in _by_cell(pressing, resolution).annotate(n=Count("*"), late=late):
        if row["cut"] in tallies:  # Otherwise it came between the two looks.
            tally = tallies[row["cut"]]
            tally.overdue, tally.due_soon = row["late"], row["n"] - row["late"]


def _by_cell(tickets: QuerySet[Ticket], resolution: int) -> QuerySet[Ticket, Any]:
    cut = Func(
        F("cell"),
        Value(shift_to(resolution)),
        template="(%(expressions)s)",
        arg_joiner=" >> ",
        output_field=BigIntegerField(),
    )
    return tickets.filter(cell__isnull=False).order_by().annotate(cut=cut).values("cut")


def _ordered(tallies: Tallies, resolution: int) -> list[Cluster]:
    shown = [_shown(cut, tally, resolution) for cut, tally in tallies.items()]
    return sorted(shown, key=lambda one: (-one["count"], one["cell"]))


def _shown(cut: int, tally: Tally, resolution: int) -> Cluster:
    cell = hexagons.whole(cut, resolution)
    lat, lon = hexagons.middle(cell)
    where = {"cell": hexagons.name(cell), "lat": round(lat, 6), "lon": round(lon, 6)}
    return {**where, **vars(tally)}
