"""What no agency takes up goes to the province's duty desk: returned twice, or left untouched."""

from uuid import UUID

from django.conf import settings

from backend.accounts.models import Agency
from backend.accounts.principal import of_system
from backend.events.log import recording
from backend.tickets.lifecycle import Status, Verb
from backend.tickets.models import Note, Ticket
from backend.tickets.services import reroute_ticket

RETURNS = 2
"""So many returns show that no rule knows whose it is."""

ROUTING = of_system("routing")
RETURNED_TWICE = (
    "Đã bị trả lại hai lần nên chuyển trực ban cấp tỉnh. (Returned twice, so it goes to the "
    "province's duty desk.)"
)
UNTOUCHED = (
    "Quá hạn tiếp nhận mà chưa ai tiếp nhận nên chuyển trực ban cấp tỉnh. (Nobody acknowledged it "
    "in time, so it goes to the province's duty desk.)"
)


@recording()
def take_up_returned(ticket_id: UUID, *, from_agency: str) -> bool:
    """Give a ticket that was returned twice to the duty desk; says whether it did.

    What the duty desk itself gave back waits for the operations centre.
    """
    ticket = _locked(ticket_id)
    returned = Note.objects.filter(ticket=ticket, verb=Verb.RETURN).count()
    if ticket.state != Status.RETURNED or returned < RETURNS or from_agency == settings.DUTY_DESK:
        return False
    return _to_duty_desk(ticket, RETURNED_TWICE, cause="returned_twice")


@recording()
def take_up_untouched(ticket_id: UUID) -> bool:
    """Give a ticket that its agency left unacknowledged to the duty desk; says whether it did."""
    ticket = _locked(ticket_id)
    if ticket.state != Status.ROUTED or not ticket.overdue:
        return False
    return _to_duty_desk(ticket, UNTOUCHED, cause="untouched")


def _locked(ticket_id: UUID) -> Ticket:
    return Ticket.objects.select_for_update(of=("self",)).get(id=ticket_id)


def _to_duty_desk(ticket: Ticket, reason: str, *, cause: str) -> bool:
    desk = Agency.objects.filter(code=settings.DUTY_DESK, active=True).first()
    if desk is None or ticket.agency_id == desk.pk:
        return False
    reroute_ticket(
        ticket_id=ticket.id,
        agency=desk.code,
        actor=ROUTING,
        version=ticket.version,
        reason=reason,
        rules={"cause": cause},
    )
    return True
