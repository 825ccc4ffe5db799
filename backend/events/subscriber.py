"""Those who care: an app's `subscribers.py` says which facts it hears, and is found by existing."""

from collections.abc import Callable
from typing import Any, TypeVar

from backend.events.types import Entry, Event

E = TypeVar("E", bound=Event)
Handler = Callable[[Entry[Any]], None]

subscribers: dict[str, "Subscriber"] = {}


class Subscriber:
    """A named reader of the log with a checkpoint of its own."""

    def __init__(self, name: str) -> None:
        if name in subscribers:
            raise ValueError(f"There is a subscriber {name} already.")
        self.name = name
        self._handlers: list[tuple[type[Event], Handler]] = []
        subscribers[name] = self

    def on(self, event: type[E]) -> Callable[[Callable[[Entry[E]], None]], Handler]:
        """Hear events of this class and its subclasses. The same entry may come twice."""

        def keep(handler: Callable[[Entry[E]], None]) -> Handler:
            self._handlers.append((event, handler))
            return handler

        return keep

    def hear(self, entry: Entry[Event]) -> None:
        """Give the entry to every handler that asked for it; errors rise."""
        for event, handler in self._handlers:
            if isinstance(entry.event, event):
                handler(entry)
