"""How the hub keeps pace where events come faster than so many clients can each be given them.

A packet costs the kernel several times what the bytes in it do. So while one round after another
finds that more came during the last, the lines that a server lends join what is small, and what a
client has not acknowledged yet is followed by all the rest at once. Then each frame is sent at
once again.
"""

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from realtime.outlet import Line

CROWD = 0.001
"""Seconds for a round with so many clients that packets are what it takes. With fewer nothing is
gained, and an event within 40 ms of another would wait for that one's acknowledgement.
"""
CALM = 0.25
"""Seconds without news after which the pressure is over; what was held back has left by then."""
ROUNDS = 8
"""Rounds in a row during which nothing came, after which it is over too."""

Lines = Callable[[], Iterable[Line]]


class Pace:
    """One hub's, used from its event loop; `lines` returns those that are open at the moment."""

    def __init__(self, lines: Lines, now: Callable[[], float] = time.monotonic) -> None:
        self._lines = lines
        self._now = now
        self._took = 0.0
        self._pressure = 0

    @property
    def pressed(self) -> bool:
        """Say whether events come faster than they can be handed out one by one."""
        return self._pressure > 0

    @contextmanager
    def round(self) -> Iterator[None]:
        """Hand out inside."""
        begun = self._now()
        yield
        self._took = self._now() - begun

    def note(self, *, waiting: bool, rung: bool) -> None:
        """After a round: `waiting` says that it was rung for more meanwhile, `rung` that it was by
        now; without either the time was up.
        """
        was_pressed = self.pressed
        if not rung:
            self._pressure = 0
        elif waiting and self._took >= CROWD:
            self._pressure = ROUNDS
        else:
            self._pressure = max(0, self._pressure - 1)
        if self.pressed != was_pressed:
            for line in self._lines():
                line.join_small(self.pressed)
