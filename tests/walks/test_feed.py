"""The feed through real processes of each server, by TLS in the server and before it, and without.

A server that restarts, streams resumed, frames too large, two processes, a client that reads
nothing.
"""

import json
import os
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest
from django.conf import settings
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from tests.config.redis_servers import certificates
from tests.faults.slow import SlowReader
from tests.walks.people import Staff
from tests.walks.product import environment, fresh_database, prepare, process
from tests.walks.webs import PATIENCE, SERVERS, Web, until

TICKETS = 100
"""Of the demo: more past than a network holds for a client that reads nothing."""


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A certificate for 127.0.0.1 that every client of these tests trusts, and its key."""
    folder = tmp_path_factory.mktemp("keys")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SSL_CERT_FILE", str(certificates(folder)))
        yield folder


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, dict[str, str]]]:
    """A folder, and the variables of a province on SQLite or PostgreSQL, its dispatcher running."""
    folder = tmp_path_factory.mktemp("var")
    with ExitStack() as stack:
        more = {"RATE_REPORTS": "10000/hour", "RATE_SIGN_IN": "1000/min"}
        more |= {"FEED_QUEUE_KB": "256", "FEED_UNACKED_KB": "512", "FEED_PATIENCE_SECONDS": "2"}
        if settings.REDIS_URL:
            more |= {"REDIS_URL": settings.REDIS_URL}
        if not settings.DATABASES["default"]["ENGINE"].endswith("sqlite3"):
            url = stack.enter_context(fresh_database(os.environ["DATABASE_URL"]))
            more |= {"DATABASE_URL": url}
        env = environment(folder, **more)
        prepare(env, tickets=TICKETS)
        dispatch = (sys.executable, "manage.py", "dispatch_events")
        stack.enter_context(process(env, folder / "dispatch.log", *dispatch))
        yield folder, env


@pytest.fixture(scope="module")
def webs(place: tuple[Path, dict[str, str]], keys: Path) -> Iterator[dict[str, Web]]:
    """A process of each, side by side."""
    running = {server: Web(server, *place, keys) for server in SERVERS}
    try:
        for each in running.values():
            each.start()
        for each in running.values():
            each.wait()
        yield running
    finally:
        for each in running.values():
            each.end_for_good()


@pytest.fixture(params=SERVERS)
def web(request: pytest.FixtureRequest, webs: dict[str, Web]) -> Web:
    return webs[request.param]


@pytest.fixture
def other(web: Web, webs: dict[str, Web]) -> Web:
    return next(each for each in webs.values() if each is not web)


def test_the_example_client_survives_a_restart(web: Web, tmp_path: Path) -> None:
    said = tmp_path / "said"
    env = environment(tmp_path, KEPT=str(tmp_path / "position.json"))
    words = (
        sys.executable,
        "docs/examples/follow_feed.py",
        web.product.socket()[: -len("/ws/v1/feed")],
    )
    with process(env, said, *words):
        until((tmp_path / "position.json").exists, "the client never followed")

        def routed() -> int:
            return said.read_text().count(" ticket.routed\n")

        web.report()
        until(lambda: routed() == 1, said.read_text())
        web.end()
        web.start()
        web.wait()
        web.report()
        until(lambda: routed() == 2, said.read_text())
    lines = [line.split() for line in said.read_text().splitlines() if line[:1].isdigit()]
    positions = [int(position) for position, _kind in lines]
    assert positions == sorted(set(positions))


def test_a_frame_too_large_ends_the_connection(web: Web) -> None:
    address = web.product.socket()
    with connect(address, subprotocols=["field.v1"], open_timeout=PATIENCE) as socket:
        socket.send(json.dumps({"op": "ping", "x": "x" * 20_000}))
        with pytest.raises(ConnectionClosed) as closed:
            while True:
                socket.recv(timeout=PATIENCE)
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 4400


def test_what_one_process_writes_is_heard_at_the_other(web: Web, other: Web) -> None:
    feed = Staff(other.product, "ops").feed("ops")
    (number,) = web.report()
    routed = feed.wait_until_routed(number)
    feed.close()
    assert routed["ticket"]["report_nos"] == [number]
    positions = [frame["position"] for frame in feed.events]
    assert positions == sorted(set(positions))


def test_who_does_not_read_is_sent_away(web: Web) -> None:
    cookie = f"sessionid={Staff(web.product, 'ops').client.cookies['sessionid']}"
    with SlowReader(web.product, web.product.port, cookie) as slow:
        assert slow.sent_away(within=PATIENCE) in (4408, 1006)


def test_the_stream_follows_and_resumes(web: Web) -> None:
    url = f"{web.product.http()}/api/v1/events/stream?audience=public"
    web.report(2)  # of each, the public hears that it was routed
    first = read(url, {"Last-Event-ID": "0"}, 2)
    rest = read(url, {"Last-Event-ID": str(first[0])}, 1)
    assert first == sorted(set(first))
    assert rest[0] == first[1]


def read(url: str, headers: dict[str, str], count: int) -> list[int]:
    """Return the first ids of a stream, which is then left."""
    found: list[int] = []
    deadline = time.monotonic() + PATIENCE
    with httpx.stream("GET", url, headers=headers, timeout=PATIENCE) as answer:
        assert answer.status_code == 200
        for line in answer.iter_lines():  # a beat is a line too, so this never waits for long
            assert time.monotonic() < deadline, found
            if line.startswith("id: "):
                found.append(int(line[4:]))
            if len(found) == count:
                return found
    raise AssertionError(f"the stream ended after {found}")
