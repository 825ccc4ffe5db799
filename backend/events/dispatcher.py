"""The threads that keep the log moving: the sequencer, one for each subscriber, one that sweeps.

On PostgreSQL `dispatch_events` has them in two processes (see backend/events/apart.py).
"""

import logging
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial

from django.db import DatabaseError, connection

from backend.events import bell, doorbell
from backend.events.delivery import deliver_next
from backend.events.lanes import Lanes
from backend.events.sequencer import Sequencer
from backend.events.subscriber import Subscriber, subscribers
from backend.events.sweeping import sweep_once

logger = logging.getLogger(__name__)

POLL = 0.05
POLL_ALONE = 1.0  # On SQLite all are in this process, where the bell itself is heard.
BREATH = 0.02
"""Seconds after a batch: when entries come fast, each transaction is to be worth its commit."""
BROKEN = 0.5
SWEEP = 5.0
"""Seconds between two looks at whose turn it is to sweep."""


class Dispatcher(Lanes):
    """Runs the named subscribers, or all, and with `positions` the sequencer, until stopped."""

    def __init__(self, names: Sequence[str] | None = None, *, positions: bool = True) -> None:
        chosen = tuple(subscribers) if names is None else names
        if unknown := set(chosen) - subscribers.keys():
            raise ValueError(f"No subscriber is called {', '.join(sorted(unknown))}.")
        super().__init__(bell.recorded, bell.grown)
        for name in chosen:
            self.add(name, partial(self._deliver, subscribers[name]))
        if chosen:
            self.add("sweeper", self._sweep)
        # On SQLite the writer hands out positions.
        if positions and connection.vendor == "postgresql":
            self.add("sequencer", self._sequence)
            self.add("doorbell", partial(doorbell.listen, self._stopping))

    def _sequence(self) -> None:
        sequencer = Sequencer()

        def turn() -> None:
            heard = bell.recorded.rings
            given = sequencer.turn()
            if not self._stopping.is_set():
                sequencer.wait(bell.recorded, heard, given=given)

        self._repeat(turn, sequencer.lost_connection)
        with suppress(DatabaseError):  # whose session is gone has resigned
            sequencer.resign()
        connection.close()

    def _deliver(self, subscriber: Subscriber) -> None:
        """Take turns while they move something; then wait for the bell, at most one poll."""

        def turn() -> None:
            heard = bell.grown.rings
            if deliver_next(subscriber):
                self._stopping.wait(BREATH)
            else:
                alone = connection.vendor == "sqlite"
                bell.grown.wait(heard, POLL_ALONE if alone else POLL)

        self._repeat(turn, lambda: None)
        connection.close()

    def _sweep(self) -> None:
        while not self._stopping.wait(SWEEP):
            try:
                sweep_once()
            except Exception:
                logger.exception("The sweeper lost its footing.")
                connection.close()
        connection.close()

    def _repeat(self, turn: Callable[[], None], lost: Callable[[], None]) -> None:
        while not self._stopping.is_set():
            try:
                turn()
            except Exception:
                logger.exception("%s lost its footing.", threading.current_thread().name)
                lost()
                connection.close()
                self._stopping.wait(BROKEN)
