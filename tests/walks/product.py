"""The product as real processes, each deployment as its own document says to run it."""

import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import psycopg

from notifications.sandbox.server import Sandbox

ROOT = Path(__file__).resolve().parents[2]
READY_WITHIN = 60.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Product:
    """Where it answers, and where its pushes arrive."""

    ports: list[int]
    pushes: Path
    tls: bool = False

    @property
    def port(self) -> int:
        return self.ports[0]

    def http(self, port: int | None = None) -> str:
        return f"http{'s' * self.tls}://127.0.0.1:{port or self.port}"

    def socket(self, port: int | None = None) -> str:
        return f"ws{'s' * self.tls}://127.0.0.1:{port or self.port}/ws/v1/feed"


def environment(folder: Path, **more: str) -> dict[str, str]:
    """A process's variables: its own folder, and none of the tests' databases."""
    clean = {
        name: value
        for name, value in os.environ.items()
        if name not in ("DATABASE_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE")
    }
    return clean | {"VAR_DIR": str(folder), "DEBUG": "1", "DEMO": "1", "LOG_LEVEL": "INFO"} | more


def manage(env: dict[str, str], *words: str) -> None:
    """Run a management command to its end; what it said is shown when it fails."""
    done = subprocess.run(
        [sys.executable, "manage.py", *words],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def prepare(env: dict[str, str], tickets: int = 0) -> None:
    """An empty database with the demo province and its accounts."""
    manage(env, "migrate", "--verbosity", "0")
    manage(env, "load_province", "provinces/quang-ninh")
    manage(env, "load_demo", "--tickets", str(tickets))


@contextmanager
def process(env: dict[str, str], log: Path, *words: str) -> Iterator[subprocess.Popen[bytes]]:
    """A process that is asked to end, and killed only if it will not."""
    with log.open("ab") as output:
        running = subprocess.Popen(words, cwd=ROOT, env=env, stdout=output, stderr=output)
    try:
        yield running
    finally:
        running.send_signal(signal.SIGTERM)
        try:
            running.wait(15)
        except subprocess.TimeoutExpired:
            running.kill()
            running.wait()


def wait_until_ready(product: Product, log: Path) -> None:
    deadline = time.monotonic() + READY_WITHIN
    for port in product.ports:
        while True:
            try:
                if httpx.get(f"{product.http(port)}/health/ready").status_code == 200:
                    break
            except httpx.TransportError:
                pass
            assert time.monotonic() < deadline, log.read_text(errors="replace")[-4000:]
            time.sleep(0.1)


@contextmanager
def embedded(folder: Path, tickets: int = 0, **more: str) -> Iterator[Product]:
    """One process on SQLite, the in-memory layer and local files; `more` are variables."""
    env = environment(folder, **more)
    prepare(env, tickets)
    product = Product([free_port()], folder / "fcm" / "received.jsonl")
    log = folder / "serve.log"
    words = (sys.executable, "manage.py", "serve", "--host", "127.0.0.1")
    with process(env, log, *words, "--port", str(product.port)):
        wait_until_ready(product, log)
        yield product


@contextmanager
def fresh_database(server: str) -> Iterator[str]:
    """An empty PostgreSQL database beside the one that `server` names, dropped afterwards."""
    base = server.rpartition("/")[0]
    name = f"hientruong_walk_{secrets.token_hex(4)}"
    with psycopg.connect(f"{base}/postgres", autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name}")
        try:
            yield f"{base}/{name}"
        finally:
            admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def province(folder: Path, database: str, redis: str) -> Iterator[Product]:
    """Two daphne, a dispatcher and a sender, on PostgreSQL and Redis."""
    sandbox = Sandbox(folder / "fcm")
    with ExitStack() as stack:
        url = stack.enter_context(fresh_database(database))
        sandbox.start()
        stack.callback(sandbox.stop)
        env = environment(
            folder,
            DATABASE_URL=url,
            REDIS_URL=redis,
            FCM_CREDENTIALS=str(sandbox.service_account),
            **sandbox.environment,
        )
        prepare(env)
        product = Product([free_port(), free_port()], folder / "fcm" / "received.jsonl")
        log = folder / "processes.log"
        daphne = (str(Path(sys.executable).with_name("daphne")), "-b", "127.0.0.1", "-p")
        for port in product.ports:
            words = (*daphne, str(port), "config.asgi:application")
            stack.enter_context(process(env, log, *words))
        for command in ("dispatch_events", "send_notifications"):
            stack.enter_context(process(env, log, sys.executable, "manage.py", command))
        wait_until_ready(product, log)
        yield product
