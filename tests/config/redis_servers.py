"""Redis as provinces run it: with TLS, in several shards, behind Sentinel; servers of our own."""

import datetime
import ipaddress
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import redis
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from tests.walks.product import free_port

PATIENCE = 60.0
MASTER = "tinh"
PASSWORD = "mat-khau"
needs_redis_server = pytest.mark.skipif(
    shutil.which("redis-server") is None, reason="needs redis-server, to start servers of its own"
)


def wait_for(condition: Callable[[], Any]) -> Any:
    """Return what the condition gives once it is true; an error of the network is a no."""
    deadline = time.monotonic() + PATIENCE
    refusal: Exception | None = None
    while time.monotonic() < deadline:
        try:
            if found := condition():
                return found
        except (redis.RedisError, OSError) as error:
            refusal = error
        time.sleep(0.05)
    raise TimeoutError("It did not come true.") from refusal


@dataclass
class Running:
    """One process of Redis, and the address that it listens at."""

    process: subprocess.Popen[bytes]
    port: int

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()


@contextmanager
def server(
    folder: Path, *options: str, password: str | None = None, port: int | None = None
) -> Iterator[Running]:
    """A Redis that keeps nothing on disk, once it answers."""
    port = port or free_port()
    words = ["redis-server", "--bind", "127.0.0.1", "--save", "", "--dir", str(folder)]
    if "--tls-port" not in options:
        options = ("--port", str(port), *options)
    running = Running(subprocess.Popen([*words, *options], stdout=subprocess.DEVNULL), port)
    try:
        if "--tls-port" not in options:
            wait_for(redis.Redis(port=port, password=password).ping)
        yield running
    finally:
        running.kill()


@contextmanager
def server_with_tls(folder: Path) -> Iterator[tuple[int, Path]]:
    """A Redis that speaks TLS alone and asks for no certificate; its port, and who vouches."""
    authority = certificates(folder)
    port = free_port()
    tls = ["--port", "0", "--tls-port", str(port), "--tls-auth-clients", "no"]
    files = ["--tls-cert-file", str(folder / "redis.pem"), "--tls-key-file", str(folder / "key")]
    with server(folder, *tls, *files, "--tls-ca-cert-file", str(authority)):
        wait_for(redis.Redis("127.0.0.1", port, ssl=True, ssl_ca_certs=str(authority)).ping)
        yield port, authority


@contextmanager
def watched_servers(folder: Path) -> Iterator[tuple[Running, Running]]:
    """A master with a password, and the Sentinel that would make its replica the master."""
    secret = ("--requirepass", PASSWORD, "--masterauth", PASSWORD)
    with server(folder, *secret, password=PASSWORD) as master:
        follows = ("--replicaof", f"127.0.0.1 {master.port}", "--repl-diskless-sync-delay", "0")
        with server(folder, *secret, *follows, password=PASSWORD) as replica:
            line = redis.Redis(port=replica.port, password=PASSWORD)
            wait_for(lambda: line.info("replication")["master_link_status"] == "up")
            with _sentinel(folder, master.port) as watch:
                yield master, watch


@contextmanager
def _sentinel(folder: Path, port: int) -> Iterator[Running]:
    watch = free_port()
    settings = folder / "sentinel.conf"
    settings.write_text(
        f"port {watch}\nbind 127.0.0.1\n"
        f"sentinel monitor {MASTER} 127.0.0.1 {port} 1\n"
        f"sentinel auth-pass {MASTER} {PASSWORD}\n"
        f"sentinel down-after-milliseconds {MASTER} 500\n"
        f"sentinel failover-timeout {MASTER} 5000\n"
    )
    # Debian's redis-sentinel is this same program.
    words = ["redis-server", str(settings), "--sentinel"]
    running = Running(subprocess.Popen(words, stdout=subprocess.DEVNULL), watch)
    asked = redis.Redis(port=watch)
    try:
        wait_for(lambda: asked.sentinel_slaves(MASTER))
        yield running
    finally:
        running.kill()


def certificates(folder: Path) -> Path:
    """Make an authority and a certificate of its for 127.0.0.1; return the authority's file."""
    authority, server_key = (ec.generate_private_key(ec.SECP256R1()) for _turn in range(2))
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Hien Truong tests")])
    now = datetime.datetime.now(datetime.UTC)

    def signed(key: ec.EllipticCurvePrivateKey, extension: x509.ExtensionType, title: str) -> bytes:
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, title)])
        certificate = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - datetime.timedelta(hours=1))
            .not_valid_after(now + datetime.timedelta(days=1))
            .add_extension(extension, critical=True)
            .sign(authority, hashes.SHA256())
        )
        return certificate.public_bytes(Encoding.PEM)

    here = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    path = folder / "ca.pem"
    path.write_bytes(signed(authority, x509.BasicConstraints(True, None), "Hien Truong tests"))
    (folder / "redis.pem").write_bytes(signed(server_key, here, "redis"))
    key = server_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / "key").write_bytes(key)
    return path
