"""A thread that does one errand, once for however often it was asked meanwhile."""

import logging
import threading
import time
from collections.abc import Callable

logger = logging.getLogger(__name__)

AGAIN_AFTER = 1.0
"""Seconds for which nothing is tried after an errand failed."""


class Messenger:
    """Asking never waits and never fails; an errand that fails is tried again later."""

    def __init__(self, name: str, errand: Callable[[], object]) -> None:
        self._name = name
        self._errand = errand
        self._wanted = threading.Event()
        self._starting = threading.Lock()
        self._thread: threading.Thread | None = None

    def ask(self) -> None:
        """Let the errand be done soon."""
        self._wanted.set()
        if self._thread is None or not self._thread.is_alive():
            self._start()

    def _start(self) -> None:
        # Started when first asked and not before: a process that forks takes no threads along.
        with self._starting:
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._run, name=self._name, daemon=True)
                self._thread.start()

    def _run(self) -> None:
        well = True
        while True:
            self._wanted.wait()
            self._wanted.clear()
            try:
                self._errand()
            except Exception as error:
                if well:  # said once, not every second of an outage
                    logger.warning("%s fails, and goes on trying: %r", self._name, error)
                well = False
                time.sleep(AGAIN_AFTER)
                self._wanted.set()
            else:
                well = True
