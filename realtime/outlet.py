"""The way out to one client: bounded, so that who does not keep up costs nobody anything.

The hub pushes and goes on; it never waits for a socket. How much a client has yet to take is
known in one of two ways. A server that lends its line (realtime.server) says how many bytes it
still holds. Any other server takes what it is sent, and some (daphne) take without end: there,
what the client has acknowledged is the only sign that it reads.
"""

import asyncio
import logging
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any, Protocol

from django.conf import settings

from realtime.protocol import Batch, Close, Frame

logger = logging.getLogger(__name__)

Send = Callable[[Any], Awaitable[None]]

EXTENSION = "feed.push"
"""Where a server that lends its lines puts one: `scope["extensions"]["feed.push"]`."""
CLOSE_WITHIN = 8.0
"""Seconds that a close may take before the connection is dropped without one."""
LAST_WRITE = 0.1
"""Seconds between the last close and the end of its connection's task."""
YIELD_EVERY = 32
"""Frames. daphne's send never gives way by itself."""


class Line(Protocol):
    """What a server lends for one client."""

    held: int
    """Bytes that the client has yet to take."""
    drained: Callable[[], object]
    """Called whenever some of them were taken."""
    quick: Callable[[bytes], int] | None
    """Hands bytes to the network, and says how many it took or raises OSError; None while the line
    holds some, is closed, or is one that only `push` may write to."""

    def push(self, wire: bytes, taken: int = 0) -> None:
        """Send whole frames, in order with all other sends, without waiting.

        `taken` says how much of the first of them `quick` has sent already.
        """

    def forget(self) -> None:
        """Drop what can still be dropped of them."""

    def join_small(self, join: bool) -> None:
        """Let the network hold back little until the client has what came before, or send all at
        once, as it does to begin with; what is held back then leaves."""


class Outlet(ABC):
    """Use it from the event loop only; `drop` ends the task of a connection that will not close."""

    line: Line | None = None

    def __init__(self, send: Send, drop: Callable[[], object]) -> None:
        self._send = send
        self._drop = drop
        self._room = asyncio.Event()
        self._closing: Close | None = None

    @property
    def closed(self) -> bool:
        """Nothing more goes out."""
        return self._closing is not None

    @abstractmethod
    def push(self, batch: Batch, taken: int = 0) -> None:
        """Send it after all before, but for the bytes that its line has `taken` of it already.

        A client too far behind is closed instead, with 4408. One that holds nothing back is not,
        however large the batch is: it would come back for the same, and never get past it.
        """

    @abstractmethod
    def acknowledge(self, position: int) -> None:
        """The client has dealt with everything up to this position."""

    @abstractmethod
    def _is_behind(self, share: int) -> bool:
        """Say whether more than one part in `share` of what may be held back is."""

    async def room(self) -> bool:
        """Wait until a replay may send more; False if the client takes nothing for too long."""
        while not self.closed and self._is_behind(2):
            self._room.clear()
            try:
                async with asyncio.timeout(settings.FEED_PATIENCE_SECONDS):
                    await self._room.wait()
            except TimeoutError:
                return False
        return not self.closed

    def close(self, code: Close) -> None:
        """End the connection; too slow a client is not even sent what waits."""
        if self._closing is not None:
            return
        self._closing = code
        self._room.set()
        self._begin_close(code)
        asyncio.get_running_loop().call_later(CLOSE_WITHIN, self._drop)

    @abstractmethod
    def _begin_close(self, code: Close) -> None:
        """Send the close after what waits, or instead of it."""

    async def end(self, code: Close | None = None) -> None:
        """The connection is over: send nothing more, but a close if there is a `code`."""
        unsaid = not self.closed
        self._closing = self._closing or Close.RESTARTING
        self._room.set()
        if code is not None and unsaid:
            await self._say_last(code)

    async def _say_last(self, code: Close) -> None:
        """Say why to a client whose server is about to end."""
        await self._say_close(code)
        await asyncio.sleep(LAST_WRITE)  # daphne writes in its next turn, and then ends

    async def _say_close(self, code: Close) -> None:
        # daphne refuses to say 1012; there, the client hears an ordinary end and comes back too.
        for said in ({"code": int(code)}, {}):
            try:
                await self._send({"type": "websocket.close", **said})
                return
            except Exception as error:  # or the client is gone; the server knows in its own time
                logger.debug("A close failed: %r", error)


class QueuedOutlet(Outlet):
    """By the server's ordinary send, from a task that waits in the client's place."""

    def __init__(self, send: Send, drop: Callable[[], object]) -> None:
        super().__init__(send, drop)
        self._waiting: deque[Batch] = deque()
        self._waiting_bytes = 0
        self._unacknowledged = Unacknowledged()
        self._wake = asyncio.Event()
        self._writer = asyncio.create_task(self._write())

    @property
    def closed(self) -> bool:
        return super().closed or self._writer.done()

    def push(self, batch: Batch, taken: int = 0) -> None:
        if self.closed:
            return
        free = not self._waiting_bytes and not self._is_behind(1)
        self._waiting.append(batch)
        self._waiting_bytes += batch.size
        self._unacknowledged.add(batch)
        self._wake.set()
        if not free and self._is_behind(1):
            self.close(Close.TOO_SLOW)

    def _is_behind(self, share: int) -> bool:
        return (
            self._waiting_bytes * share > settings.FEED_QUEUE_BYTES
            or self._unacknowledged.size * share > settings.FEED_UNACKED_BYTES
        )

    def acknowledge(self, position: int) -> None:
        self._unacknowledged.settle(position)
        self._room.set()

    def _begin_close(self, code: Close) -> None:
        if code == Close.TOO_SLOW:
            self._waiting.clear()
            self._waiting_bytes = 0
        self._wake.set()

    async def end(self, code: Close | None = None) -> None:
        self._waiting.clear()
        unsaid = None if self.closed else code
        self._writer.cancel()
        await asyncio.gather(self._writer, return_exceptions=True)
        await super().end()
        if unsaid is not None:
            await self._say_last(unsaid)

    async def _write(self) -> None:
        try:
            while self._closing is None or self._waiting:
                await self._empty()
                self._wake.clear()
                if self._closing is None and not self._waiting:
                    await self._wake.wait()
        except Exception as error:
            logger.debug("A send failed: %r", error)
        else:
            await self._say_close(self._closing)

    def _message(self, frame: Frame) -> dict[str, Any]:
        return frame.message

    async def _empty(self) -> None:
        sent = 0
        while self._waiting:
            batch = self._waiting.popleft()
            for frame in batch.frames:
                await self._send(self._message(frame))
                sent += 1
                if sent % YIELD_EVERY == 0:
                    await asyncio.sleep(0)
            self._waiting_bytes = max(0, self._waiting_bytes - batch.size)
            self._room.set()


class LineOutlet(Outlet):
    """Straight to the line that the server lends: made once, sent without a task or a turn."""

    def __init__(self, send: Send, drop: Callable[[], object], line: Line) -> None:
        super().__init__(send, drop)
        self.line: Line = line
        line.drained = self._room.set
        self._closer: asyncio.Task[None] | None = None

    def push(self, batch: Batch, taken: int = 0) -> None:
        if self._closing is not None:
            return
        free = not self.line.held
        self.line.push(batch.wire, taken)
        if not free and self._is_behind(1):
            self.close(Close.TOO_SLOW)

    def _is_behind(self, share: int) -> bool:
        return self.line.held * share > settings.FEED_QUEUE_BYTES

    def acknowledge(self, position: int) -> None:
        """The line knows better than the client's word."""

    def _begin_close(self, code: Close) -> None:
        if code == Close.TOO_SLOW:
            self.line.forget()
        self._closer = asyncio.create_task(self._say_close(code))


def push_to_all(outlets: Iterable[Outlet], batch: Batch) -> None:
    """Send the same to many: lent lines that are free take it in one sweep of system calls."""
    wire = batch.wire
    size = len(wire)
    for outlet in outlets:
        line = outlet.line
        if line is None or (send := line.quick) is None:
            outlet.push(batch)
            continue
        try:
            taken = send(wire)
        except OSError:
            taken = 0  # full, or broken as the server is about to find out
        if taken != size:
            outlet.push(batch, taken)


def outlet_for(scope: Mapping[str, Any], send: Send, drop: Callable[[], object]) -> Outlet:
    """Return the best way out that this connection's server offers."""
    line = (scope.get("extensions") or {}).get(EXTENSION)
    return QueuedOutlet(send, drop) if line is None else LineOutlet(send, drop, line)


class Unacknowledged:
    """How many bytes were sent after the last entry that the client said it has.

    Positions are remembered every MARK_EVERY bytes, so the count is at most that much too high.
    """

    MARK_EVERY = 32 * 1024

    def __init__(self) -> None:
        self._sent = 0
        self._settled = 0
        self._marks: deque[tuple[int, int]] = deque()

    @property
    def size(self) -> int:
        return self._sent - self._settled

    def add(self, batch: Batch) -> None:
        self._sent += batch.size
        marked = self._marks[-1][1] if self._marks else self._settled
        if batch.position and self._sent - marked >= self.MARK_EVERY:
            self._marks.append((batch.position, self._sent))

    def settle(self, position: int) -> None:
        while self._marks and self._marks[0][0] <= position:
            self._settled = self._marks.popleft()[1]
