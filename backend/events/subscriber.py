"""Those who care: an app's `subscribers.py` says which facts it hears, and is found by existing."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, TypeVar

from backend.events.types import Entry, Event

E = TypeVar("E", bound=Event)
Handler = Callable[[Entry[Any]], None]
HandlerOfMany = Callable[[Sequence[Entry[Any]]], None]

subscribers: dict[str, "Subscriber"] = {}


@dataclass(frozen=True)
class _Hearing:
    event: type[Event]
    hear: Callable[[Sequence[Entry[Any]]], None]


class Subscriber:
    """A named reader of the log with a checkpoint of its own."""

    def __init__(self, name: str) -> None:
        if name in subscribers:
            raise ValueError(f"There is a subscriber {name} already.")
        self.name = name
        self._hearings: list[_Hearing] = []
        subscribers[name] = self

    def on(self, event: type[E]) -> Callable[[Callable[[Entry[E]], None]], Handler]:
        """Hear events of this class and its subclasses. The same entry may come twice."""

        def keep(handler: Callable[[Entry[E]], None]) -> Handler:
            def hear(entries: Sequence[Entry[Any]]) -> None:
                for entry in entries:
                    handler(entry)

            self._hearings.append(_Hearing(event, hear))
            return handler

        return keep

    def on_many(
        self, event: type[E]
    ) -> Callable[[Callable[[Sequence[Entry[E]]], None]], HandlerOfMany]:
        """Hear events of this class together, as many as came one after the other.

        If the handler fails they are given again one by one, as a list of one.
        """

        def keep(handler: Callable[[Sequence[Entry[E]]], None]) -> HandlerOfMany:
            self._hearings.append(_Hearing(event, handler))
            return handler

        return keep

    def hear(self, entries: Iterable[Entry[Event]]) -> None:
        """Give entries, in their order, to every handler that asked for them; errors rise."""
        heard = ((entry, self._hearings_of(entry.event)) for entry in entries)
        # What nobody here hears does not part what stands on both sides of it.
        wanted = ((entry, hearings) for entry, hearings in heard if hearings)
        for hearings, run in groupby(wanted, key=lambda pair: pair[1]):
            together = [entry for entry, _hearings in run]
            for hearing in hearings:
                hearing.hear(together)

    def _hearings_of(self, event: Event) -> tuple[_Hearing, ...]:
        return tuple(each for each in self._hearings if isinstance(event, each.event))
