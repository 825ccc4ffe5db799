"""The site of deploy/nginx as nginx itself reads it, before a web process and one that is gone."""

import json
import sys
from collections.abc import Iterator

import pytest
from websockets.exceptions import ConnectionClosed

from tests.walks.nginx import Site, needs_nginx, nginx
from tests.walks.product import (
    Product,
    environment,
    free_port,
    manage,
    process,
    wait_until_ready,
)

pytestmark = needs_nginx
SERVER = ("-m", "realtime.server", "-b", "127.0.0.1", "--proxy-headers")
STREAM = "/api/v1/events/stream?audience=public"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("nginx")
    env = environment(
        folder,
        DEBUG="0",
        PUBLIC_URL="https://127.0.0.1",
        BEHIND_TLS_PROXY="1",
        PROXIES="1",
        FEED_SOCKETS_PER_ADDRESS="1",
        FEED_BEAT_SECONDS="1",
    )
    manage(env, "migrate", "--verbosity", "0")
    web = Product([free_port()], folder / "none")
    words = (sys.executable, *SERVER, "--proxy-headers-host", "X-Real-IP", "-p", str(web.port))
    with process(env, folder / "web.log", *words, "config.asgi:application"):
        wait_until_ready(web, folder / "web.log")
        with nginx(folder, web.port) as running:
            yield running


def test_pages_and_the_api_are_answered_although_one_process_is_down(site):
    with site.client() as client:
        assert client.get("/api/v1/categories").status_code == 200
        phone = client.post("/api/v1/devices", json={"platform": "web", "locale": "vi"})
        assert phone.status_code == 201, phone.text
        assert [client.get(path).status_code for path in ("/metrics", "/protected/a.jpg")] == [
            404
        ] * 2


def test_what_is_too_long_is_refused_in_words(site):
    with site.client() as client:
        token = client.post("/api/v1/devices", json={"platform": "web", "locale": "vi"}).json()
        signed = {"Authorization": f"Device {token['token']}"}
        long = {"file": ("a.jpg", b"\0" * (27 << 20), "image/jpeg")}
        refused = client.post("/api/v1/uploads", files=long, headers=signed, timeout=60)
        assert refused.status_code == 413
        assert refused.headers["content-type"] == "application/problem+json"


async def test_sockets_go_through_and_are_counted_by_their_own_address(site):
    async with site.socket("127.0.0.1") as one, site.socket("127.0.0.2") as other:
        for line in (one, other):
            await line.send(json.dumps({"op": "hello"}))
            assert json.loads(await line.recv())["op"] == "welcome"
        async with site.socket("127.0.0.2") as third:
            with pytest.raises(ConnectionClosed):
                while True:
                    assert json.loads(await third.recv())["code"] == "too_many"
            assert third.close_code == 4429


def test_the_stream_is_not_held_back(site):
    with site.client("127.0.0.3") as client, client.stream("GET", STREAM) as stream:
        assert stream.status_code == 200
        # nginx would hold a few bytes back until it has a pageful, or the stream ends.
        beat = next(line for line in stream.iter_lines() if line.startswith(":"))
        assert beat
