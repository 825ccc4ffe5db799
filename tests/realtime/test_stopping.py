"""A web process that is told to stop, as by an upgrade: nobody is cut off in the midst."""

import json
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.db import connection
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from tests.realtime.patient import BODY
from tests.walks.product import Product, environment, free_port, process, wait_until_ready

pytestmark = pytest.mark.long
PATIENCE = 60.0
STREAM = "/api/v1/events/stream?audience=public"
Web = tuple[Product, "subprocess.Popen[bytes]"]


def wait_for(condition: Callable[[], Any]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.fixture
def web(live_db: None, tmp_path: Path) -> Iterator[Web]:
    """A process of its own on the tests' database."""
    settled = connection.settings_dict
    where = f"{settled['USER']}@{settled['HOST']}:{settled['PORT']}/"
    if settled["PASSWORD"]:
        where = where.replace("@", f":{settled['PASSWORD']}@", 1)
    server = f"postgresql://{where}" if connection.vendor == "postgresql" else "sqlite:///"
    env = environment(tmp_path, DATABASE_URL=f"{server}{settled['NAME']}")
    product, log = Product([free_port()], tmp_path / "none"), tmp_path / "web.log"
    words = ("-m", "realtime.server", "-b", "127.0.0.1", "-p", str(product.port))
    running: subprocess.Popen[bytes]
    with process(env, log, sys.executable, *words, "tests.realtime.patient:application") as running:
        wait_until_ready(product, log)
        yield product, running


def in_background(call: Callable[[], Any]) -> Callable[[], Any]:
    """Call it in a thread; returns the way to its result."""
    answers: list[Any] = []
    thread = threading.Thread(target=lambda: answers.append(call()), daemon=True)
    thread.start()

    def result() -> Any:
        thread.join(PATIENCE)
        return answers[0]

    return result


def test_sockets_are_told_to_come_back_and_requests_are_finished(web, tmp_path):
    product, running = web
    in_hand = in_background(
        lambda: httpx.get(f"{product.http()}/patient{tmp_path}", timeout=PATIENCE)
    )
    wait_for((tmp_path / "begun").exists)
    with connect(product.socket(), subprotocols=["field.v1"]) as line:
        line.send(json.dumps({"op": "hello"}))
        assert json.loads(line.recv(PATIENCE))["op"] == "welcome"
        with httpx.stream("GET", product.http() + STREAM, timeout=PATIENCE) as stream:
            said = stream.iter_lines()
            wait_for(lambda: "following" in next(said))

            running.send_signal(signal.SIGTERM)

            with pytest.raises(ConnectionClosed):
                line.recv(PATIENCE)
            assert line.close_code == 1012
            assert 'data: {"op":"close","code":1012}' in list(said)
    wait_for(lambda: refuses(product))
    assert running.poll() is None  # it waits for the request that it has
    (tmp_path / "go").touch()
    answer = in_hand()
    assert (answer.status_code, answer.content) == (200, BODY)
    assert answer.headers["connection"] == "close"
    assert running.wait(PATIENCE) == 0


def refuses(product: Product) -> bool:
    try:
        httpx.get(f"{product.http()}/health/live")
    except httpx.ConnectError:
        return True
    return False


def test_an_idle_connection_holds_nothing_up(web):
    product, running = web
    with httpx.Client(base_url=product.http()) as client:
        assert client.get("/health/live").status_code == 200
        running.send_signal(signal.SIGTERM)
        assert running.wait(PATIENCE) == 0
