"""What another set of rules would have done with the reports of late, and with what is open now."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from backend import clock
from backend.reports.models import Report
from backend.tickets.decisions import is_by_hand
from backend.tickets.lifecycle import OPEN, Verb, may_happen
from backend.tickets.models import Note, Ticket
from geo.errors import GeoError
from geo.locator import locate
from routing import engine
from routing.facts import Known, facts_of, known

Rules = Sequence[engine.Rule]

SOME = 500
"""Tickets read at a time: a page of moves need not read all that are open."""


@dataclass(frozen=True)
class Change:
    """A report that the changed rules would have sent another way, or with another urgency."""

    report_no: str
    category: str
    area: str
    lat: float
    lon: float
    submitted_at: str
    before: engine.Decision
    after: engine.Decision


@dataclass(frozen=True)
class Part:
    """A part of a simulation: how many were held against both, how many in all, what differs."""

    done: int
    total: int
    changes: tuple[Change, ...]

    @property
    def ended(self) -> bool:
        return self.done >= self.total


def simulate(present: Rules, changed: Rules, *, days: int, start: int, size: int) -> Part:
    """Hold `size` reports of the last `days`, from the `start`th on, against both sets."""
    since = clock.now() - timedelta(days=days)
    reports = Report.objects.filter(submitted_at__gte=since, withdrawn_at=None)
    chosen = reports.select_related("category", "device", "user").order_by("submitted_at", "pk")
    on = known()
    rows = list(chosen[start : start + size])
    changes = [change for report in rows if (change := _change(report, present, changed, on))]
    # A report that comes in meanwhile stands at the end, so a part that is short ends it.
    total = reports.count() if len(rows) == size else start + len(rows)
    return Part(start + len(rows), total, tuple(changes))


def _change(report: Report, present: Rules, changed: Rules, on: Known) -> Change | None:
    facts = facts_of(report, on)
    before, after = engine.decide(facts, present), engine.decide(facts, changed)
    if _what(before) == _what(after):
        return None
    return Change(
        report_no=report.report_no,
        category=report.category_id,
        area=report.area_code,
        lat=report.lat,
        lon=report.lon,
        submitted_at=report.submitted_at.isoformat(),
        before=before,
        after=after,
    )


def _what(decision: engine.Decision) -> tuple[object, ...]:
    """Return what would be felt; by which rule it came about would not."""
    return (
        decision.agency,
        frozenset(decision.supporting),
        decision.priority,
        decision.waits,
        tuple(sorted(decision.deadlines.items())),
    )


@dataclass(frozen=True)
class Move:
    """An open ticket that lies elsewhere than rules, boundaries or successors say today."""

    ticket: Ticket
    area: str
    agency: str
    reason: str
    movable: bool
    facts: engine.Facts
    decision: engine.Decision


SUCCESSOR, BOUNDARY, RULES = "successor", "boundary", "rules"


def moves(rules: Rules, tickets: QuerySet[Ticket] | None = None) -> Iterator[Move]:
    """Yield the open tickets that would go elsewhere today, the oldest first; nothing is moved.

    What a person has given to an agency is theirs to move, unless that agency is no more.
    """
    on = known()
    found = Ticket.objects.all() if tickets is None else tickets
    by_hand = Note.objects.filter(ticket=OuterRef("pk"), verb=Verb.REROUTE)
    rows = (
        found.filter(Q(agency__active=False) | ~Exists(by_hand), status__in=OPEN)
        .exclude(agency=None)
        .select_related("agency", "report__device", "report__user", "category__sector")
    )
    for ticket in rows.order_by("created_at", "pk").iterator(chunk_size=SOME):
        if move := _move(ticket, rules, on):
            yield move


def moves_page(
    rules: Rules, *, after: tuple[datetime, UUID] | None, size: int
) -> tuple[list[Move], bool]:
    """Return the next moves after that ticket, and whether there are more."""
    tickets = Ticket.objects.all()
    if after:
        moment, key = after
        tickets = tickets.filter(Q(created_at__gt=moment) | Q(created_at=moment, pk__gt=key))
    found = list(islice(moves(rules, tickets), size + 1))
    return found[:size], len(found) > size


def _move(ticket: Ticket, rules: Rules, on: Known) -> Move | None:
    assert ticket.agency is not None  # only such are asked for
    gone = not ticket.agency.active
    if not gone and (not ticket.routing.get("rule") or is_by_hand(ticket.routing)):
        return None
    area = ticket.area_code if gone else _area_today(ticket)
    facts = facts_of(ticket.report, on, area=area, category=ticket.category)
    decision = engine.decide(facts, rules)
    target = on.successors.get(ticket.agency.code, "") if gone else decision.agency
    if target == ticket.agency.code or target not in on.agencies:
        return None
    elsewhere = RULES if area == ticket.area_code else BOUNDARY
    return Move(
        ticket=ticket,
        area=area,
        agency=target,
        reason=SUCCESSOR if gone else elsewhere,
        movable=_movable(ticket),
        facts=facts,
        decision=decision,
    )


def _movable(ticket: Ticket) -> bool:
    """Work that an agency has begun is first given back, unless that agency is no more."""
    return may_happen(Verb.REROUTE, ticket.state) or may_happen(Verb.RETURN, ticket.state)


def _area_today(ticket: Ticket) -> str:
    try:
        place = locate(ticket.lat, ticket.lon, on=clock.now().date())
    except GeoError:
        return ticket.area_code
    return place.area.code if place.area else ""


def moves_of(rules: Rules, ids: Iterable[UUID]) -> list[Move]:
    return list(moves(rules, Ticket.objects.filter(pk__in=list(ids))))
