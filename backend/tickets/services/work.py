"""The agency's work: taken on, done, proven, approved, closed, and taken up again."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from backend import clock
from backend.accounts.models import User
from backend.accounts.principal import Principal
from backend.errors import Conflict, InvalidInput
from backend.events.log import recording
from backend.reports.models import Report
from backend.tickets.events import (
    TicketAccepted,
    TicketApproved,
    TicketAssigned,
    TicketClosed,
    TicketRated,
    TicketReopened,
    TicketResolutionProposed,
    TicketResolved,
    TicketStarted,
)
from backend.tickets.lifecycle import DONE, Status, Verb
from backend.tickets.models import Rating, Reply, Ticket
from backend.tickets.services import _steps as step
from backend.tickets.services.photos import release_clean


@recording()
def accept_ticket(*, ticket_id: UUID, actor: Principal, version: int) -> Ticket:
    """Take the ticket on. Work is due that much later than now, never later than was promised."""
    ticket = step.locked(ticket_id, version=version, verb=Verb.ACCEPT)
    step.become(ticket, Status.ACCEPTED)
    ticket.accepted_at = clock.now()
    due = step.due_after(ticket, clock.now(), step.terms_of(ticket).resolve_minutes)
    if not ticket.extensions.exists():
        ticket.resolve_due_at = min(due, ticket.resolve_due_at or due)
        ticket.first_resolve_due_at = min(due, ticket.first_resolve_due_at or due)
    return step.keep(ticket, TicketAccepted, actor=actor)


@recording()
def start_ticket(
    *, ticket_id: UUID, actor: Principal, version: int, reason: str | None = None
) -> Ticket:
    """Begin the work; from a proposed result, send it back to work, saying why."""
    ticket = step.locked(ticket_id, version=version, verb=Verb.START)
    note_id = None
    if ticket.state == Status.PENDING_APPROVAL or (reason or "").strip():
        said = step.words(reason, field="reason", code="reason_needed")
        note_id = step.write_note(ticket, Verb.START, said, actor)
    step.become(ticket, Status.IN_PROGRESS)
    return step.keep(ticket, TicketStarted, actor=actor, note_id=note_id)


@recording()
def assign_ticket(
    *, ticket_id: UUID, actor: Principal, version: int, assignee: str | None
) -> Ticket:
    """Name the person of the agency who does the work; None leaves it to the desk."""
    ticket = step.locked(ticket_id, version=version, verb=Verb.ASSIGN)
    person = None
    if assignee:
        members = User.objects.filter(memberships__agency=ticket.agency_id, is_active=True)
        person = members.filter(username=assignee).first()
        if person is None:
            detail = _("This person does not work in the agency that has the ticket.")
            raise InvalidInput("unknown_assignee", detail, field="assignee")
    ticket.assignee = person
    return step.keep(ticket, TicketAssigned, actor=actor, assignee_id=person.pk if person else None)


@recording()
def propose_resolution(
    *, ticket_id: UUID, actor: Principal, version: int, note: str | None, uploads: Sequence[UUID]
) -> Ticket:
    """Offer a result for approval; the reporter does not see it yet."""
    ticket = step.locked(ticket_id, version=version, verb=Verb.PROPOSE_RESOLUTION)
    reply_id = _result(ticket, Verb.PROPOSE_RESOLUTION, note, uploads, actor, publish=False)
    step.become(ticket, Status.PENDING_APPROVAL)
    return step.keep(ticket, TicketResolutionProposed, actor=actor, reply_id=reply_id)


@recording()
def resolve_ticket(
    *, ticket_id: UUID, actor: Principal, version: int, note: str | None, uploads: Sequence[UUID]
) -> Ticket:
    """Say what was done, with a picture unless the category needs none."""
    ticket = step.locked(ticket_id, version=version, verb=Verb.RESOLVE)
    if ticket.category.approval_required:
        detail = _("In this category a leader approves the result: propose it.")
        raise Conflict("approval_needed", detail, ticket=ticket)
    reply_id = _result(ticket, Verb.RESOLVE, note, uploads, actor, publish=True)
    step.become(ticket, Status.RESOLVED)
    ticket.resolved_at = clock.now()
    step.keep(ticket, TicketResolved, actor=actor, reply_id=reply_id)
    step.publish_reply(ticket, reply_id, actor)
    release_clean(ticket_id=ticket.pk)
    return ticket


@recording()
def approve_resolution(
    *, ticket_id: UUID, actor: Principal, version: int, note: str | None = None
) -> Ticket:
    """Release the proposed result, in the approver's words where some are given."""
    ticket = step.locked(ticket_id, version=version, verb=Verb.APPROVE)
    proposed = Reply.objects.filter(ticket=ticket, verb=Verb.PROPOSE_RESOLUTION).latest("pk")
    reply_id = proposed.pk
    if (note or "").strip():
        said = step.words(note, field="note", code="note_needed")
        reply_id = step.write_reply(ticket, Verb.APPROVE, said, actor)
    step.become(ticket, Status.RESOLVED)
    ticket.resolved_at = clock.now()
    step.keep(ticket, TicketApproved, actor=actor, reply_id=reply_id)
    step.publish_reply(ticket, reply_id, actor)
    release_clean(ticket_id=ticket.pk)
    return ticket


@recording()
def close_ticket(*, ticket_id: UUID, actor: Principal, version: int) -> Ticket:
    """End a resolved ticket; within the category's days it can still be reopened."""
    ticket = step.locked(ticket_id, version=version, verb=Verb.CLOSE)
    step.become(ticket, Status.CLOSED)
    ticket.closed_at = clock.now()
    return step.keep(ticket, TicketClosed, actor=actor)


@recording()
def reopen_ticket(
    *, ticket_id: UUID, actor: Principal, version: int | None, reason: str | None
) -> Ticket:
    """Take a finished ticket up again with its agency, saying why, on new deadlines."""
    ticket = step.locked(ticket_id, version=version, verb=Verb.REOPEN)
    since = ticket.closed_at or ticket.resolved_at or ticket.updated_at
    if clock.now() > since + timedelta(days=ticket.category.reopen_days):
        detail = _("The time to reopen this ticket is over. Please send a new report.")
        raise Conflict("reopen_window_over", detail, ticket=ticket)
    said = step.words(reason, field="reason", code="reason_needed")
    note_id = step.write_note(ticket, Verb.REOPEN, said, actor)
    step.become(ticket, Status.ROUTED)
    ticket.ack_due_at = step.ack_due(ticket, clock.now())
    ticket.resolve_due_at = step.whole_due(ticket, clock.now())
    ticket.accepted_at = ticket.resolved_at = ticket.closed_at = None
    return step.keep(ticket, TicketReopened, actor=actor, note_id=note_id)


@recording()
def rate_ticket(*, report: Report, actor: Principal, score: str, comment: str = "") -> Rating:
    """Keep how the reporter found the result; a later rating replaces the earlier."""
    ticket = step.locked(report.ticket_link.ticket_id)
    if ticket.state not in DONE or ticket.resolved_at is None:
        raise step.wrong_status(ticket)
    rating, _created = Rating.objects.update_or_create(
        report=report,
        defaults={
            "ticket": ticket,
            "score": score,
            "comment": comment.strip(),
            "rated_at": clock.now(),
        },
    )
    step.note_fact(ticket, TicketRated, actor=actor, report_no=report.report_no, score=score)
    return rating


def _result(
    ticket: Ticket,
    verb: Verb,
    note: str | None,
    uploads: Sequence[UUID],
    actor: Principal,
    *,
    publish: bool,
) -> int:
    said = step.words(note, field="note", code="note_needed")
    step.add_photos(ticket, uploads, actor)
    if ticket.category.photo_required and not uploads and not _photo_since_accepted(ticket):
        detail = _("Add a photo that shows the result.")
        raise InvalidInput("photo_needed", detail, field="uploads")
    return step.write_reply(ticket, verb, said, actor, publish=publish)


def _photo_since_accepted(ticket: Ticket) -> bool:
    since = ticket.accepted_at or ticket.created_at
    return ticket.photos.filter(added_at__gte=since).exists()
