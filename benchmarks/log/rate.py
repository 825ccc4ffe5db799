"""Changes a second by so many writers, each a process with a connection of its own."""

import os
import signal
import time
import traceback
from collections.abc import Callable
from typing import NoReturn
from uuid import UUID

from django.db import connection, connections

from backend.events import log
from benchmarks.log.ground import bare_change, recorded_change
from benchmarks.stand import end_with_parent, wait_for

PATIENCE = 30
"""Seconds that a writer may take longer than it should before it is ended."""

FORK = 0.02
"""Seconds for a writer to begin and to make its connection."""

Change = Callable[[UUID, int], None]
KINDS: dict[str, Change] = {"bare event row": bare_change, "recorded": recorded_change}


def changes_per_second(kind: str, tickets: list[UUID], seconds: float) -> float:
    """Let one writer a ticket make changes of this kind for so long."""
    connections.close_all()
    connection.close_pool()
    start = time.monotonic() + 0.2 + len(tickets) * FORK
    pipes, children = [], []
    for ticket in tickets:
        ear, mouth = os.pipe()
        child = os.fork()
        if child == 0:
            _be_a_writer(mouth, KINDS[kind], ticket, start, seconds)
        os.close(mouth)
        pipes.append(ear)
        children.append(child)
    counts = [os.read(ear, 20) for ear in pipes]
    for ear, child in zip(pipes, children, strict=True):
        os.close(ear)
        os.waitpid(child, 0)
    if not all(counts):
        raise RuntimeError("A writer ended before its time: see what it said above.")
    return sum(map(int, counts)) / seconds


def _be_a_writer(
    mouth: int, change: Change, ticket: UUID, start: float, seconds: float
) -> NoReturn:
    """End here in any case: what the parent cleans up is not for its children to clean up."""
    code = 1
    try:
        end_with_parent()
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        signal.alarm(int(seconds) + PATIENCE)
        os.write(mouth, str(_write(change, ticket, start, seconds)).encode())
        code = 0
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(code)


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
