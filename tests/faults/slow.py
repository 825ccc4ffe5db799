"""A client that asks for everything and reads nothing."""

import base64
import json
import os
import socket
import ssl
import time

from tests.walks.product import Product


class SlowReader:
    """A WebSocket by hand: a library would read ahead, and so not be slow."""

    def __init__(self, product: Product, port: int, cookie: str) -> None:
        self._line = socket.socket()
        self._line.settimeout(60)
        # A network's packets. This machine's own hold 64 KB, more than this window: what waits
        # would come by one at each of the sender's ever rarer probes.
        self._line.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, 1400)
        self._line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 32 * 1024)
        self._line.connect(("127.0.0.1", port))
        if product.tls:
            trust = ssl.create_default_context()
            self._line = trust.wrap_socket(self._line, server_hostname="127.0.0.1")
        key = base64.b64encode(os.urandom(16)).decode()
        request = (
            f"GET /ws/v1/feed HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\n"
            f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n"
            f"Sec-WebSocket-Protocol: field.v1\r\nOrigin: {product.http(port)}\r\n"
            f"Cookie: {cookie}\r\n\r\n"
        )
        self._line.sendall(request.encode())
        answer = b""
        while b"\r\n\r\n" not in answer:
            answer += self._line.recv(1)
        assert answer.startswith(b"HTTP/1.1 101"), answer
        self._say({"op": "hello"})
        self._say({"op": "follow", "id": "a", "audience": "ops", "after": 0})

    def _say(self, command: dict[str, object]) -> None:
        words = json.dumps(command).encode()
        mask = os.urandom(4)
        head = bytes([0x81, 0x80 | len(words)]) if len(words) < 126 else b""
        assert head, "too long for a short frame"
        masked = bytes(byte ^ mask[turn % 4] for turn, byte in enumerate(words))
        self._line.sendall(head + mask + masked)

    def sent_away(self, within: float) -> int:
        """Read nothing for a while, then everything; returns the code of the close frame.

        A reader so slow that it does not even take the close frame is cut off: 1006, as a
        browser calls it.
        """
        time.sleep(4)
        self._line.settimeout(within)
        try:
            while True:
                opcode, body = self._frame()
                if opcode == 8:
                    return int.from_bytes(body[:2])
        except (ConnectionResetError, ssl.SSLEOFError):
            return 1006

    def _frame(self) -> tuple[int, bytes]:
        first, second = self._read(2)
        length = second & 0x7F
        if length == 126:
            length = int.from_bytes(self._read(2))
        elif length == 127:
            length = int.from_bytes(self._read(8))
        return first & 0x0F, self._read(length)

    def _read(self, count: int) -> bytes:
        found = b""
        while len(found) < count:
            chunk = self._line.recv(count - len(found))
            if not chunk:
                raise ConnectionResetError("the line was cut without a close frame")
            found += chunk
        return found

    def __enter__(self) -> "SlowReader":
        return self

    def __exit__(self, *_what: object) -> None:
        self._line.close()
