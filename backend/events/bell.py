"""The doorbell: says in this process that the log may have grown. A lost ring costs one poll."""

import logging
import threading
from collections.abc import Callable

logger = logging.getLogger(__name__)


class Bell:
    """Wakes threads that wait and calls those that listen; it carries no news of its own."""

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self._rings = 0
        self._listeners: list[Callable[[], None]] = []

    @property
    def rings(self) -> int:
        """How often it has rung: read before looking, give to `wait` after."""
        return self._rings

    def wake(self) -> None:
        """Wake whoever waits, and tell no listener: it rang elsewhere, where they have heard."""
        with self._condition:
            self._rings += 1
            self._condition.notify_all()

    def ring(self) -> None:
        """Wake whoever waits. A listener that fails is logged and stops nobody."""
        self.wake()
        for listener in tuple(self._listeners):
            try:
                listener()
            except Exception:
                logger.exception("A listener of the bell failed.")

    def wait(self, heard: int, seconds: float) -> None:
        """Return once it has rung more than `heard` times, or after `seconds`."""
        with self._condition:
            self._condition.wait_for(lambda: self._rings > heard, timeout=seconds)

    def listen(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call `listener` at each ring, in the ringer's thread; returns the way to stop."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)


recorded = Bell()
"""Rung after a transaction that recorded something: positions are wanted."""

grown = Bell()
"""Rung after positions were handed out: there is something to read."""
