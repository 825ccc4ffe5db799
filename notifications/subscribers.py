"""What notifications hear in the log: everything that happens to a ticket."""

from backend.events.subscriber import Subscriber
from backend.events.types import Entry
from backend.tickets.events import TicketEvent
from notifications.planning import plan

notifications = Subscriber("notifications")


@notifications.on(TicketEvent)
def tell_audience(entry: Entry[TicketEvent]) -> None:
    plan(entry)
