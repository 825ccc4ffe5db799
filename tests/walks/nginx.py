"""nginx itself, with the site of deploy/nginx before a web process and one that is gone."""

import getpass
import shutil
import ssl
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from websockets.asyncio.client import connect

from tests.config.redis_servers import certificates
from tests.walks.product import READY_WITHIN, ROOT, environment, free_port, process

NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")
needs_nginx = pytest.mark.skipif(
    NGINX is None, reason="needs nginx, to put it before a web process"
)


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


@contextmanager
def nginx(folder: Path, web: int) -> Iterator[Site]:
    """The site with its paths and ports changed, by the certificate that lies there if one does."""
    authority = folder / "ca.pem"
    if not authority.exists():
        certificates(folder)
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
