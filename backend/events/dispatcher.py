"""The threads that keep the log moving: the sequencer and one thread for each subscriber."""

import logging
import threading
from collections.abc import Callable, Sequence

from django.db import connection

from backend.events import bell
from backend.events.delivery import deliver_next
from backend.events.sequencer import Sequencer
from backend.events.subscriber import Subscriber, subscribers

logger = logging.getLogger(__name__)

POLL = 0.05
POLL_ALONE = 1.0  # On SQLite all are in this process, where the bell itself is heard.
BROKEN = 1.0


class Dispatcher:
    """Runs the sequencer and the named subscribers in threads until stopped."""

    def __init__(self, names: Sequence[str] = ()) -> None:
        chosen = names or tuple(subscribers)
        if unknown := set(chosen) - subscribers.keys():
            raise ValueError(f"No subscriber is called {', '.join(sorted(unknown))}.")
        self._stopping = threading.Event()
        self._threads = [
            threading.Thread(target=self._sequence, name="sequencer", daemon=True),
            *(
                threading.Thread(
                    target=self._deliver, args=(subscribers[name],), name=name, daemon=True
                )
                for name in chosen
            ),
        ]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

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
        self._repeat(bell.recorded, lambda: sequencer.turn() > 0, sequencer.lost_connection)
        sequencer.resign()
        connection.close()

    def _deliver(self, subscriber: Subscriber) -> None:
        self._repeat(bell.grown, lambda: deliver_next(subscriber), lambda: None)
        connection.close()

    def _repeat(
        self, doorbell: bell.Bell, turn: Callable[[], bool], lost: Callable[[], None]
    ) -> None:
        """Take turns while they move something; then wait for the bell, at most one poll."""
        while not self._stopping.is_set():
            heard = doorbell.rings
            try:
                moved = turn()
            except Exception:
                logger.exception("%s lost its footing.", threading.current_thread().name)
                lost()
                connection.close()
                self._stopping.wait(BROKEN)
                continue
            if not moved:
                alone = connection.vendor == "sqlite"
                doorbell.wait(heard, POLL_ALONE if alone else POLL)
