"""A PostgreSQL and a Redis of our own, to be stopped and started without asking anybody."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg
import redis

from tests.walks.product import free_port

PATIENCE = 60.0


def _programs() -> Path | None:
    """Return where Debian keeps PostgreSQL's programs, or the PATH's, or None."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    on_path = shutil.which("initdb")
    return found[-1].parent if found else Path(on_path).parent if on_path else None


def missing() -> str:
    """Return what these tests cannot do without, blank if all is here."""
    if _programs() is None:
        return "needs PostgreSQL's own programs (initdb, pg_ctl), to start servers of its own"
    return "" if shutil.which("redis-server") else "needs redis-server, to start servers of its own"


class Postgres:
    """A cluster in a folder of its own. As root it runs as the user postgres."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self._data = folder / "pg"
        programs = _programs()
        assert programs
        self._as = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        self._ctl = [*self._as, str(programs / "pg_ctl"), "-D", str(self._data), "-w", "-s"]
        make = [str(programs / "initdb"), "-D", str(self._data), "-U", "postgres", "-A", "trust"]
        self._run([*self._as, *make])
        with (self._data / "postgresql.conf").open("a") as settings:
            settings.write(
                f"port = {self.port}\nlisten_addresses = '127.0.0.1'\nmax_connections = 200\n"
                f"unix_socket_directories = '{self._data}'\nfsync = off\n"
            )
        self.start()

    @property
    def url(self) -> str:
        return f"postgresql://postgres@127.0.0.1:{self.port}/postgres"

    def start(self) -> None:
        self._run([*self._ctl, "-l", str(self._data / "log"), "start"])

    def stop(self) -> None:
        """End every session at once, as an administrator's restart does."""
        self._run([*self._ctl, "-m", "fast", "stop"])

    def restart(self) -> None:
        self.stop()
        self.start()

    def query(self, statement: str) -> list[tuple[object, ...]]:
        with psycopg.connect(self.url) as line:
            return line.execute(statement.encode()).fetchall()

    @staticmethod
    def _run(words: list[str]) -> None:
        subprocess.run(words, cwd="/tmp", check=True, stdout=subprocess.DEVNULL)  # noqa: S108


class Redis:
    """A server that keeps nothing on disk."""

    def __init__(self) -> None:
        self.port = free_port()
        self._running: subprocess.Popen[bytes] | None = None
        self.start()

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        words = ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--save", ""]
        self._running = subprocess.Popen(words, stdout=subprocess.DEVNULL)
        deadline = time.monotonic() + PATIENCE
        while True:
            with suppress(redis.ConnectionError), redis.Redis(port=self.port) as line:
                line.ping()
                return
            assert time.monotonic() < deadline, "Redis does not answer."
            time.sleep(0.05)

    def stop(self) -> None:
        if self._running:
            self._running.send_signal(signal.SIGTERM)
            self._running.wait(PATIENCE)
        self._running = None

    def restart(self) -> None:
        self.stop()
        self.start()


@contextmanager
def servers() -> Iterator[tuple[Postgres, Redis]]:
    """Both, for as long as they are needed."""
    # Not pytest's own folder: the user postgres may not enter it.
    folder = Path(tempfile.mkdtemp(prefix="hientruong-faults-"))
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres", "postgres")
    postgres = Postgres(folder)
    store = Redis()
    try:
        yield postgres, store
    finally:
        store.stop()
        with suppress(subprocess.CalledProcessError):
            postgres.stop()
        shutil.rmtree(folder, ignore_errors=True)
