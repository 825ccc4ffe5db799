"""A daphne that ends in order: takes nothing new, sends listeners away, finishes requests.

daphne itself cancels every request when it is told to stop, so that a report may be kept and its
phone never hear so. With this, an upgrade that restarts one process after another is seen by
nobody but the clients of the feed, who come back with their position.
"""

import asyncio
import logging
from typing import Any

from daphne.server import Server
from twisted.internet.defer import Deferred

logger = logging.getLogger(__name__)

FINISH = 20.0
"""Seconds that requests may take to finish; deploy/systemd gives the process 30."""
LOOK = 0.1
"""Seconds between looks at whether a connection that was open brought another request."""
FLUSH = 0.01
CANCELLED = 2.0
"""Seconds for a request to end once it was cancelled."""

LASTS, TOLD = "lasts", "told"
"""Of a connection: it ends only when told to, and it was told."""


class OrderlyServer(Server):  # type: ignore[misc]  # daphne has no types
    """At SIGTERM and SIGINT: sockets close with 1012, streams end, requests are answered."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self._ports: list[Any] = []
        self._lines: set[Any] = set()
        self._stopping = False

    def listen_success(self, port: Any) -> None:
        self._ports.append(port)
        super().listen_success(port)

    def create_application(self, protocol: Any, scope: dict[str, Any]) -> Any:
        queue = super().create_application(protocol, scope)
        if protocol in self.connections and scope["type"] == "websocket":
            self.connections[protocol][LASTS] = True
        return queue

    async def handle_reply(self, protocol: Any, message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            headers = list(message.get("headers", ()))
            if protocol in self.connections and _is_stream(headers):
                self.connections[protocol][LASTS] = True
            if self._stopping:
                self._lines.add(protocol.channel.transport)
                protocol.channel.persistent = False
                message = {**message, "headers": [*headers, (b"connection", b"close")]}
        await super().handle_reply(protocol, message)

    def kill_all_applications(self) -> Any:
        """Called by Twisted, which stops once the answer has fired."""
        self._stopping = True
        for port in self._ports:
            port.stopListening()
        return Deferred.fromFuture(asyncio.get_event_loop().create_task(self._finish()))

    async def _finish(self) -> None:
        loop = asyncio.get_running_loop()
        until = loop.time() + FINISH
        while (running := self._running()) and loop.time() < until:
            await asyncio.wait(running, timeout=LOOK)
        if running:
            logger.warning("%d requests took too long and are cut off.", len(running))
            for task in running:
                task.cancel()
            await asyncio.wait(running, timeout=CANCELLED)
        # An answer that is written is not yet sent.
        while any(map(_is_open, self._lines)) and loop.time() < until:
            await asyncio.sleep(FLUSH)

    def _running(self) -> list[asyncio.Task[None]]:
        """Return what has not ended; what would never end by itself is told to, once."""
        running = []
        for details in self.connections.values():
            task = details.get("application_instance")
            if task is None or task.done():
                continue
            running.append(task)
            if details.get(LASTS) and not details.get(TOLD):
                details[TOLD] = True
                task.cancel()
        return running


def _is_stream(headers: list[tuple[bytes, bytes]]) -> bool:
    return any(name == b"content-type" and b"event-stream" in value for name, value in headers)


def _is_open(transport: Any) -> bool:
    return not getattr(transport, "disconnected", True)
