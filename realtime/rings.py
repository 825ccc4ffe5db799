"""The doorbell between processes: "the log may have grown", and never an event.

Whoever hands out positions rings `bell.grown`; here the ring goes on to the other processes by
the channel layer's group. A lost ring costs a hub its own slow tick. Within a process the bell
itself is enough, so an in-memory layer, which no other process hears, carries nothing.
"""

import asyncio
import logging
import threading
import time
from collections.abc import Callable
from typing import Any

from channels.layers import InMemoryChannelLayer, get_channel_layer

logger = logging.getLogger(__name__)

GROUP = "feed.rings"
AGAIN_AFTER = 1.0
"""Seconds before a layer that failed is tried again."""


def shared_layer() -> Any | None:
    """Return the channel layer if other processes hear it."""
    layer = get_channel_layer()
    return None if layer is None or isinstance(layer, InMemoryChannelLayer) else layer


class Herald:
    """Sends rings from a thread of its own, so that no ringer waits; many at once become one."""

    def __init__(self) -> None:
        self._wanted = threading.Event()
        self._starting = threading.Lock()
        self._thread: threading.Thread | None = None

    def ring(self) -> None:
        """Tell the other processes soon. Never waits, never fails."""
        self._wanted.set()
        if self._thread is None or not self._thread.is_alive():
            self._start()

    def _start(self) -> None:
        # Started by the first ring and not before: a process that forks takes no threads along.
        with self._starting:
            if (self._thread is None or not self._thread.is_alive()) and shared_layer():
                self._thread = threading.Thread(target=self._run, name="herald", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        layer = shared_layer()
        # One loop for all rings, since the layer keeps a connection for each loop. It runs only
        # while a ring is sent: a daemon thread that waits holds up no process at its end.
        with asyncio.Runner() as runner:
            while layer is not None:
                self._wanted.wait()
                self._wanted.clear()
                try:
                    runner.run(layer.group_send(GROUP, {"type": "feed.ring"}))
                except Exception as error:
                    logger.warning("The other processes could not be rung: %r", error)
                    time.sleep(AGAIN_AFTER)
                    self._wanted.set()


async def hear_rings(heard: Callable[[], object]) -> None:
    """Call `heard` at each ring from another process, until cancelled."""
    layer = shared_layer()
    while layer is not None:
        try:
            name = await layer.new_channel()
            await layer.group_add(GROUP, name)
            while True:
                await layer.receive(name)
                heard()
        except Exception as error:
            logger.warning("Rings are not heard: %r", error)
            await asyncio.sleep(AGAIN_AFTER)
