"""The processes of a province, each of which a fault may kill, stop or bring back."""

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from notifications.sandbox.server import Sandbox
from tests.faults.servers import Postgres, Redis
from tests.walks.product import ROOT, Product, environment, free_port, prepare, wait_until_ready

WEB, DISPATCH, SEND, DEVELOP = "web", "dispatch", "send", "develop"
KINDS = (WEB, DISPATCH, SEND, DEVELOP)
EACH = 2
"""Of every kind there are two, so that another can take over."""


class Fleet:
    """Two of every process, by name: web-0, dispatch-1."""

    def __init__(self, env: dict[str, str], folder: Path) -> None:
        self._env, self._log = env, folder / "processes.log"
        self.product = Product([free_port() for _ in range(EACH)], folder / "received.jsonl")
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    @property
    def names(self) -> list[str]:
        return [f"{kind}-{number}" for kind in KINDS for number in range(EACH)]

    def port(self, name: str) -> int:
        return self.product.ports[int(name[-1])]

    def start(self, name: str) -> None:
        kind, _dash, number = name.partition("-")
        words = {
            WEB: ["-m", "realtime.server", "-b", "127.0.0.1", "-p"],
            DISPATCH: ["manage.py", "dispatch_events"],
            SEND: ["manage.py", "send_notifications"],
            DEVELOP: ["manage.py", "develop_photos"],
        }[kind]
        if kind == WEB:
            words = [*words, str(self.product.ports[int(number)]), "config.asgi:application"]
        with self._log.open("ab") as output:
            self._running[name] = subprocess.Popen(
                [sys.executable, *words], cwd=ROOT, env=self._env, stdout=output, stderr=output
            )

    def kill(self, name: str) -> None:
        """As a crash does: nothing is said, nothing is finished."""
        self._running[name].kill()
        self._running[name].wait()

    def restart(self, name: str) -> None:
        """As an upgrade does: asked to end, then started again."""
        self._end(name)
        self.start(name)

    def pause(self, name: str) -> None:
        self._running[name].send_signal(signal.SIGSTOP)

    def resume(self, name: str) -> None:
        self._running[name].send_signal(signal.SIGCONT)

    def revive(self) -> None:
        """Start what has ended, as systemd does."""
        for name, process in list(self._running.items()):
            if process.poll() is not None:
                self.start(name)

    def memory(self, name: str) -> int:
        """Return the bytes of memory that the process holds."""
        status = Path(f"/proc/{self._running[name].pid}/status").read_text()
        line = next(line for line in status.splitlines() if line.startswith("VmRSS"))
        return int(line.split()[1]) * 1024

    def wait_until_ready(self) -> None:
        wait_until_ready(self.product, self._log)

    def said(self) -> str:
        return self._log.read_text(errors="replace")

    def _end(self, name: str) -> None:
        process = self._running[name]
        process.send_signal(signal.SIGCONT)
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def end(self) -> None:
        for name in self._running:
            self._running[name].send_signal(signal.SIGCONT)
            self._running[name].terminate()
        deadline = time.monotonic() + 20
        for process in self._running.values():
            try:
                process.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


@contextmanager
def fleet(folder: Path, postgres: Postgres, store: Redis, **more: str) -> Iterator[Fleet]:
    """The demo province on these servers, without a ticket, its pushes going to the sandbox."""
    sandbox = Sandbox(folder / "fcm")
    sandbox.start()
    env = environment(
        folder,
        DATABASE_URL=postgres.url,
        REDIS_URL=store.url,
        FCM_CREDENTIALS=str(sandbox.service_account),
        RATE_REPORTS="100000/hour",
        RATE_DEVICES="100000/hour",
        RATE_UPLOADS="100000/hour",
        PHOTO_DEVELOPERS="1",
        RATE_SIGN_IN="1000/min",
        FEED_UNACKED_KB="64",
        FEED_PATIENCE_SECONDS="2",
        LOG_LEVEL="WARNING",
        **sandbox.environment,
        **more,
    )
    prepare(env)
    running = Fleet(env, folder)
    try:
        for name in running.names:
            running.start(name)
        running.wait_until_ready()
        yield running
    finally:
        running.end()
        sandbox.stop()
