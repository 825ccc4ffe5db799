"""From reports to their tickets, and to the first agency of each: many together, as they come."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from backend import clock
from backend.accounts.models import Agency
from backend.accounts.principal import Principal
from backend.catalogue.calendar import Calendar, calendar_of
from backend.events.log import recording
from backend.reports.models import Report
from backend.tickets.events import TicketOpened, TicketRouted
from backend.tickets.lifecycle import Status
from backend.tickets.models import Ticket, TicketReport
from backend.tickets.services import _steps as step


@dataclass(frozen=True, kw_only=True)
class Opening:
    """What a locked report without a ticket asks for; with an agency, the ticket is given to it.

    `routing` says why it goes where, or what is proposed to whoever reviews it first.
    """

    report: Report
    priority: str | None = None
    routing: dict[str, Any] = field(default_factory=dict)
    agency: Agency | None = None
    supporting: Sequence[Agency] = ()


@recording()
def open_tickets(openings: Sequence[Opening], *, actor: Principal) -> list[Ticket]:
    """Open the work that each of these reports asks for, in as few statements as one of them."""
    calendars = cache(calendar_of)
    tickets = [_new(each.report, each.priority, each.routing) for each in openings]
    for ticket, each in zip(tickets, openings, strict=True):
        if each.agency:
            step.become(ticket, Status.ROUTED)
            ticket.agency, ticket.version = each.agency, 2
        calendar = calendars(ticket.agency_id)
        _set_deadlines(ticket, calendar)
    Ticket.objects.bulk_create(tickets)
    _link(tickets, openings)
    for ticket, each in zip(tickets, openings, strict=True):
        _note(ticket, each, actor)
    return tickets


def _new(report: Report, priority: str | None, routing: dict[str, Any]) -> Ticket:
    category = report.category
    return Ticket(
        category=category,
        priority=priority or category.priority,
        report=report,
        lat=report.lat,
        lon=report.lon,
        cell=report.cell,
        area_code=report.area_code,
        routing=routing,
        restricted=category.restricted,
        created_at=report.submitted_at,
        updated_at=clock.now(),
    )


def _set_deadlines(ticket: Ticket, calendar: Calendar) -> None:
    ticket.ack_due_at = step.ack_due(ticket, ticket.created_at, calendar)
    if ticket.agency:
        ticket.resolve_due_at = step.whole_due(ticket, ticket.created_at, calendar)
        ticket.first_resolve_due_at = ticket.resolve_due_at
    step.set_running_deadline(ticket)


def _link(tickets: Sequence[Ticket], openings: Iterable[Opening]) -> None:
    joined_at = clock.now()
    TicketReport.objects.bulk_create(
        TicketReport(report=ticket.report, ticket=ticket, joined_at=joined_at) for ticket in tickets
    )
    helps = Ticket.supporting.through
    helps.objects.bulk_create(
        helps(ticket=ticket, agency=agency)
        for ticket, each in zip(tickets, openings, strict=True)
        for agency in each.supporting
    )


def _note(ticket: Ticket, opening: Opening, actor: Principal) -> None:
    """Record the two steps as they are told: opened, and then given to its agency."""
    report = opening.report
    ids = {"report_id": str(report.id), "report_no": report.report_no}
    opened = step.Standing(version=1, status=Status.SUBMITTED, reports=(report.report_no,))
    step.note_standing(ticket, opened, TicketOpened, actor=actor, **ids)
    if opening.agency:
        routed = step.Standing(
            version=2,
            status=Status.ROUTED,
            agency=opening.agency.code,
            supporting=tuple(sorted(agency.code for agency in opening.supporting)),
            reports=(report.report_no,),
        )
        rule = ticket.routing.get("rule", "")
        step.note_standing(ticket, routed, TicketRouted, actor=actor, rule=rule)
