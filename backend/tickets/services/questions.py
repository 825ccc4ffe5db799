"""Questions that a reporter leaves unanswered: recalled once, then ended, so that nothing waits."""

from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db.models import F, Q, QuerySet

from backend import clock
from backend.accounts.principal import of_system
from backend.catalogue.models import Priority
from backend.events.log import recording
from backend.tickets.events import TicketInfoMissed, TicketInfoReminded
from backend.tickets.lifecycle import Status
from backend.tickets.models import Ticket
from backend.tickets.services import _steps as step
from backend.tickets.services.intake import reject_ticket

WATCH = of_system("questions")
AT_ONCE = 500
"""Tickets in one look: what is more waits for the next."""

NEVER_REJECTED = {Priority.HIGH, Priority.EMERGENCY}
NO_ANSWER = (
    "Quá hạn mà chưa nhận được thông tin bổ sung. Nếu sự việc vẫn còn, mời bạn gửi phản ánh mới. "
    "(The information that was asked for did not come in time. If the matter is still there, "
    "please send a new report.)"
)


def watch_questions(limit: int = AT_ONCE) -> int:
    """Recall or end what is to be at this moment; returns how many tickets it was."""
    ids = list(_waiting(clock.now()).values_list("pk", flat=True)[:limit])
    return sum(look_at_question(ticket_id=ticket_id) for ticket_id in ids)


def _reminded_from(due: datetime) -> datetime:
    return due - timedelta(hours=settings.INFO_REMINDER_HOURS)


def _waiting(moment: datetime) -> QuerySet[Ticket]:
    near = moment + timedelta(hours=settings.INFO_REMINDER_HOURS)
    unsaid = Q(info_reminded__isnull=True) | ~Q(info_reminded=F("info_due_at"))
    return Ticket.objects.filter(
        Q(info_due_at__lte=moment) | Q(info_due_at__lte=near) & unsaid, status=Status.NEED_INFO
    ).order_by("info_due_at")


@recording()
def look_at_question(*, ticket_id: UUID) -> bool:
    """Recall the question of one ticket, or end it; returns whether it was time for either."""
    ticket, moment = step.locked(ticket_id), clock.now()
    due = ticket.info_due_at
    if ticket.state != Status.NEED_INFO or due is None:
        return False
    if due <= moment:
        _end(ticket, due)
        return True
    if moment < _reminded_from(due) or ticket.info_reminded == due:
        return False
    ticket.info_reminded = due
    # The version stays, as when any deadline comes near.
    ticket.save(update_fields=["info_reminded"])
    step.note_fact(ticket, TicketInfoReminded, actor=WATCH, due_at=due.isoformat())
    return True


def _end(ticket: Ticket, due: datetime) -> None:
    """Give the ticket back to who asked, or reject it; never what may be dangerous."""
    if settings.INFO_EXPIRED == "reject" and ticket.priority not in NEVER_REJECTED:
        reject_ticket(ticket_id=ticket.id, actor=WATCH, version=ticket.version, reason=NO_ANSWER)
        return
    step.become(ticket, Status.ROUTED if ticket.agency_id else Status.SUBMITTED)
    ticket.info_due_at = None
    ticket.ack_due_at = step.ack_due(ticket, clock.now())
    step.keep(ticket, TicketInfoMissed, actor=WATCH, due_at=due.isoformat())
