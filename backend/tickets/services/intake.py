"""Before the work: a ticket is given on, given back, asked about, joined, rejected, withdrawn."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from backend import clock
from backend.accounts.models import Agency
from backend.accounts.principal import Principal
from backend.errors import Conflict, InvalidInput
from backend.events.log import record, recording
from backend.reports.events import ReportWithdrawn
from backend.reports.models import Report
from backend.reports.services import add_photos_to_report
from backend.tickets.decisions import Rules
from backend.tickets.events import (
    ReportJoined,
    TicketInfoGiven,
    TicketInfoRequested,
    TicketRejected,
    TicketRerouted,
    TicketReturned,
    TicketWithdrawn,
)
from backend.tickets.lifecycle import OPEN, Status, Verb, may_become
from backend.tickets.models import Ticket, TicketReport
from backend.tickets.services import _steps as step

MOVE = "move"
"""The verb of a note that says why the rules were let decide anew."""


@recording()
def reroute_ticket(
    *,
    ticket_id: UUID,
    agency: str | None,
    actor: Principal,
    version: int,
    reason: str | None,
    category: str | None = None,
    rules: Rules | None = None,
) -> Ticket:
    """Give the ticket to an agency by a person's word; from one agency to another, say why.

    Who confirms the proposed agency confirms those that were to support it as well. With a
    category, that of the ticket is corrected, for the agency that has it if no other is named.
    `rules` is what the rules say of it, where they are followed and not a person's judgement.
    """
    ticket = step.locked(ticket_id, version=version, verb=Verb.REROUTE)
    other = step.other_category(ticket, category)
    former, was = ticket.agency, ticket.category
    had = former.code if former else None
    target = step.active_agency(agency or (had if other else None))
    if had == target.code and ticket.state == Status.ROUTED and other is None:
        raise InvalidInput("same_agency", _("This agency has the ticket already."), field="agency")
    note_id, said = None, ""
    if had or other or reason:
        said = step.words(reason, field="reason", code="reason_needed")
        verb = MOVE if rules and rules.get("rule") else Verb.REROUTE
        note_id = step.write_note(ticket, verb, said, actor)
    helped = set(ticket.supporting.values_list("code", flat=True))
    step.become(ticket, Status.ROUTED)
    confirms = former is None and other is None and _is_proposed(ticket, target)
    _hand_over(ticket, target)
    hides = step.correct_category(ticket, other) if other else False
    follows = ticket.routing if confirms else rules
    step.decide(ticket, actor, had=former, was=was, reason=said, rules=follows, confirms=confirms)
    _set_deadlines(ticket, anew=other is not None)
    helps = {target.code, *ticket.supporting.values_list("code", flat=True)}
    return step.keep(
        ticket,
        TicketRerouted,
        actor=actor,
        from_agency=had,
        note_id=note_id,
        from_category=was.pk if other else None,
        hides=hides,
        left=sorted(helped - helps),
    )


def _is_proposed(ticket: Ticket, target: Agency) -> bool:
    return target.code == ticket.routing.get("proposed") and bool(ticket.routing.get("rule"))


def _hand_over(ticket: Ticket, target: Agency) -> None:
    if ticket.agency is None and target.code == ticket.routing.get("proposed"):
        helpers = ticket.routing.get("proposed_supporting", [])
        ticket.supporting.set(Agency.objects.filter(code__in=helpers, active=True))
    if ticket.agency_id != target.pk:
        ticket.assignee = None
    ticket.supporting.remove(target)
    ticket.agency, ticket.info_due_at = target, None


def _set_deadlines(ticket: Ticket, *, anew: bool) -> None:
    """Whoever gets the ticket has its time to acknowledge; the rest is as it was promised.

    A corrected category is another promise: both deadlines are those that it gives from now.
    """
    now = clock.now()
    ticket.ack_due_at = step.ack_due(ticket, now)
    if anew:
        ticket.resolve_due_at = ticket.first_resolve_due_at = step.whole_due(ticket, now)
    ticket.resolve_due_at = ticket.resolve_due_at or step.whole_due(ticket, now)
    ticket.first_resolve_due_at = ticket.first_resolve_due_at or ticket.resolve_due_at


@recording()
def return_ticket(*, ticket_id: UUID, actor: Principal, version: int, reason: str | None) -> Ticket:
    """Give the ticket back, saying why it is not this agency's."""
    ticket = step.locked(ticket_id, version=version, verb=Verb.RETURN)
    said = step.words(reason, field="reason", code="reason_needed")
    note_id = step.write_note(ticket, Verb.RETURN, said, actor)
    assert ticket.agency is not None  # a ticket that can be returned has one
    former = ticket.agency
    step.become(ticket, Status.RETURNED)
    ticket.agency, ticket.assignee, ticket.accepted_at = None, None, None
    step.decide(ticket, actor, had=former, reason=said)
    return step.keep(ticket, TicketReturned, actor=actor, from_agency=former.code, note_id=note_id)


@recording()
def reject_ticket(*, ticket_id: UUID, actor: Principal, version: int, reason: str | None) -> Ticket:
    """End the ticket without work; the reporter is shown the reason."""
    ticket = step.locked(ticket_id, version=version, verb=Verb.REJECT)
    said = step.words(reason, field="reason", code="reason_needed")
    reply_id = step.write_reply(ticket, Verb.REJECT, said, actor)
    step.become(ticket, Status.REJECTED)
    ticket.closed_at = clock.now()
    return step.keep(ticket, TicketRejected, actor=actor, reply_id=reply_id)


@recording()
def request_info(*, ticket_id: UUID, actor: Principal, version: int, message: str | None) -> Ticket:
    """Ask the reporter for more; the deadline stands still until the answer, for a while."""
    ticket = step.locked(ticket_id, version=version, verb=Verb.REQUEST_INFO)
    said = step.words(message, field="message", code="message_needed")
    reply_id = step.write_reply(ticket, Verb.REQUEST_INFO, said, actor)
    step.become(ticket, Status.NEED_INFO)
    ticket.info_due_at = clock.now() + timedelta(hours=settings.INFO_HOURS)
    return step.keep(ticket, TicketInfoRequested, actor=actor, reply_id=reply_id)


@recording()
def give_info(
    *, report: Report, actor: Principal, text: str, uploads: Sequence[UUID] = ()
) -> Ticket:
    """Answer what was asked; the ticket goes back to whoever asked."""
    ticket = step.locked(report.ticket_link.ticket_id)
    if ticket.state != Status.NEED_INFO:
        raise step.wrong_status(ticket)
    said = step.words(text, field="text", code="text_needed")
    note_id = step.write_note(ticket, "give_info", said, actor)
    if uploads:
        add_photos_to_report(report=report, upload_ids=uploads, actor=actor)
    step.become(ticket, Status.ROUTED if ticket.agency_id else Status.SUBMITTED)
    ticket.info_due_at = None
    ticket.ack_due_at = step.ack_due(ticket, clock.now())
    return step.keep(
        ticket, TicketInfoGiven, actor=actor, report_no=report.report_no, note_id=note_id
    )


@recording()
def join_ticket(*, ticket_id: UUID, report_id: UUID, actor: Principal) -> Ticket:
    """Add a report of the same matter to an open ticket. One that has a ticket keeps it."""
    ticket = step.locked(ticket_id)
    report = Report.objects.get(id=report_id)
    link = TicketReport.objects.filter(report=report).select_related("ticket").first()
    if link:
        return link.ticket
    if ticket.state not in OPEN:
        raise step.wrong_status(ticket)
    TicketReport.objects.create(report=report, ticket=ticket, joined_at=clock.now())
    return step.keep(
        ticket, ReportJoined, actor=actor, report_id=str(report.id), report_no=report.report_no
    )


@recording()
def withdraw_report(*, report: Report, actor: Principal) -> Report:
    """Take one's report back, while nobody works on it. The last one takes its ticket along."""
    report = Report.objects.select_for_update(of=("self",)).get(pk=report.pk)
    if report.withdrawn_at:
        return report
    link = TicketReport.objects.filter(report=report).first()
    ticket = step.locked(link.ticket_id) if link else None
    if ticket and not may_become(ticket.state, Status.WITHDRAWN):
        raise Conflict(
            "too_late_to_withdraw",
            _("An agency works on this report already, so it can no longer be withdrawn."),
        )
    report.withdrawn_at = clock.now()
    report.save(update_fields=["withdrawn_at"])
    record(ReportWithdrawn.of(report), actor=actor.key)
    if ticket and not _remain(ticket):
        step.become(ticket, Status.WITHDRAWN)
        ticket.closed_at = clock.now()
        step.keep(ticket, TicketWithdrawn, actor=actor, report_no=report.report_no)
    return report


def _remain(ticket: Ticket) -> bool:
    return ticket.report_links.filter(report__withdrawn_at=None).exists()
