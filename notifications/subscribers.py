"""What notifications hear in the log: what happens to a ticket, and the question after."""

from collections.abc import Iterator, Sequence
from uuid import UUID

from backend.events.subscriber import Subscriber
from backend.events.types import Entry
from backend.tickets.events import TicketEvent, TicketMerged
from notifications.asking import plan_question
from notifications.choices import move_followers
from notifications.events import NotificationAsked
from notifications.planning import plan

notifications = Subscriber("notifications")


@notifications.on_many(TicketEvent)
def tell_audiences(entries: Sequence[Entry[TicketEvent]]) -> None:
    plan(entries, dict(_moved(entries)))


def _moved(entries: Sequence[Entry[TicketEvent]]) -> Iterator[tuple[int, list[str]]]:
    """Yield whose ticket was emptied, by the entry that says so; they follow the other now."""
    for entry in entries:
        event = entry.event
        if isinstance(event, TicketMerged) and event.into != event.ticket_id:
            people = move_followers(ticket=UUID(event.ticket_id), into=UUID(event.into))
            if people:
                yield entry.position, people


@notifications.on(NotificationAsked)
def ask_reporter(entry: Entry[NotificationAsked]) -> None:
    plan_question(entry)
