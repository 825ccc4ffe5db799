"""Changes a second by so many writers, each a process with a connection of its own."""

import os
import time
from collections.abc import Callable
from uuid import UUID

from django.db import connection, connections

from backend.events import log
from benchmarks.log.ground import bare_change, recorded_change
from benchmarks.stand import wait_for

Change = Callable[[UUID, int], None]
KINDS: dict[str, Change] = {"bare event row": bare_change, "recorded": recorded_change}


def changes_per_second(kind: str, tickets: list[UUID], seconds: float) -> float:
    """Let one writer a ticket make changes of this kind for so long."""
    connections.close_all()
    connection.close_pool()
    start = time.monotonic() + 0.5 + len(tickets) * 0.05
    pipes, children = [], []
    for ticket in tickets:
        ear, mouth = os.pipe()
        child = os.fork()
        if child == 0:
            count = _write(KINDS[kind], ticket, start, seconds)
            os.write(mouth, str(count).encode())
            os._exit(0)
        os.close(mouth)
        pipes.append(ear)
        children.append(child)
    total = sum(int(os.read(ear, 20) or b"0") for ear in pipes)
    for ear, child in zip(pipes, children, strict=True):
        os.close(ear)
        os.waitpid(child, 0)
    return total / seconds


def _write(change: Change, ticket: UUID, start: float, seconds: float) -> int:
    for number in range(5):
        change(ticket, number)
    time.sleep(max(0.0, start - time.monotonic()))
    count = 0
    while time.monotonic() < start + seconds:
        change(ticket, count)
        count += 1
    return count


def time_to_settle() -> float:
    """Return after how many seconds the last recorded change has its position."""
    begun = time.monotonic()
    wait_for(lambda: not log.queued())
    return time.monotonic() - begun
