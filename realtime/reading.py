"""The hub's way to the database: threads of its own, each with a connection of its own.

One thread reads the end of the log, so that neither a long replay nor a crowd of new clients
delays what is live; two more answer everything else.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from threading import Barrier, BrokenBarrierError
from typing import TypeVar

from django.db import InterfaceError, OperationalError, close_old_connections, connections

T = TypeVar("T")

PAST_THREADS = 2
LEAVE_WITHIN = 5.0
"""Seconds that a thread waits at its end for the others."""


class Reading:
    """Runs blocking calls for one event loop."""

    def __init__(self) -> None:
        self._present = ThreadPoolExecutor(1, "feed-present")
        self._past = ThreadPoolExecutor(PAST_THREADS, "feed-past")

    async def present(self, call: Callable[[], T]) -> T:
        """Run what is live."""
        return await _run(self._present, call)

    async def past(self, call: Callable[[], T]) -> T:
        """Run what may take its time: a replay, a sign-in, a permission."""
        return await _run(self._past, call)

    async def close(self) -> None:
        """End the threads and their connections."""
        for pool, count in ((self._present, 1), (self._past, PAST_THREADS)):
            together = Barrier(count)
            await asyncio.gather(*(_run(pool, partial(_leave, together)) for _turn in range(count)))
            pool.shutdown(wait=False)


def _leave(together: Barrier) -> None:
    connections.close_all()
    with suppress(BrokenBarrierError):
        together.wait(LEAVE_WITHIN)  # so that each thread closes its own, and none closes twice


async def _run(pool: ThreadPoolExecutor, call: Callable[[], T]) -> T:
    return await asyncio.get_running_loop().run_in_executor(pool, _guarded, call)


def _guarded(call: Callable[[], T]) -> T:
    try:
        return call()
    except (InterfaceError, OperationalError):
        # The server may be back with the next call; a broken connection never is.
        close_old_connections()
        raise
