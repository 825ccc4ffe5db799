"""How the hub keeps pace where more frames leave than can each have a packet of their own.

A packet costs the kernel several times what the bytes in it do. So while very many frames leave
this process in a second, the lines that a server lends join what is small: what a client has not
acknowledged yet is followed by all the rest at once. And the hub takes a breath between two looks
at the log, so that what comes meanwhile is read, and sent, together. Then each frame is sent at
once again.
"""

import math
import time
from collections.abc import Callable, Iterable

from realtime.outlet import Line

PRESSED = 50_000
"""Frames a second from which on packets are joined: 25 events a second to 2,000 clients. A client
gets so many only where events follow each other within the 40 ms that its acknowledgement may take.
"""
CALMED = PRESSED / 2
"""Frames a second below which each has a packet of its own again."""
WINDOW = 0.25
"""Seconds over which frames are counted: the time in which what is past fades to a third."""
BREATH = 0.006
"""Seconds between two looks at the log while it is pressed."""

Lines = Callable[[], Iterable[Line]]


class Pace:
    """One hub's, used from its event loop; `lines` returns those that are open at the moment."""

    def __init__(self, lines: Lines, now: Callable[[], float] = time.monotonic) -> None:
        self._lines = lines
        self._now = now
        self._counted = 0.0
        self._looked = now()
        self.pressed = False
        """Whether packets are joined at the moment."""

    def gave(self, frames: int) -> None:
        """Count frames that were handed out."""
        self._counted += frames

    def look(self) -> None:
        """See how many there were lately, and join packets or end that; after each round."""
        now = self._now()
        self._counted *= math.exp((self._looked - now) / WINDOW)
        self._looked = now
        pressed = self._counted / WINDOW > (CALMED if self.pressed else PRESSED)
        if pressed != self.pressed:
            self.pressed = pressed
            for line in self._lines():
                line.join_small(pressed)
