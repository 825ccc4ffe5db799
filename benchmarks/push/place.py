"""Where the benchmark runs: a database of its own, FCM's stand-in and one worker, as processes."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import psycopg

ROOT = Path(__file__).resolve().parents[2]
SERVER = os.environ.get("DATABASE_URL") or "postgresql://postgres@127.0.0.1:5432/postgres"
NAME = "hientruong_bench_push"


@contextmanager
def database() -> Iterator[str]:
    """Make an empty database on the server, and take it away afterwards; yields its URL."""
    parts = urlsplit(SERVER)
    server = parts._replace(path="/postgres").geturl()
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE)")
        connection.execute(f"CREATE DATABASE {NAME}")
    try:
        yield parts._replace(path=f"/{NAME}").geturl()
    finally:
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE)")


@contextmanager
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="bench-push-") as path:
        yield Path(path)


def environment(url: str, var: Path) -> dict[str, str]:
    """Return a process's variables: only what it needs, as a service manager gives them."""
    kept = ("PATH", "HOME", "LANG")
    clean = {name: os.environ[name] for name in kept if name in os.environ}
    return clean | {"DATABASE_URL": url, "VAR_DIR": str(var), "LOG_LEVEL": "WARNING"}


def manage(env: dict[str, str], *words: str) -> None:
    done = subprocess.run([sys.executable, "manage.py", *words], cwd=ROOT, env=env, check=False)
    if done.returncode:
        raise SystemExit(f"manage.py {words[0]} failed.")


@contextmanager
def fcm(var: Path, latency: float) -> Iterator[dict[str, str]]:
    """Run FCM's stand-in, each answer late by `latency` seconds; yields what a sender needs."""
    words = [sys.executable, "-m", "benchmarks.push.fcm", str(var / "google"), str(latency)]
    process = subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        pairs = dict(line.split("=", 1) for line in process.stdout.readline().split())
        yield pairs
    finally:
        process.terminate()
        process.wait()


class Worker:
    """One `manage.py send_notifications`, its memory watched."""

    def __init__(self, env: dict[str, str]) -> None:
        words = [sys.executable, "manage.py", "send_notifications"]
        self._process = subprocess.Popen(words, cwd=ROOT, env=env, stdout=subprocess.DEVNULL)
        self._watched = psutil.Process(self._process.pid)
        self.started = time.monotonic()
        self.most_bytes = 0
        self.share = 0.0

    def look(self) -> None:
        """Note its memory: all that is its own, with its children's, if it has any."""
        if self._process.poll() is not None:
            raise SystemExit("The worker ended by itself.")
        family = [self._watched, *self._watched.children(recursive=True)]
        self.most_bytes = max(self.most_bytes, sum(each.memory_info().rss for each in family))

    def cpu_seconds(self) -> float:
        times = self._watched.cpu_times()
        return float(times.user + times.system)

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait(30)
