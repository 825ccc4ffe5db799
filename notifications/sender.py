"""The threads that send: woken when something was planned here, and looking once a second."""

import logging
import threading
from collections.abc import Sequence

from django.db import connection

from notifications.asking import ask_if_fixed
from notifications.delivery import send_next
from notifications.planning import planned
from notifications.transports import open_transports
from notifications.transports.base import Transport

logger = logging.getLogger(__name__)

POLL = 1.0  # seconds
BROKEN = 2.0  # seconds
ASK_EVERY = 600.0  # seconds


class Sender:
    """Sends by every configured transport until stopped; where there is none, it does nothing."""

    def __init__(self, transports: Sequence[Transport] | None = None) -> None:
        self._transports = transports
        self._stopping = threading.Event()
        self._threads: list[threading.Thread] = []

    def start(self) -> list[str]:
        """Begin to send; returns the names of the transports."""
        transports = open_transports() if self._transports is None else self._transports
        self._threads = [
            threading.Thread(
                target=self._repeat,
                args=(transport, lane == 0),
                name=f"{transport.name}-{lane}",
                daemon=True,
            )
            for transport in transports
            # The first lane is kept free for what is urgent, so it never waits behind a batch.
            for lane in range(transport.lanes + 1)
        ]
        self._threads.append(threading.Thread(target=self._ask, name="asking", daemon=True))
        for thread in self._threads:
            thread.start()
        return [transport.name for transport in transports]

    def stop(self, seconds: float = 10.0) -> None:
        """Finish what is in hand and end; returns when all have, or after `seconds` each."""
        self.request_stop()
        planned.ring()
        for thread in self._threads:
            thread.join(seconds)

    def request_stop(self) -> None:
        """Ask for the end without waiting for it: safe in a signal handler."""
        self._stopping.set()

    def wait(self) -> None:
        """Return once the end was asked for."""
        self._stopping.wait()

    def _ask(self) -> None:
        """Ask what is due to be asked, now and again."""
        while not self._stopping.is_set():
            try:
                while ask_if_fixed():
                    pass
            except Exception:
                logger.exception("The question after four weeks could not be asked.")
            connection.close()
            self._stopping.wait(ASK_EVERY)

    def _repeat(self, transport: Transport, urgent: bool) -> None:
        while not self._stopping.is_set():
            heard = planned.rings
            try:
                sent = send_next(transport, urgent=urgent)
            except Exception:
                logger.exception("Sending by %s lost its footing.", transport.name)
                connection.close()
                self._stopping.wait(BROKEN)
                continue
            if not sent:
                # An idle lane keeps no connection from those who work.
                connection.close()
                planned.wait(heard, POLL)
        connection.close()
