"""Calls to gateways that take one message each: several at once, and nowhere else."""

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import requests

from notifications.transports.answers import InTime, beginning
from notifications.transports.base import Outcome, Push, Result, kept, wait_said

TIMEOUT = (5.0, 10.0)  # seconds to connect, and for all of the answer
LATER = frozenset({408, 425, 429})
GONE = frozenset({404, 410})


class Session(requests.Session):
    """Goes where it is told and follows nobody: an endpoint may not send us into our own net."""

    def __init__(self, size: int) -> None:
        super().__init__()
        adapter = InTime(pool_connections=size, pool_maxsize=size)
        self.mount("https://", adapter)
        self.mount("http://", adapter)
        self.headers["Accept-Encoding"] = "identity"  # nothing that swells when it is unpacked

    def request(self, *args: Any, **more: Any) -> requests.Response:
        more["allow_redirects"], more["stream"] = False, True
        return super().request(*args, **more)


def read(response: requests.Response, address: str, gone: frozenset[int] = GONE) -> Result:
    """Return what the answer's status means, by RFC 9110; `gone` says that nobody is there.

    The status alone decides, whatever becomes of the body; of that the beginning is kept.
    """
    status, body = response.status_code, beginning(response)
    if 200 <= status < 300:
        return Result(outcome=Outcome.SENT)
    said = f"HTTP {status}: {kept(body, address)}".strip()
    if status in gone:
        return Result(outcome=Outcome.GONE, error=said)
    if status >= 500 or status in LATER:
        wait = wait_said(response.headers.get("Retry-After"))
        return Result(outcome=Outcome.LATER, error=said, wait=wait)
    return Result(outcome=Outcome.REFUSED, error=said)


class OneByOne:
    """Calls for each push by itself, `at_once` of them side by side.

    What is urgent has `urgent_at_once` threads apart, which start when they are needed: all the
    others may be waiting for the gateway, with a batch behind them.
    """

    def __init__(self, at_once: int, name: str, *, urgent_at_once: int) -> None:
        self._usual = ThreadPoolExecutor(at_once, thread_name_prefix=name)
        self._urgent = ThreadPoolExecutor(urgent_at_once, thread_name_prefix=f"{name}-urgent")
        self._lock = threading.Lock()
        self._sending = 0  # calls of `send` that have the usual threads, from different lanes

    @property
    def busy(self) -> bool:
        return self._sending > 0

    def send(self, pushes: Sequence[Push], call: Callable[[Push], Result]) -> list[Result]:
        """Return each push's result, in order; a network that fails is nobody's fault."""

        def guarded(push: Push) -> Result:
            try:
                return call(push)
            except Exception as error:  # One that cannot be called holds none of the others.
                said = kept(f"{type(error).__name__}: {error}", push.address)
                return Result(outcome=Outcome.LATER, error=said)

        with self._threads_for(pushes) as urgent:
            sent = [
                (urgent if push.urgent else self._usual).submit(guarded, push) for push in pushes
            ]
            return [each.result() for each in sent]

    def close(self) -> None:
        """Let the calls on their way end; none can begin afterwards."""
        self._usual.shutdown()
        self._urgent.shutdown()

    @contextmanager
    def _threads_for(self, pushes: Sequence[Push]) -> Iterator[ThreadPoolExecutor]:
        """Yield the threads for the urgent ones: the usual, where nothing else has those."""
        mixed = any(not push.urgent for push in pushes)
        with self._lock:
            apart = mixed or self.busy
            takes_usual = mixed or not apart
            self._sending += takes_usual
        try:
            yield self._urgent if apart else self._usual
        finally:
            with self._lock:
                self._sending -= takes_usual
