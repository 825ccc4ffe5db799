"""What serves the reports, by each server that is documented, and what reacts to them."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psutil

from benchmarks.stand import ROOT, answers, free_port, running, wait_for

PROCESSES = 2
OURS = "config.asgi:application"
BARE = "benchmarks.intake.bare:application"
DAPHNE = ("-m", "realtime.server", "--verbosity", "0", "-p")
PLAIN_DAPHNE = ("-m", "daphne", "--verbosity", "0", "-p")
UVICORN = ("-m", "uvicorn", "--log-level", "warning", "--port")
WSGI = "config.wsgi:application"
GUNICORN = ("-m", "gunicorn", "--workers", str(PROCESSES), "--threads", "8", "--timeout", "120")
"""As deploy/systemd/hientruong-intake.service starts it."""

Servers = tuple[list[psutil.Process], list[int]]


@contextmanager
def reactions(folder: Path) -> Iterator[None]:
    """Routing and delivery, with the sandbox in Firebase's place."""
    from notifications.sandbox.server import Sandbox

    sandbox = Sandbox(folder / "fcm")
    sandbox.start()
    known = {"FCM_CREDENTIALS": str(sandbox.service_account), **sandbox.environment}
    try:
        with (
            running("manage.py", "dispatch_events", **known),
            running("manage.py", "send_notifications", **known),
        ):
            yield
    finally:
        sandbox.stop()


@contextmanager
def servers(how: tuple[str, ...], application: str, **variables: str) -> Iterator[Servers]:
    """So many processes, each at a port of its own: a proxy would share out connections so."""
    ports = [free_port() for _turn in range(PROCESSES)]
    with ExitStack() as stack:
        processes = [
            stack.enter_context(running(*how, str(port), application, **variables))
            for port in ports
        ]
        for port in ports:
            wait_for(answers(port))
        yield processes, ports


def fetched_gunicorn() -> Path | None:
    """Return where gunicorn lies, fetched once: it is not among the requirements."""
    folder = ROOT / "var" / "bench" / "gunicorn"
    if not (folder / "gunicorn").is_dir():
        words = [
            str(Path(sys.executable).with_name("uv")),
            "pip",
            "install",
            "-q",
            "--python",
            sys.executable,
        ]
        try:
            subprocess.run([*words, "--target", str(folder), "gunicorn"], check=True)
        except (OSError, subprocess.CalledProcessError) as error:
            print(f"No gunicorn: {error}")
            return None
    return folder


@contextmanager
def gunicorn(folder: Path) -> Iterator[Servers]:
    """One port, which its workers share."""
    port = free_port()
    words = (*GUNICORN, "--bind", f"127.0.0.1:{port}", "--log-level", "warning", WSGI)
    with running(*words, PYTHONPATH=str(folder)) as process:
        wait_for(answers(port))
        yield process.children(), [port]
