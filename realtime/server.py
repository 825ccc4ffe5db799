"""daphne, with a way for the feed to put bytes straight on a client's line.

daphne takes whatever an application sends and keeps it until the client reads, however long that
is. Here each WebSocket lends the application its line as an ASGI extension, `feed.push`: frames
that were made once go to the socket without another turn of the event loop, and the line knows how
much its client has yet to take.

Run it as daphne itself: `python -m realtime.server -p 8001 config.asgi:application`.

autobahn's `sendData` is no documented place to step in. The versions are pinned, and
tests/realtime/test_server.py holds them to what is needed here.
"""

import gc
import socket
import sys
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from daphne.cli import CommandLineInterface
from daphne.ws_protocol import WebSocketFactory, WebSocketProtocol
from twisted.internet.interfaces import IPullProducer, IPushProducer
from twisted.internet.protocol import connectionDone
from twisted.internet.tcp import Connection
from zope.interface import implementer

from realtime.outlet import EXTENSION
from realtime.stopping import OrderlyServer

CHUNK = 64 * 1024
"""Bytes handed to Twisted at once; what is behind them is still ours to drop."""
UNSENT = 256 * 1024
"""Bytes that the kernel keeps for one client before it says that the line is full. Left alone, it
takes some MB for each that does not read, and `held` counts none of them."""
SWITCH = 0.001
"""Seconds for which a thread that asks the database may keep the event loop waiting, not 0.005."""
CLOSE_HANDSHAKE = 5
"""Seconds for a client to answer a close; autobahn's own 1 s cuts off who reads slowly."""


@implementer(IPullProducer)
class FeedLine:
    """One client's way to the network: all that goes over it is in order, and counted.

    Small, and apart from the protocol: the hub looks at thousands of them for each event.
    """

    __slots__ = ("_open", "_pumping", "_queue", "_send", "_transport", "drained", "held", "quick")

    def __init__(self, transport: Any) -> None:
        self._transport = transport
        plain = _is_plain(transport)
        self._send: Callable[[bytes], int] | None = transport.getHandle().send if plain else None
        self._queue: deque[bytes] = deque()
        self._pumping = False
        self._open = False
        self.quick: Callable[[bytes], int] | None = None
        self.held = 0
        self.drained: Callable[[], object] = lambda: None

    def lend(self) -> None:
        """The handshake is over: whole frames may be pushed."""
        self._open = True
        self._offer()

    def end(self) -> None:
        """A close was sent: nothing is pushed after it."""
        self._open, self.quick = False, None

    def _offer(self) -> None:
        self.quick = self._send if self._open and not self._pumping else None

    def push(self, wire: bytes, taken: int = 0) -> None:
        """Send whole frames, after all before, without waiting; nothing after a close."""
        if self._open:
            self.put(wire[taken:])

    def put(self, wire: bytes) -> None:
        if self._pumping:
            self._queue.append(wire)
            self.held += len(wire)
            return
        rest = wire[self._send_now(wire) :]
        if rest:
            self._queue.append(rest)
            self.held = len(rest)
            self._pumping, self.quick = True, None
            self._transport.registerProducer(self, False)

    def join_small(self, join: bool) -> None:
        with suppress(OSError):  # a line that has broken already
            if handle := _handle_of(self._transport):
                handle.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, not join)

    def forget(self) -> None:
        """Drop what was not handed to the network yet: always whole frames."""
        self.held -= sum(map(len, self._queue))
        self._queue.clear()

    def _send_now(self, wire: bytes) -> int:
        """Return how many bytes the network took at once."""
        if self._send is None:
            return 0
        try:
            return self._send(wire)
        except BlockingIOError:
            return 0
        except OSError:
            return len(wire)  # The line is broken, as the reactor is about to find out.

    def resumeProducing(self) -> None:
        """Twisted has nothing left to write: give it the next chunk, or be done."""
        given = 0
        chunk = []
        while self._queue and given < CHUNK:
            chunk.append(self._queue.popleft())
            given += len(chunk[-1])
        if chunk:
            self.held = given + sum(map(len, self._queue))
            self._transport.write(b"".join(chunk))
        else:
            self.held, self._pumping = 0, False
            self._transport.unregisterProducer()
            self._offer()
        self.drained()

    def stopProducing(self) -> None:
        """The line is gone."""
        self._queue.clear()
        self.held = 0


@implementer(IPushProducer)
class SealedLine(FeedLine):
    """A line whose bytes only Twisted can send: it speaks TLS. It says when it has enough."""

    __slots__ = ()

    def lend(self) -> None:
        self._transport.registerProducer(self, True)
        super().lend()

    def end(self) -> None:
        super().end()
        if not self._pumping:
            self._transport.unregisterProducer()  # or it would not close before we say so

    def put(self, wire: bytes) -> None:
        if self._pumping:
            self._queue.append(wire)
            self.held += len(wire)
        else:
            self._transport.write(wire)

    def pauseProducing(self) -> None:
        """Twisted holds some 64 KB that the network does not take."""
        self._pumping = True

    def resumeProducing(self) -> None:
        self._pumping = False
        while self._queue and not self._pumping:
            wire = self._queue.popleft()
            self.held -= len(wire)
            self._transport.write(wire)
        if not self._open and not self._pumping:
            self._transport.unregisterProducer()
        self.drained()


def _is_plain(transport: Any) -> bool:
    return isinstance(transport, Connection) and not transport.TLS


def line_of(transport: Any) -> FeedLine:
    """Return the best line that this transport allows."""
    return FeedLine(transport) if _is_plain(transport) else SealedLine(transport)


def keep_little_unsent(transport: Any) -> None:
    """Let the kernel hold back UNSENT bytes at most, where it knows how to (Linux, macOS)."""
    option = getattr(socket, "TCP_NOTSENT_LOWAT", None)
    if option is not None and (handle := _handle_of(transport)):
        with suppress(OSError):  # a line that has broken already, or no TCP
            handle.setsockopt(socket.IPPROTO_TCP, option, UNSENT)


def _handle_of(transport: Any) -> socket.socket | None:
    below = getattr(transport, "transport", transport)  # under TLS
    return below.getHandle() if isinstance(below, Connection) else None


class LinedProtocol(WebSocketProtocol):  # type: ignore[misc]  # daphne has no types
    """A WebSocket of daphne whose every byte goes by its line."""

    def makeConnection(self, transport: Any) -> None:
        # daphne leaves Twisted's HTTP channel registered, which would stop reading from a client
        # that reads slowly, its acknowledgements included.
        transport.unregisterProducer()
        keep_little_unsent(transport)
        self.line = line_of(transport)
        super().makeConnection(transport)

    def sendData(self, data: bytes, sync: bool = False, chopsize: int | None = None) -> None:
        """Everything that autobahn sends comes by here: handshake, pings, closes, messages."""
        self.line.put(data)

    def onOpen(self) -> None:
        super().onOpen()
        self.line.lend()

    def sendCloseFrame(self, *args: Any, **kwargs: Any) -> None:
        self.line.end()
        super().sendCloseFrame(*args, **kwargs)

    def connectionLost(self, reason: Any = connectionDone) -> None:
        self.line.end()
        super().connectionLost(reason)

    def serverClose(self, code: int | None = None) -> None:
        """Close with any code: autobahn's own `sendClose` cannot say 1012, restarting."""
        self.sendCloseFrame(code=code or 1000)


class FeedServer(OrderlyServer):
    """daphne's server, whose WebSockets lend their lines."""

    def run(self) -> None:
        # All that is loaded by now stays. Looking through it for garbage, again and again, would
        # hold up every client for as long as an event takes from its commit to them.
        gc.collect()
        gc.freeze()
        sys.setswitchinterval(SWITCH)
        super().run()

    @property
    def ws_factory(self) -> WebSocketFactory:
        return self._ws_factory

    @ws_factory.setter
    def ws_factory(self, factory: WebSocketFactory) -> None:
        factory.protocol = LinedProtocol
        factory.setProtocolOptions(closeHandshakeTimeout=CLOSE_HANDSHAKE)
        self._ws_factory = factory

    def create_application(self, protocol: Any, scope: dict[str, Any]) -> Any:
        if isinstance(protocol, LinedProtocol):
            scope.setdefault("extensions", {})[EXTENSION] = protocol.line
        return super().create_application(protocol, scope)


class FeedCommandLine(CommandLineInterface):  # type: ignore[misc]  # daphne has no types
    server_class = FeedServer


if __name__ == "__main__":
    FeedCommandLine.entrypoint()
