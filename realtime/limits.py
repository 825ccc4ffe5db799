"""How fast one client may ask."""

import time

BURST = 100
PER_SECOND = 20.0


class Allowance:
    """A bucket of commands that fills again with time."""

    def __init__(self) -> None:
        self._left = float(BURST)
        self._at = time.monotonic()

    def take(self) -> bool:
        """Use one command; False where there is none left."""
        now = time.monotonic()
        self._left = min(float(BURST), self._left + (now - self._at) * PER_SECOND)
        self._at = now
        self._left -= 1
        return self._left >= 0
