"""What routing hears of the log."""

from collections.abc import Sequence
from uuid import UUID

from backend.events.subscriber import Subscriber
from backend.events.types import Entry
from backend.reports.events import ReportSubmitted
from backend.tickets.events import TicketOverdue, TicketReturned
from routing.escalation import take_up_returned, take_up_untouched
from routing.services import route_reports

routing = Subscriber("routing")


@routing.on_many(ReportSubmitted)
def give_them_agencies(entries: Sequence[Entry[ReportSubmitted]]) -> None:
    route_reports([UUID(entry.event.report_id) for entry in entries])


@routing.on(TicketReturned)
def take_up_what_came_back(entry: Entry[TicketReturned]) -> None:
    take_up_returned(UUID(entry.event.ticket_id), from_agency=entry.event.from_agency)


@routing.on(TicketOverdue)
def take_up_what_nobody_touched(entry: Entry[TicketOverdue]) -> None:
    take_up_untouched(UUID(entry.event.ticket_id))
