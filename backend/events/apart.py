"""`dispatch_events` on PostgreSQL: positions are handed out in one process, delivered in another.

A subscriber at work holds Python's interpreter for milliseconds at a time, and every client of
the feed would wait for it with the sequencer. So the sequencer is alone in the process that was
started, and the subscribers are in its child. A pipe rings from one to the other; it is also how
the child hears that its parent has ended, however that ended. If the child ends, so does the
parent, for whatever watches over it to start both again.
"""

import gc
import logging
import multiprocessing
import multiprocessing.connection
import os
import signal
import threading
from collections.abc import Sequence
from contextlib import suppress
from types import FrameType

from django.db import connections

from backend.events import bell
from backend.events.dispatcher import Dispatcher

logger = logging.getLogger(__name__)

END_WITHIN = 12.0
"""Seconds for the child to finish what it has in hand."""
AT_ONCE = 4096
"""Rings that are heard as one."""


class DeliveryEnded(RuntimeError):
    """The process with the subscribers ended, and nobody had asked it to."""


class Apart:
    """Runs the named subscribers, or all, beside the sequencer. Made before any thread is."""

    def __init__(self, names: Sequence[str] | None = None) -> None:
        self._asked = False
        self._sequencing = Dispatcher(())
        connections.close_all()  # a connection that both processes hold is nobody's
        gc.freeze()  # what is loaded by now stays shared between the two
        ear, self._mouth = os.pipe()
        os.set_blocking(self._mouth, False)
        fork = multiprocessing.get_context("fork")
        self._child = fork.Process(target=_deliver, args=(names, ear, self._mouth), name="delivery")
        self._child.start()
        os.close(ear)

    def run(self) -> None:
        """Return when told to stop. Raises DeliveryEnded."""
        deaf = bell.grown.listen(self._ring)
        threading.Thread(target=self._watch, name="delivery", daemon=True).start()
        self._sequencing.start()
        self._sequencing.wait()
        self._sequencing.stop()
        deaf()
        os.close(self._mouth)
        self._child.join(END_WITHIN)
        if self._child.exitcode is None:
            self._child.kill()
        if not self._asked:
            raise DeliveryEnded(f"The subscribers' process ended with {self._child.exitcode}.")

    def request_stop(self) -> None:
        """Ask for the end without waiting for it: safe in a signal handler."""
        self._asked = True
        self._sequencing.request_stop()

    def _ring(self) -> None:
        with suppress(BlockingIOError):  # it has more rings to hear than it can count
            os.write(self._mouth, b"!")

    def _watch(self) -> None:
        multiprocessing.connection.wait([self._child.sentinel])
        self._sequencing.request_stop()


def _deliver(names: Sequence[str] | None, ear: int, mouth: int) -> None:
    """Be the child: deliver until told to stop, or until nobody is left who could ring."""
    os.close(mouth)
    dispatcher = Dispatcher(names, positions=False)

    def stop(_number: int, _frame: FrameType | None) -> None:
        dispatcher.request_stop()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)

    def hear() -> None:
        while os.read(ear, AT_ONCE):
            bell.grown.wake()
        dispatcher.request_stop()

    threading.Thread(target=hear, name="bell", daemon=True).start()
    dispatcher.run()
