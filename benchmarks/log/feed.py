"""From a commit to the frame, and a long catch-up, by a real server and a real client."""

import json
import random
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import orjson
import psutil
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection

from backend.accounts.models import Membership, Role, User
from backend.events import log
from benchmarks.log.ground import ACTOR, fact_about, recorded_change
from benchmarks.stand import answers, free_port, running, start, wait_for


@dataclass(frozen=True)
class Server:
    """daphne with our protocol, as production runs it."""

    process: psutil.Process
    port: int

    def wait(self) -> None:
        wait_for(answers(self.port))


@contextmanager
def server() -> Iterator[Server]:
    """Start one; it may take a while until it answers."""
    port = free_port()
    words = ("-m", "realtime.server", "-p", str(port), "config.asgi:application")
    with running(*words) as process:
        yield Server(process, port)


def session_of_ops() -> str:
    """Return the cookie of a person of the operations centre."""
    user, new = User.objects.get_or_create(username="ops")
    if new:
        Membership.objects.create(user=user, role=Role.OPERATIONS_CENTRE)
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return f"{settings.SESSION_COOKIE_NAME}={session.session_key}"


@contextmanager
def client(port: int, after: int | None, want: int) -> Iterator[subprocess.Popen[str]]:
    """A follower of `ops` in a process of its own; after None, it follows what is new."""
    words = ["-m", "benchmarks.log.follow", str(port), session_of_ops()]
    words += ["" if after is None else str(after), str(want)]
    process = start(*words, stdout=subprocess.PIPE, text=True)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def _warm(web: Server) -> None:
    """Let the first client come and go: the hub is there, the modules are loaded."""
    with client(web.port, None, 0) as first:
        first.wait(60)


def _line_of(follower: subprocess.Popen[str]) -> str:
    """Return the next line that it prints. Raises RuntimeError where it ended before."""
    assert follower.stdout
    line: str = follower.stdout.readline()
    if not line:
        raise RuntimeError("The client ended: see what it said above.")
    return line


def commit_to_frame(
    web: Server, tickets: list[UUID], per_second: int, seconds: float
) -> list[float]:
    """Return the milliseconds from each commit's return to its frame at the client."""
    count = int(per_second * seconds)
    chance = random.Random(7)
    _warm(web)
    with client(web.port, None, count) as follower:
        assert _line_of(follower) == "following\n"
        committed = []
        due = time.monotonic()
        for number in range(count):
            due += chance.expovariate(per_second)  # as people come: not evenly
            time.sleep(max(0.0, due - time.monotonic()))
            recorded_change(tickets[number % len(tickets)], number)
            committed.append(time.monotonic())
        heard = json.loads(_line_of(follower))
    # One writer: the order of its commits is the order of the frames.
    return [
        (frame - commit) * 1000 for commit, frame in zip(committed, heard["times"], strict=True)
    ]


_FILL = """
    WITH noted AS (
        INSERT INTO events_eventrecord (type, stream, at, actor, data)
        SELECT type, 'ticket:' || ticket, now(), %s,
            data || jsonb_build_object('ticket_id', ticket, 'note_id', turn)
        FROM (SELECT %s AS type, %s::jsonb AS data) AS fact, generate_series(1, %s) AS turn,
            LATERAL (SELECT (%s::text[])[1 + turn %% %s] AS ticket) AS about
        ORDER BY turn RETURNING id
    )
    INSERT INTO events_queuedevent (event_id) SELECT id FROM noted ORDER BY id
"""


def fill(tickets: list[UUID], entries: int) -> None:
    """Queue so many facts about these tickets, in turn, for the sequencer to place."""
    fact = fact_about(tickets[0], 0)
    data = orjson.dumps(fact.as_data()).decode()
    names = [str(each) for each in tickets]
    with connection.cursor() as cursor:
        cursor.execute(_FILL, [ACTOR, fact.type, data, entries, names, len(names)])


def catch_up(web: Server, entries: int) -> dict[str, float]:
    """One client reads so many entries: its seconds, and the server's memory and CPU for it."""
    after = log.head() - entries
    _warm(web)
    rss = web.process.memory_info().rss
    _forget_peak(web.process)
    cpu = sum(web.process.cpu_times()[:2])
    with client(web.port, after, entries) as follower:
        assert _line_of(follower) == "following\n"
        heard = json.loads(_line_of(follower))
    return {
        "seconds": heard["caught_up_s"],
        "mb": (_peak(web.process) - rss) / 1e6,
        "cpu_s": sum(web.process.cpu_times()[:2]) - cpu,
        "sent_mb": heard["bytes"] / 1e6,
    }


def _forget_peak(process: psutil.Process) -> None:
    Path(f"/proc/{process.pid}/clear_refs").write_text("5")


def _peak(process: psutil.Process) -> int:
    for line in Path(f"/proc/{process.pid}/status").read_text().splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1]) * 1024
    raise RuntimeError("This system does not say how much memory a process had at most.")
