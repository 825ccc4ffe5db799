"""What the matter really is, where its reporter chose another category; the agency stays."""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from backend import clock
from backend.accounts.principal import Principal
from backend.errors import InvalidInput
from backend.events.log import recording
from backend.tickets.events import TicketCorrected
from backend.tickets.lifecycle import AT_WORK, Verb
from backend.tickets.models import Ticket
from backend.tickets.services import _steps as step


@recording()
def correct_ticket(
    *,
    ticket_id: UUID,
    category: str | None,
    actor: Principal,
    version: int,
    reason: str | None,
    may_lengthen: bool = False,
) -> Ticket:
    """Correct the category of a ticket that an agency has, saying why; the status stays.

    Deadlines are those that the new category gives from now. Who does the work cannot so give
    themselves more time: a later one than was promised counts only if the actor `may_lengthen`.
    """
    ticket = step.locked(ticket_id, version=version, verb=Verb.CORRECT)
    other = step.other_category(ticket, category)
    if other is None:
        detail = _("Choose another category than the ticket has.")
        raise InvalidInput("same_category", detail, field="category")
    if ticket.agency is None:
        raise step.wrong_status(ticket)
    said = step.words(reason, field="reason", code="reason_needed")
    note_id = step.write_note(ticket, Verb.CORRECT, said, actor)
    was, helped = ticket.category, set(ticket.supporting.values_list("code", flat=True))
    hides = step.correct_category(ticket, other)
    step.decide(ticket, actor, had=ticket.agency, was=was, reason=said)
    _set_deadlines(ticket, may_lengthen=may_lengthen)
    helps = set(ticket.supporting.values_list("code", flat=True))
    return step.keep(
        ticket,
        TicketCorrected,
        actor=actor,
        from_category=was.pk,
        hides=hides,
        note_id=note_id,
        left=sorted(helped - helps),
    )


def _set_deadlines(ticket: Ticket, *, may_lengthen: bool) -> None:
    now = clock.now()
    if ticket.state in AT_WORK:
        due = step.due_after(ticket, now, step.terms_of(ticket).resolve_minutes)
    else:
        due = step.whole_due(ticket, now)
        ack = step.ack_due(ticket, now)
        ticket.ack_due_at = _chosen(ticket.ack_due_at, ack, may_lengthen)
    ticket.resolve_due_at = _chosen(ticket.resolve_due_at, due, may_lengthen)
    first = ticket.first_resolve_due_at
    ticket.first_resolve_due_at = _chosen(first, due, may_lengthen)


def _chosen(promised: datetime | None, due: datetime, may_lengthen: bool) -> datetime:
    return due if may_lengthen or promised is None else min(promised, due)
