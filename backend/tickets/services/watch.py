"""The deadlines watched: near, past, and climbing to those above. Each is told once.

What was told is kept with the deadline for which it was told, so that a ticket with a new deadline
is watched anew, and a look repeated, or taken by two processes, tells nothing twice. The ticket's
version stays: that time passes does not make wrong what somebody is about to do.
"""

from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db.models import F, Q, QuerySet

from backend import clock
from backend.accounts.principal import of_system
from backend.events.log import recording
from backend.tickets.deadlines import Rung
from backend.tickets.events import TicketDueSoon, TicketEscalated, TicketEvent, TicketOverdue
from backend.tickets.models import Ticket
from backend.tickets.services import _steps as step

WATCH = of_system("deadlines")
AT_ONCE = 500
"""Tickets in one look: what is more waits for the next."""

AGENCY_LEADER = "agency_leader"


def ladder(ticket: Ticket) -> list[Rung]:
    """Return whom an overdue ticket is told to, and how long after its deadline."""
    return [Rung(*each) for each in settings.ESCALATION[ticket.hours_counted]]


def watch_deadlines(limit: int = AT_ONCE) -> int:
    """Tell what is to be told at this moment; returns of how many tickets."""
    ids = list(_to_tell(clock.now()).values_list("pk", flat=True)[:limit])
    return sum(tell_of_deadline(ticket_id=ticket_id) for ticket_id in ids)


def _to_tell(moment: datetime) -> QuerySet[Ticket]:
    untold = Q(due_soon_told__isnull=True) | ~Q(due_soon_told=F("due_at"))
    late_untold = Q(overdue_told__isnull=True) | ~Q(overdue_told=F("due_at"))
    return Ticket.objects.filter(
        Q(due_soon_at__lte=moment) & untold
        | Q(due_at__lt=moment) & late_untold
        | Q(climbs_at__lt=moment),
        due_at__isnull=False,
    ).order_by("due_at")


@recording()
def tell_of_deadline(*, ticket_id: UUID) -> bool:
    """Tell of one ticket's deadline what has come true; returns whether anything had."""
    ticket, moment = step.locked(ticket_id), clock.now()
    if ticket.due_at is None:
        return False
    facts = list(_near_or_past(ticket, moment)) + list(_climbed(ticket, moment))
    if not facts:
        return False
    ticket.save(update_fields=["due_soon_told", "overdue_told", "rung", "climbs_at"])
    for event, more in facts:
        step.note_fact(ticket, event, actor=WATCH, due_at=ticket.due_at.isoformat(), **more)
    return True


Fact = tuple[type[TicketEvent], dict[str, str]]


def _near_or_past(ticket: Ticket, moment: datetime) -> list[Fact]:
    due = ticket.due_at
    if due is not None and due < moment:
        # That it is near is no news any more.
        told, ticket.overdue_told, ticket.due_soon_told = ticket.overdue_told, due, due
        return [] if told == due else [(TicketOverdue, {})]
    near = ticket.due_soon_at is not None and ticket.due_soon_at <= moment
    if not near or ticket.due_soon_told == due:
        return []
    ticket.due_soon_told = due
    return [(TicketDueSoon, {})]


def _climbed(ticket: Ticket, moment: datetime) -> list[Fact]:
    """Let the ticket climb as far as it is late; a level that is not there is passed by."""
    rungs, facts = ladder(ticket), list[Fact]()
    while ticket.climbs_at is not None and ticket.climbs_at < moment:
        level = rungs[ticket.rung].level if ticket.rung < len(rungs) else ""
        if level and (ticket.agency_id or level != AGENCY_LEADER):
            facts.append((TicketEscalated, {"level": level}))
        ticket.rung += 1
        ticket.climbs_at = _climbs_next(ticket, rungs)
    return facts


def _climbs_next(ticket: Ticket, rungs: list[Rung]) -> datetime | None:
    if ticket.due_at is None or ticket.rung >= len(rungs):
        return None
    return step.due_after(ticket, ticket.due_at, rungs[ticket.rung].minutes)
