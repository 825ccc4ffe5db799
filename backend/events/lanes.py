"""Threads that work until told to stop, and are woken by bells to hear it."""

import threading
from collections.abc import Callable

from backend.events.bell import Bell


class Lanes:
    """What the dispatcher, the developer of photos and the sender are: work side by side."""

    def __init__(self, *bells: Bell) -> None:
        self._bells = bells
        self._stopping = threading.Event()
        self._threads: list[threading.Thread] = []

    def add(self, name: str, work: Callable[[], object]) -> None:
        """Let `work` have a thread of this name; it returns soon after `_stopping` is set."""
        self._threads.append(threading.Thread(target=work, name=name, daemon=True))

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self, seconds: float = 10.0) -> None:
        """Finish what is in hand and end; returns when all have, or after `seconds` each."""
        self.request_stop()
        for bell in self._bells:
            bell.ring()
        for thread in self._threads:
            thread.join(seconds)

    def request_stop(self) -> None:
        """Ask for the end without waiting for it: safe in a signal handler."""
        self._stopping.set()

    def wait(self) -> None:
        """Return once the end was asked for."""
        self._stopping.wait()

    def run(self) -> None:
        """Return when told to stop."""
        self.start()
        self.wait()
        self.stop()
