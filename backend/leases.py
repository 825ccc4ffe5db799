"""A claim that ends by itself, renewed for as long as its holder is at work on what it claimed."""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import connection

logger = logging.getLogger(__name__)


@contextmanager
def kept(renew: Callable[[], object], *, every: float) -> Iterator[None]:
    """Call `renew` from another thread, every so many seconds, until the block ends.

    Where that fails the lease may end: another then does the same work, and one result counts.
    """
    done = threading.Event()

    def keep() -> None:
        while not done.wait(every):
            try:
                renew()
            except Exception:
                logger.exception("A lease could not be renewed.")
            finally:
                connection.close()

    keeper = threading.Thread(target=keep, name="lease", daemon=True)
    keeper.start()
    try:
        yield
    finally:
        done.set()
        keeper.join()
