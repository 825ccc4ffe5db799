"""Servers on a core of their own: started, watched, ended."""

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parents[2]
CACHE = ROOT / "var" / "bench"
CORES = sorted(os.sched_getaffinity(0))
SERVER_CORE, CLIENT_CORE = CORES[0], CORES[-1]
PATIENCE = 90.0


class Absent(Exception):
    """A peer that this machine cannot run; the message says why."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answers(port: int) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
        return True
    return False


@dataclass
class Server:
    """A process, and its children, on the server's core."""

    words: Sequence[str]
    port: int
    env: dict[str, str] = field(default_factory=dict)
    cwd: Path = ROOT
    folder: Path = field(default_factory=lambda: Path(tempfile.mkdtemp(prefix="bench-")))

    def start(self) -> None:
        self._log = (self.folder / "log").open("wb")
        self._process = subprocess.Popen(
            ["taskset", "-c", str(SERVER_CORE), *self.words],
            cwd=self.cwd,
            env=os.environ | self.env,
            stdout=self._log,
            stderr=self._log,
        )

    def wait(self) -> None:
        deadline = time.monotonic() + PATIENCE
        while not answers(self.port):
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise Absent(f"{self.words[0]} did not start: {self.said()}")
            time.sleep(0.05)

    def said(self) -> str:
        """Return its last words."""
        return (self.folder / "log").read_text(errors="replace")[-600:]

    @property
    def _all(self) -> list[psutil.Process]:
        own = psutil.Process(self._process.pid)
        return [own, *own.children(recursive=True)]

    def cpu(self) -> float:
        """Seconds of CPU since the start."""
        times = [each.cpu_times() for each in self._all]
        return float(sum(each.user + each.system for each in times))

    def rss(self) -> int:
        """Bytes of memory."""
        return int(sum(each.memory_info().rss for each in self._all))

    def stop(self) -> None:
        if not hasattr(self, "_process"):
            return
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            for each in self._all[::-1]:
                each.kill()
            self._process.wait()
        self._log.close()
        shutil.rmtree(self.folder, ignore_errors=True)


def redis() -> Server:
    if not shutil.which("redis-server"):
        raise Absent("redis-server is not installed")
    port = free_port()
    quiet = ("--save", "", "--appendonly", "no", "--bind", "127.0.0.1")
    server = Server(("redis-server", "--port", str(port), *quiet), port)
    server.start()
    server.wait()
    return server


def run(words: Sequence[str], cwd: Path, what: str) -> None:
    """Run an installer; raises Absent with its last words where it fails."""
    try:
        subprocess.run(words, cwd=cwd, capture_output=True, text=True, check=True, timeout=300)
    except FileNotFoundError:
        raise Absent(f"{what}: {words[0]} is not installed") from None
    except subprocess.TimeoutExpired:
        raise Absent(f"{what}: {words[0]} took more than 5 minutes") from None
    except subprocess.CalledProcessError as error:
        raise Absent(f"{what}: {(error.stderr or error.stdout).strip()[-300:]}") from None
