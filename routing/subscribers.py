"""What routing hears of the log."""

from uuid import UUID

from backend.events.subscriber import Subscriber
from backend.events.types import Entry
from backend.reports.events import ReportSubmitted
from routing.services import route_report

routing = Subscriber("routing")


@routing.on(ReportSubmitted)
def give_it_an_agency(entry: Entry[ReportSubmitted]) -> None:
    route_report(UUID(entry.event.report_id))
