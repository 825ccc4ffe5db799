"""A web process by each server and way that the documents name, which can end and start again."""

import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from django.conf import settings

from tests.walks.nginx import NGINX, nginx
from tests.walks.people import Phone
from tests.walks.product import Product, free_port, process, wait_until_ready

PATIENCE = 90.0
APPLICATION = "config.asgi:application"
FORWARDED = ("--proxy-headers", "--forwarded-allow-ips", "127.0.0.1", "--no-access-log")
BEHIND = ("--proxy-headers", "--proxy-headers-host", "X-Real-IP")
OURS, SEALED, PROXIED = "realtime.server", "realtime.server by TLS", "realtime.server behind nginx"
SERVERS = (OURS, "uvicorn", SEALED, *([PROXIED] if NGINX else []), "hypercorn")
"""uvicorn and hypercorn know nothing of our lines: there the feed goes by ordinary sends."""
if settings.DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    SERVERS = SERVERS[:2]  # one machine's; what stands before a province's is tried on PostgreSQL


def until(said: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not said():
        assert time.monotonic() < deadline, what
        time.sleep(0.05)


def _words(server: str, port: int, keys: Path) -> tuple[str, ...]:
    daphne = ("realtime.server", "-b", "127.0.0.1", "-p", str(port))
    sealed = f"ssl:{port}:interface=127.0.0.1:privateKey={keys}/key:certKey={keys}/redis.pem"
    words = {
        OURS: daphne,
        SEALED: ("realtime.server", "-e", sealed),
        PROXIED: (*daphne, *BEHIND),
        # As docs/operations.md has it.
        "uvicorn": ("uvicorn", "--port", str(port), *FORWARDED),
        "hypercorn": ("hypercorn", "--bind", f"127.0.0.1:{port}"),
    }
    return (sys.executable, "-m", *words[server], APPLICATION)


class Web:
    """One of them. `keys` is a folder with a certificate for 127.0.0.1, its key and its issuer."""

    def __init__(self, server: str, folder: Path, env: dict[str, str], keys: Path) -> None:
        self._server, self._env, self._keys = server, env, keys
        self._log = folder / f"{server}.log"
        self._stack, self._before = ExitStack(), ExitStack()
        self._own = Product([free_port()], folder / "pushes.jsonl", tls=server == SEALED)
        self.product = self._own
        if server == PROXIED:
            self._env = env | {"BEHIND_TLS_PROXY": "1", "PROXIES": "1"}

    def start(self) -> None:
        words = _words(self._server, self._own.port, self._keys)
        self._stack.enter_context(process(self._env, self._log, *words))

    def wait(self) -> None:
        wait_until_ready(self._own, self._log)
        if self._server == PROXIED and self.product is self._own:
            site = self._before.enter_context(nginx(self._keys, self._own.port))
            self.product = Product([site.port], self._own.pushes, tls=True)

    def end(self) -> None:
        self._stack.close()

    def end_for_good(self) -> None:
        self._before.close()
        self.end()

    def report(self, count: int = 1) -> list[str]:
        """Send reports to this process, and wait until they are routed; returns their numbers."""
        phone = Phone(self.product, push_token="phone-of-the-feed")
        answers = [phone.report() for _turn in range(count)]
        assert [answer.status_code for answer in answers] == [201] * count
        numbers = [answer.json()["report_no"] for answer in answers]
        until(lambda: {phone.status(number) for number in numbers} == {"routed"}, "not routed")
        return numbers
