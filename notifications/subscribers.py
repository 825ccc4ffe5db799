"""What notifications hear in the log: what happens to a ticket, and the question after."""

from collections.abc import Sequence

from backend.events.subscriber import Subscriber
from backend.events.types import Entry
from backend.tickets.events import TicketEvent
from notifications.asking import plan_question
from notifications.events import NotificationAsked
from notifications.planning import plan

notifications = Subscriber("notifications")


@notifications.on_many(TicketEvent)
def tell_audiences(entries: Sequence[Entry[TicketEvent]]) -> None:
    plan(entries)


@notifications.on(NotificationAsked)
def ask_reporter(entry: Entry[NotificationAsked]) -> None:
    plan_question(entry)
