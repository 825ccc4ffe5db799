"""Facts by the thousand, for filling a log: `python -m tests.realtime.noise 5000 50`."""

import os
import sys
from dataclasses import dataclass

import django

from backend.events.types import Event


@dataclass(frozen=True, kw_only=True)
class NoiseMade(Event):
    """About as long as an event of a ticket with its summary."""

    type = "noise.made"

    number: int
    padding: str = "x" * 450

    @property
    def stream(self) -> str:
        return "noise"


def make(count: int, together: int) -> None:
    """Record so many facts, some of them together in each transaction."""
    from backend.events.log import record, recording

    for start in range(0, count, together):
        with recording():
            for number in range(start, min(start + together, count)):
                record(NoiseMade(number=number), actor="system:noise")


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    make(int(sys.argv[1]), int(sys.argv[2]))
