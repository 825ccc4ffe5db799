"""How fast one client may ask."""

import time

BURST = 100
PER_SECOND = 20.0
ACK_STEP = 200
"""Entries after which a client is to say what it has, however fast they come."""


class Allowance:
    """A bucket of commands that fills again with time."""

    def __init__(self) -> None:
        self._left = float(BURST)
        self._at = time.monotonic()
        self._acknowledged = 0

    def begin(self, position: int) -> None:
        """Count acknowledgements from here: a follow begins."""
        self._acknowledged = position

    def is_due(self, acknowledged: int, head: int) -> bool:
        """Say whether an acknowledgement is one that was asked for: those cost nothing.

        A client that catches up has hundreds of them a second. No more than the log is long.
        """
        due = self._acknowledged + ACK_STEP <= acknowledged <= head
        if due:
            self._acknowledged = acknowledged
        return due

    def take(self) -> bool:
        """Use one command; False where there is none left."""
        now = time.monotonic()
        self._left = min(float(BURST), self._left + (now - self._at) * PER_SECOND)
        self._at = now
        self._left -= 1
        return self._left >= 0
