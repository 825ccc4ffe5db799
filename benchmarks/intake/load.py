"""Connections that each send one request after the other, from a process of their own."""

import asyncio
import json
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Any
from uuid import uuid4

from benchmarks.intake.photos import a_photo

BOUNDARY = "----hientruong"


@dataclass
class Seen:
    """What came of a run."""

    seconds: list[float] = field(default_factory=list)
    statuses: dict[int, int] = field(default_factory=dict)
    other: str = ""


def json_report(token: str, **_more: Any) -> Iterator[bytes]:
    """Requests that each send a new report."""
    for number in count():
        body = json.dumps(
            {
                "id": str(uuid4()),
                "category": "GT01",
                "text": f"Ổ gà lớn giữa đường, xe máy đi qua rất nguy hiểm, lần {number}",
                "location": {"lat": 20.95 + number % 100 / 1e5, "lon": 107.08, "accuracy_m": 12},
            }
        ).encode()
        yield _request("/api/v1/reports", token, "application/json", body)


def photo_upload(token: str, **_more: Any) -> Iterator[bytes]:
    """Requests that each send a photo of 300 KB that nobody sent before."""
    picture = a_photo()
    for _turn in count():
        # A comment that differs, after the first marker: other bytes, the same picture.
        note = uuid4().hex.encode()
        own = picture[:2] + b"\xff\xfe" + (len(note) + 2).to_bytes(2, "big") + note + picture[2:]
        head = (
            f"--{BOUNDARY}\r\nContent-Disposition: form-data; name=file; filename=a.jpg\r\n"
            "Content-Type: image/jpeg\r\n\r\n"
        ).encode()
        body = head + own + f"\r\n--{BOUNDARY}--\r\n".encode()
        kind = f"multipart/form-data; boundary={BOUNDARY}"
        yield _request("/api/v1/uploads", token, kind, body)


def _request(path: str, token: str, kind: str, body: bytes) -> bytes:
    lines = [
        f"POST {path} HTTP/1.1",
        "Host: localhost",
        f"Authorization: Device {token}",
        f"Content-Type: {kind}",
        f"Content-Length: {len(body)}",
    ]
    return "\r\n".join([*lines, "", ""]).encode() + body


async def _client(port: int, requests: Iterator[bytes], until: float, seen: Seen) -> None:
    reader = writer = None
    while time.monotonic() < until:
        begun = time.monotonic()
        try:
            if writer is None:
                reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(next(requests))
            assert reader is not None
            head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 60)
            status = int(head.split(b" ", 2)[1])
            length = _header(head, b"content-length")
            body = await reader.readexactly(int(length)) if length else b""
            if status >= 300:
                seen.other = body[:300].decode(errors="replace")
            if _header(head, b"connection") == b"close":
                writer.close()
                writer = None
        except (OSError, EOFError, TimeoutError) as error:
            status, seen.other = 599, repr(error)
            writer = None
        seen.statuses[status] = seen.statuses.get(status, 0) + 1
        if status < 300:
            seen.seconds.append(time.monotonic() - begun)


def _header(head: bytes, name: bytes) -> bytes:
    for line in head.split(b"\r\n"):
        key, _colon, value = line.partition(b":")
        if key.lower() == name:
            return value.strip().lower()
    return b""


KINDS: dict[str, Callable[..., Iterator[bytes]]] = {"json": json_report, "photo": photo_upload}


async def run(kind: str, ports: list[int], connections: int, seconds: float, tokens: list[str]):  # type: ignore[no-untyped-def]
    """Send for so long; every connection is a phone of its own."""
    if kind == "photo":
        a_photo()  # made before the clock runs, and once
    seen = Seen()
    until = time.monotonic() + seconds
    clients = (
        _client(ports[turn % len(ports)], KINDS[kind](tokens[turn % len(tokens)]), until, seen)
        for turn in range(connections)
    )
    await asyncio.gather(*clients)
    return seen


if __name__ == "__main__":
    kind, ports, connections, seconds = sys.argv[1:5]
    tokens = json.loads(sys.stdin.read())
    seen = asyncio.run(run(kind, json.loads(ports), int(connections), float(seconds), tokens))
    print(json.dumps({"seconds": seen.seconds, "statuses": seen.statuses, "other": seen.other}))
