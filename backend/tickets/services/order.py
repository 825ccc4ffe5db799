"""Putting tickets in order: later deadlines, one ticket from two, two from one, words, orders."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from backend import clock
from backend.accounts.principal import Principal
from backend.errors import InvalidInput, NotFound
from backend.events.log import recording
from backend.tickets.events import (
    TicketCommented,
    TicketDirected,
    TicketExtended,
    TicketMerged,
    TicketOpened,
    TicketRouted,
    TicketSplit,
)
from backend.tickets.lifecycle import AWAITS_AGENCY, OPEN, Status, Verb
from backend.tickets.models import Directive, Extension, Ticket, TicketReport
from backend.tickets.services import _steps as step


@recording()
def extend_ticket(
    *, ticket_id: UUID, actor: Principal, version: int, due_at: datetime | None, reason: str | None
) -> Ticket:
    """Set a later deadline; the actor is its approver, and the first deadline is kept."""
    ticket = step.locked(ticket_id, version=version, verb=Verb.EXTEND)
    said = step.words(reason, field="reason", code="reason_needed")
    was = ticket.resolve_due_at
    if due_at is None or due_at <= clock.now() or (was and due_at <= was):
        detail = _("Give a time that is later than the present deadline.")
        raise InvalidInput("not_later", detail, field="due_at")
    extension = Extension.objects.create(
        ticket=ticket,
        was_due_at=was or clock.now(),
        due_at=due_at,
        reason=said,
        approver=actor.key,
        created_at=clock.now(),
    )
    ticket.resolve_due_at = due_at
    return step.keep(ticket, TicketExtended, actor=actor, extension_id=extension.pk)


@recording()
def merge_ticket(*, ticket_id: UUID, actor: Principal, version: int, into: UUID | None) -> Ticket:
    """Give this ticket's reports to another that is about the same; this one ends.

    What takes in something restricted is restricted from then on.
    """
    if into is None or into == ticket_id:
        detail = _("Choose another ticket to merge into.")
        raise InvalidInput("unknown_ticket", detail, field="into")
    # Both rows are locked in one order, so that two merges towards each other cannot block.
    for each in sorted((ticket_id, into)):
        try:
            step.locked(each)
        except NotFound:
            detail = _("Choose another ticket to merge into.")
            raise InvalidInput("unknown_ticket", detail, field="into") from None
    ticket = step.locked(ticket_id, version=version, verb=Verb.MERGE)
    target = step.locked(into)
    if target.state not in OPEN:
        detail = _("The other ticket is finished already.")
        raise InvalidInput("ticket_finished", detail, field="into")
    links = TicketReport.objects.filter(ticket=ticket).select_related("report")
    report_nos = [link.report.report_no for link in links]
    TicketReport.objects.filter(ticket=ticket).update(ticket=target)
    step.become(ticket, Status.MERGED)
    ticket.merged_into, ticket.closed_at = target, clock.now()
    step.keep(ticket, TicketMerged, actor=actor, into=str(target.id), report_nos=report_nos)
    hides = ticket.restricted and not target.restricted
    target.restricted = target.restricted or ticket.restricted
    target.published = target.published or ticket.published
    # The target changed too: it has more reports, so who looks at it must look again.
    step.keep(
        target,
        TicketMerged,
        actor=actor,
        into=str(target.id),
        report_nos=report_nos,
        hides=hides,
    )
    return ticket


@recording()
def split_ticket(
    *, ticket_id: UUID, actor: Principal, version: int, reports: Sequence[str]
) -> Ticket:
    """Give some of the ticket's reports a ticket of their own, with the same agency."""
    ticket = step.locked(ticket_id, version=version, verb=Verb.SPLIT)
    links = list(ticket.report_links.select_related("report"))
    going = [link for link in links if link.report.report_no in set(reports)]
    if not going or len(going) != len(set(reports)) or len(going) == len(links):
        detail = _("Choose some of the ticket's reports, and leave at least one.")
        raise InvalidInput("unknown_reports", detail, field="reports")
    new = _copy_for(ticket, going[0])
    TicketReport.objects.filter(pk__in=[link.pk for link in going]).update(ticket=new)
    if ticket.report_id in {link.report_id for link in going}:
        ticket.report = next(link.report for link in links if link not in going)
    report_nos = [link.report.report_no for link in going]
    step.note_fact(
        new,
        TicketOpened,
        actor=actor,
        report_id=str(new.report_id),
        report_no=new.report.report_no,
        split_from=str(ticket.id),
    )
    if new.agency:  # Its reporters and its desk hear of it as of any other work.
        step.keep(new, TicketRouted, actor=actor, rule=new.routing.get("rule", ""))
    return step.keep(ticket, TicketSplit, actor=actor, to=str(new.id), report_nos=report_nos)


def _copy_for(ticket: Ticket, link: TicketReport) -> Ticket:
    report = link.report
    new = Ticket(
        status=Status.ROUTED if ticket.agency_id else Status.SUBMITTED,
        category=ticket.category,
        priority=ticket.priority,
        agency=ticket.agency,
        report=report,
        lat=report.lat,
        lon=report.lon,
        cell=report.cell,
        area_code=report.area_code,
        routing=ticket.routing,
        restricted=ticket.restricted,
        created_at=report.submitted_at,
        updated_at=clock.now(),
        ack_due_at=ticket.ack_due_at,
        resolve_due_at=ticket.resolve_due_at,
        first_resolve_due_at=ticket.first_resolve_due_at,
    )
    if ticket.state not in AWAITS_AGENCY:  # That the other was acknowledged says nothing of this.
        new.ack_due_at = step.ack_due(new, clock.now())
    step.set_running_deadline(new)
    new.save(force_insert=True)
    new.supporting.set(ticket.supporting.all())
    return new


@recording()
def comment_on_ticket(
    *, ticket_id: UUID, actor: Principal, message: str | None, version: int | None = None
) -> Ticket:
    """Say something to the other staff on this ticket; about a certain version, if one is named."""
    ticket = step.locked(ticket_id, version=version)
    said = step.words(message, field="message", code="message_needed")
    note_id = step.write_note(ticket, Verb.COMMENT, said, actor)
    # The version stays: words do not make what another is about to do wrong.
    ticket.updated_at = clock.now()
    ticket.save(update_fields=["updated_at"])
    step.note_fact(ticket, TicketCommented, actor=actor, note_id=note_id)
    return ticket


@recording()
def direct_ticket(
    *,
    ticket_id: UUID,
    actor: Principal,
    version: int,
    message: str | None,
    due_at: datetime | None = None,
    kind: str = Directive.Kind.ORDER,
) -> Ticket:
    """Give an order on the ticket, or chase it, with the day by which it is to be carried out."""
    ticket = step.locked(ticket_id, version=version, verb=Verb.DIRECT)
    said = step.words(message, field="message", code="message_needed")
    if due_at and due_at <= clock.now():
        raise InvalidInput("not_later", _("Give a time that is still to come."), field="due_at")
    assert actor.user is not None  # only people give orders
    directive = Directive.objects.create(
        ticket=ticket,
        kind=kind,
        text=said,
        author=actor.user,
        due_at=due_at,
        created_at=clock.now(),
    )
    return step.keep(ticket, TicketDirected, actor=actor, directive_id=directive.pk, kind=kind)
