"""What notifications hear in the log: what happens to a ticket, and the question after."""

from backend.events.subscriber import Subscriber
from backend.events.types import Entry
from backend.tickets.events import TicketEvent
from notifications.asking import plan_question
from notifications.events import NotificationAsked
from notifications.planning import plan

notifications = Subscriber("notifications")


@notifications.on(TicketEvent)
def tell_audience(entry: Entry[TicketEvent]) -> None:
    plan(entry)


@notifications.on(NotificationAsked)
def ask_reporter(entry: Entry[NotificationAsked]) -> None:
    plan_question(entry)
