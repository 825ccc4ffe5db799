"""What a benchmark stands on: a database of its own, real processes, and the way to say results."""

import atexit
import ctypes
import json
import os
import platform
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import psutil
import psycopg

ROOT = Path(__file__).resolve().parents[1]
_PR_SET_PDEATHSIG = 1
QUICK = os.environ.get("QUICK") == "1"
SERVER = os.environ.get("BENCH_DATABASE_URL", "postgresql://postgres@127.0.0.1:5432")
REDIS = os.environ.get("BENCH_REDIS_URL", "redis://127.0.0.1:6379/14")


def own_database(name: str) -> str:
    """Make a fresh database, name it in the environment, set Django up, migrate; returns its URL.

    It is dropped when the process ends.
    """
    with psycopg.connect(f"{SERVER}/postgres", autocommit=True) as server:
        server.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        server.execute(f'CREATE DATABASE "{name}"')
    atexit.register(_drop, name, os.getpid())
    url = f"{SERVER}/{name}"
    os.environ |= {"DATABASE_URL": url, "REDIS_URL": REDIS, "LOG_LEVEL": "WARNING"}
    os.environ.setdefault("SECRET_KEY", "benchmark" * 8)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0, interactive=False)
    return url


def _drop(name: str, owner: int) -> None:
    if os.getpid() == owner:  # a forked writer ends too
        with psycopg.connect(f"{SERVER}/postgres", autocommit=True) as server:
            server.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def start(*words: str, **more: Any) -> "subprocess.Popen[Any]":
    """Start `python …` in the project's folder; it ends with this process, however that ends."""
    return subprocess.Popen([sys.executable, *words], cwd=ROOT, preexec_fn=end_with_parent, **more)


def end_with_parent() -> None:
    """Let the kernel kill this process when the one that made it ends (Linux alone has that)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


@contextmanager
def running(*words: str, **variables: str) -> Iterator[psutil.Process]:
    """A process of the product, `python …`, ended at the end."""
    process = start(*words, env=os.environ | variables, stdout=subprocess.DEVNULL)
    try:
        yield psutil.Process(process.pid)
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def end_within(seconds: int) -> None:
    """Clean up and fail when it takes longer, or when told to end."""

    def leave(number: int, _frame: object) -> None:
        raise SystemExit(f"Ended by {signal.Signals(number).name}; limit {seconds} s.")

    signal.signal(signal.SIGTERM, leave)
    signal.signal(signal.SIGALRM, leave)
    signal.alarm(seconds)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(met: Callable[[], object], seconds: float = 60) -> None:
    """Return once `met` says so. Raises TimeoutError."""
    deadline = time.monotonic() + seconds
    while not met():
        if time.monotonic() > deadline:
            raise TimeoutError(f"{met} was not so within {seconds} s.")
        time.sleep(0.05)


def answers(port: int, path: str = "/health/live") -> Callable[[], bool]:
    def ask() -> bool:
        try:
            with urlopen(f"http://127.0.0.1:{port}{path}", timeout=2) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    return ask


def quantile(values: Sequence[float], share: float) -> float:
    """Return the value that `share` of the values do not exceed (nearest rank)."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, round(share * len(ordered)) - 1))]


def middle(values: Sequence[float]) -> float:
    return quantile(values, 0.5)


def say_machine() -> None:
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True
    ).stdout.strip()
    cpu = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if line.startswith("model name")
        ),
        platform.processor(),
    )
    load = ", ".join(f"{each:.1f}" for each in os.getloadavg())
    print(f"{os.cpu_count()} cores, {cpu}; commit {commit}; load before {load}")
    print(f"Python {platform.python_version()}, {'quick' if QUICK else 'full'}\n")


def table(head: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Print rows under their heads, numbers to the right."""
    cells = [[_cell(value) for value in row] for row in [head, *rows]]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    for row in cells:
        first, *others = zip(row, widths, strict=True)
        print("  ".join([first[0].ljust(first[1]), *(cell.rjust(width) for cell, width in others)]))
    print(flush=True)


def _cell(value: Any) -> str:
    if value is None:
        return "–"
    return (
        f"{value:.2f}"
        if isinstance(value, float) and value < 10
        else (f"{value:.0f}" if isinstance(value, float) else str(value))
    )


def finish(**figures: Any) -> None:
    """Print the figures as the last line."""
    rounded = {k: round(v, 3) if isinstance(v, float) else v for k, v in figures.items()}
    print(json.dumps(rounded), flush=True)
