"""A crowd of WebSocket clients in one thread that only counts, so that it is never what is slow.

Every socket of a crowd gets the same bytes. So one of them, the witness, reads its frames, and
how many bytes it had after each event says when the others have had that event too.
"""

import base64
import json
import os
import select
import socket
import ssl
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

BUFFER = 1 << 20
PATIENCE = 60.0
DRAIN_EVERY = 16
"""Events after which everybody reads."""

NOTHING_YET = (BlockingIOError, ssl.SSLWantReadError)

Talk = Callable[["Line"], None]


class Line:
    """One client while it connects: blocking, and frame by frame."""

    def __init__(
        self,
        port: int,
        path: str,
        headers: Iterable[str],
        subprotocol: str,
        trust: ssl.SSLContext | None = None,
    ) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), PATIENCE)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if trust:
            self.socket = trust.wrap_socket(self.socket, server_hostname="127.0.0.1")
        self._had = b""
        lines = [
            f"GET {path} HTTP/1.1",
            f"Host: 127.0.0.1:{port}",
            "Upgrade: websocket",
            "Connection: Upgrade",
            f"Sec-WebSocket-Key: {base64.b64encode(os.urandom(16)).decode()}",
            "Sec-WebSocket-Version: 13",
            *headers,
        ]
        if subprotocol:
            lines.append(f"Sec-WebSocket-Protocol: {subprotocol}")
        self.socket.sendall("\r\n".join([*lines, "", ""]).encode())

    def upgraded(self) -> None:
        while b"\r\n\r\n" not in self._had:
            self._more()
        head, _end, self._had = self._had.partition(b"\r\n\r\n")
        if b" 101 " not in head.split(b"\r\n", 1)[0]:
            raise ConnectionError(head.decode(errors="replace"))

    def say(self, text: str) -> None:
        payload = text.encode()
        size = len(payload)
        head = bytes((0x81, 0x80 | size)) if size < 126 else b"\x81\xfe" + size.to_bytes(2, "big")
        self.socket.sendall(head + bytes(4) + payload)  # masked with zeros

    def hear(self) -> str:
        while True:
            frame = first_frame(self._had)
            if frame is not None:
                payload, self._had = self._had[frame[0] : frame[1]], self._had[frame[1] :]
                return payload.decode()
            self._more()

    def left(self) -> bytes:
        """Return what came after the last frame that was heard."""
        return self._had

    def hear_op(self, op: str) -> dict[str, object]:
        while (frame := json.loads(self.hear()))["op"] != op:
            if frame["op"] == "error":
                raise ConnectionError(str(frame))
        return dict(frame)

    def _more(self) -> None:
        data = self.socket.recv(65536)
        if not data:
            raise ConnectionError("closed while connecting")
        self._had += data


def first_frame(data: bytes | memoryview) -> tuple[int, int] | None:
    """Return where the first frame's payload begins and ends; None if it is not whole."""
    if len(data) < 2:
        return None
    size, start = data[1] & 127, 2
    if size == 126:
        size, start = int.from_bytes(data[2:4], "big"), 4
    elif size == 127:
        size, start = int.from_bytes(data[2:10], "big"), 10
    end = start + size
    return (start, end) if len(data) >= end else None


@dataclass
class Crowd:
    """So many clients, ready. Call `begin` before each measure."""

    port: int
    path: str
    say: Talk
    """What a new client says first."""
    hear: Talk
    """Reads until it is ready to be counted."""
    subprotocol: str = ""
    headers: Sequence[str] = ()
    trust: ssl.SSLContext | None = None
    """By TLS, to whom this vouches for."""
    sockets: list[socket.socket] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._buffer = bytearray(BUFFER)
        self.begin()

    def grow(self, size: int, together: int = 64) -> None:
        """Connect until there are so many, some at a time."""
        while len(self.sockets) < size:
            count = min(together, size - len(self.sockets))
            lines = [
                Line(self.port, self.path, self.headers, self.subprotocol, self.trust)
                for _ in range(count)
            ]
            for line in lines:
                line.upgraded()
                self.say(line)
            for line in lines:
                self.hear(line)
                line.socket.setblocking(False)
                self.sockets.append(line.socket)

    def begin(self) -> None:
        """Forget what came before."""
        self.bytes = 0
        self._drained_at = 0
        self._rest = b""
        self._witness_bytes = 0
        self._after: list[int] = [0]

    @property
    def seen_by_witness(self) -> int:
        return len(self._after) - 1

    @property
    def deliveries(self) -> float:
        """Events times sockets, as far as bytes tell."""
        per_event = self._after[-1] / self.seen_by_witness if self.seen_by_witness else 0
        return self.bytes / per_event if per_event else 0

    def witness_has(self, events: int) -> bool:
        """Wait, without sleep, until the witness has had so many events; False after PATIENCE."""
        deadline = time.monotonic() + PATIENCE
        while self.seen_by_witness < events:
            try:
                self._take_witness()
            except NOTHING_YET:
                if time.monotonic() > deadline:
                    return False
        if self.seen_by_witness - self._drained_at >= DRAIN_EVERY:
            self.drain()
        return True

    def all_have(self, events: int) -> bool:
        """Wait until everybody has had so many events; False after PATIENCE."""
        if not self.witness_has(events):
            return False
        deadline = time.monotonic() + PATIENCE
        while self.bytes < self._after[events] * len(self.sockets):
            if not self.drain() and time.monotonic() > deadline:
                return False
        return True

    def drain(self) -> int:
        """Read what lies ready at everybody's; returns how many bytes."""
        before, buffer = self.bytes, self._buffer
        self._drained_at = self.seen_by_witness
        for each in self.sockets[1:]:
            with suppress(*NOTHING_YET):
                self.bytes += each.recv_into(buffer)
        with suppress(*NOTHING_YET):
            self._take_witness()
        return self.bytes - before

    def rest(self) -> None:
        """Read until nothing comes any more."""
        while self.drain():
            time.sleep(0.1)

    def _take_witness(self) -> None:
        count = self.sockets[0].recv_into(self._buffer)
        if not count:
            raise ConnectionError("the server closed a socket of the crowd")
        self.bytes += count
        self._read_witness(bytes(self._buffer[:count]))

    def delays(self, publish: Callable[[], None], count: int, interval: float) -> list[float]:
        """Publish so many events, one each interval, and return each delivery's delay in s."""
        found: list[float] = []
        buffer = self._buffer
        with select.epoll() as poll:
            for each in self.sockets:
                poll.register(each.fileno(), select.EPOLLIN)
            by_fd = {each.fileno(): each for each in self.sockets}
            for _turn in range(count):
                begun = time.perf_counter()
                publish()
                left = len(self.sockets)
                while left and time.perf_counter() - begun < PATIENCE:
                    for fd, _event in poll.poll(0, left):
                        by_fd[fd].recv_into(buffer)
                        found.append(time.perf_counter() - begun)
                        left -= 1
                time.sleep(max(0.0, begun + interval - time.perf_counter()))
        return found

    def close(self) -> None:
        for each in self.sockets:
            each.close()

    def _read_witness(self, data: bytes) -> None:
        self._rest += data
        while (frame := first_frame(self._rest)) is not None:
            self._witness_bytes += frame[1]
            self._after.append(self._witness_bytes)
            self._rest = self._rest[frame[1] :]
