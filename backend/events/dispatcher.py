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


class Dispatcher:
    """Runs the named subscribers, or all, and with `positions` the sequencer, until stopped."""

    def __init__(self, names: Sequence[str] | None = None, *, positions: bool = True) -> None:
        chosen = tuple(subscribers) if names is None else names
        if unknown := set(chosen) - subscribers.keys():
            raise ValueError(f"No subscriber is called {', '.join(sorted(unknown))}.")
        self._stopping = threading.Event()
        self._threads = [
            threading.Thread(
                target=self._deliver, args=(subscribers[name],), name=name, daemon=True
            )
            for name in chosen
        ]
        if chosen:
            self._threads.append(threading.Thread(target=self._sweep, name="sweeper", daemon=True))
        # On SQLite the writer hands out positions.
        if positions and connection.vendor == "postgresql":
            listen = partial(doorbell.listen, self._stopping)
            self._threads += [
                threading.Thread(target=self._sequence, name="sequencer", daemon=True),
                threading.Thread(target=listen, name="doorbell", daemon=True),
            ]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def run(self) -> None:
        """Return when told to stop."""
        self.start()
        self.wait()
        self.stop()

    def stop(self, seconds: float = 10.0) -> None:
        """Finish what is in hand and end; returns when all have, or after `seconds` each."""
        self.request_stop()
        bell.recorded.ring()
        bell.grown.ring()
        for thread in self._threads:
            thread.join(seconds)

    def request_stop(self) -> None:
        """Ask for the end without waiting for it: safe in a signal handler."""
        self._stopping.set()

    def wait(self) -> None:
        """Return once the end was asked for."""
        self._stopping.wait()

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
