"""The site of deploy/nginx as nginx itself reads it, before a web process and one that is gone."""

import getpass
import json
import shutil
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from tests.config.redis_servers import certificates
from tests.walks.product import (
    READY_WITHIN,
    ROOT,
    Product,
    environment,
    free_port,
    manage,
    process,
    wait_until_ready,
)

NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")
pytestmark = pytest.mark.skipif(NGINX is None, reason="needs nginx")
SERVER = ("-m", "realtime.server", "-b", "127.0.0.1", "--proxy-headers")
STREAM = "/api/v1/events/stream?audience=public"


@dataclass
class Site:
    """Where nginx answers by TLS, and who vouches for it."""

    port: int
    trust: ssl.SSLContext

    def client(self, address: str = "127.0.0.1") -> httpx.Client:
        transport = httpx.HTTPTransport(verify=self.trust, local_address=address)
        return httpx.Client(transport=transport, base_url=f"https://127.0.0.1:{self.port}")

    def socket(self, address: str = "127.0.0.1") -> connect:
        return connect(
            f"wss://127.0.0.1:{self.port}/ws/v1/feed",
            subprotocols=["field.v1"],
            ssl=self.trust,
            local_addr=(address, 0),
            origin=f"https://127.0.0.1:{self.port}",
        )


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


@contextmanager
def nginx(folder: Path, web: int) -> Iterator[Site]:
    """The site with its paths and ports changed, and nothing else."""
    authority = certificates(folder)
    site = Site(free_port(), ssl.create_default_context(cafile=str(authority)))
    text = (ROOT / "deploy" / "nginx" / "hientruong.conf").read_text()
    for ours, tests in {
        "/etc/ssl/hientruong/fullchain.pem": str(folder / "redis.pem"),
        "/etc/ssl/hientruong/privkey.pem": str(folder / "key"),
        "/var/log/nginx/hientruong.log": str(folder / "access.log"),
        "    listen [::]:80;\n": "",
        "    listen [::]:443 ssl http2;\n": "",
        "listen 80;": f"listen 127.0.0.1:{free_port()};",
        "listen 443 ssl": f"listen 127.0.0.1:{site.port} ssl",
        "127.0.0.1:8001": f"127.0.0.1:{free_port()}",  # is down: the other has to answer
        "127.0.0.1:8002": f"127.0.0.1:{web}",
    }.items():
        assert ours in text, ours
        text = text.replace(ours, tests)
    temporary = "".join(
        f"{kind}_temp_path {folder / kind};\n"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    (folder / "nginx.conf").write_text(
        f"daemon off;\nuser {getpass.getuser()};\npid {folder / 'pid'};\n"
        f"error_log {folder / 'error.log'};\n"
        f"events {{}}\nhttp {{\naccess_log off;\n{temporary}{text}\n}}\n"
    )
    words = [str(NGINX), "-e", str(folder / "error.log"), "-c", str(folder / "nginx.conf")]
    tested = subprocess.run([*words, "-t"], capture_output=True, text=True, check=False)
    assert tested.returncode == 0, tested.stderr
    with process(environment(folder), folder / "nginx.out", *words):
        deadline = time.monotonic() + READY_WITHIN
        while not (folder / "access.log").exists() or not _answers(site):
            assert time.monotonic() < deadline, (folder / "error.log").read_text()
            time.sleep(0.05)
        yield site


def _answers(site: Site) -> bool:
    try:
        with site.client() as client:
            return client.get("/health/live").status_code == 200
    except httpx.TransportError:
        return False


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
