"""The threads that send: woken when something was planned here, and looking once a second."""

import logging
from collections.abc import Sequence
from functools import partial

from django.db import connection

from backend.events.lanes import Lanes
from notifications.asking import ask_if_fixed
from notifications.delivery import send_next
from notifications.planning import planned
from notifications.transports import open_transports
from notifications.transports.base import Transport

logger = logging.getLogger(__name__)

POLL = 1.0  # seconds
BROKEN = 2.0  # seconds
ASK_EVERY = 600.0  # seconds


class Sender(Lanes):
    """Sends by every configured transport until stopped; where there is none, it does nothing."""

    def __init__(self, transports: Sequence[Transport] | None = None) -> None:
        super().__init__(planned)
        self._given = transports
        self.names: list[str] = []

    def start(self) -> None:
        """Begin to send; `names` are those of the transports from now on."""
        transports = open_transports() if self._given is None else self._given
        for transport in transports:
            # The first lane is kept free for what is urgent, so it never waits behind a batch.
            for lane in range(transport.lanes + 1):
                self.add(
                    f"{transport.name}-{lane}",
                    partial(self._repeat, transport, urgent=lane == 0),
                )
        self.add("asking", self._ask)
        self.names = [transport.name for transport in transports]
        super().start()

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

    def _repeat(self, transport: Transport, *, urgent: bool) -> None:
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
