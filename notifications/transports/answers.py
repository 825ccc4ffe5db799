"""Answers that must have come as a whole in the time that each read of them is given.

`requests` limits each read by itself: a gateway that sends a letter every few seconds, of its
headers or its body, would hold a thread without end.
"""

import io
import time
from http.client import HTTPResponse
from socket import socket
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection

READ_BYTES = 4_096  # of an answer; most are shorter, and leave their connection to the next call


class _Timed(io.RawIOBase):
    """Reads a socket until the time is up that one read of it may take now."""

    def __init__(self, raw: io.RawIOBase, sock: socket, seconds: float) -> None:
        self._raw = raw
        self._sock = sock
        self._until = time.monotonic() + seconds

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        left = self._until - time.monotonic()
        if left <= 0:
            raise TimeoutError("the answer did not come in time")
        self._sock.settimeout(left)
        read: int | None = self._raw.readinto(buffer)
        return read

    def close(self) -> None:
        self._raw.close()
        super().close()


class _Answer(HTTPResponse):
    def __init__(self, sock: socket, *args: Any, **more: Any) -> None:
        super().__init__(sock, *args, **more)
        seconds = sock.gettimeout()
        if seconds is not None:
            self.fp = io.BufferedReader(_Timed(self.fp.detach(), sock, seconds))


class _Http(HTTPConnection):
    response_class = _Answer


class _Https(HTTPSConnection):
    response_class = _Answer


_TIMED: dict[Any, Any] = {HTTPConnection: _Http, HTTPSConnection: _Https}


class InTime(HTTPAdapter):
    """Connects so that the time to read is one for all of an answer."""

    def get_connection_with_tls_context(self, *args: Any, **more: Any) -> Any:
        pool = super().get_connection_with_tls_context(*args, **more)
        pool.ConnectionCls = _TIMED.get(pool.ConnectionCls, pool.ConnectionCls)
        return pool


def beginning(response: requests.Response) -> str:
    """Return how the body begins, "" where it breaks off, and let go of the connection."""
    try:
        begun: bytes = response.raw.read(READ_BYTES) or b""
    except Exception:  # Whatever is wrong with the body, the status was said.
        begun = b""
    finally:
        response.close()
    return begun.decode("utf-8", "replace")
