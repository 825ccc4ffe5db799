"""GET /api/v1/events/stream: the socket's frames as server-sent events, for the same eyes.

`id` is the position, so that `Last-Event-ID` brings the rest. A reader says nothing back, and some
servers keep for it what it does not take; so a stream ends after FEED_UNACKED_BYTES, and its
client, as every client of server-sent events does, comes back for more with the last id.
"""

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import parse_qs

import orjson
from django.conf import settings
from django.db import DatabaseError
from django.utils import translation

from backend.accounts.principal import ANONYMOUS
from backend.api.errors import CONTENT_TYPE, problem
from backend.api.http import KEYWORD
from realtime import protocol
from realtime.attendance import allowed_now
from realtime.audiences import PUBLIC
from realtime.consumer import OTHERWISE, SENTENCES, Receive
from realtime.filters import Filter
from realtime.following import Client, Follow
from realtime.hub import Hub, hub_here
from realtime.outlet import QueuedOutlet, Send
from realtime.past import replay
from realtime.protocol import Close, Frame, number_in
from realtime.signing_in import NotKnown, Signed, address_of, headers_of, language_of, sign_in

logger = logging.getLogger(__name__)

NAME = "a"
RETRY_MS = 1000
HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),  # nginx would keep events until it has a pageful
]
AFTER_SECONDS = b"5"


class Refused(Exception):
    """There will be no stream: why, by status and code."""

    def __init__(self, status: int, code: str) -> None:
        super().__init__(code)
        self.status, self.code = status, code


@dataclass(frozen=True)
class Wanted:
    audience: str
    after: int | None
    filter: Filter
    epoch: str | None


def wanted_by(query: bytes, headers: Mapping[str, str]) -> Wanted:
    """Return what is asked for. Raises Refused for what cannot be read.

    `Last-Event-ID` is newer than the address, which a browser asks again and again.
    """
    given = {name: values[-1] for name, values in parse_qs(query.decode("latin1")).items()}
    after = headers.get("last-event-id") or given.get("after")
    position = None if after is None else number_in(after)
    if after is not None and position is None:
        raise Refused(400, "invalid_position")
    narrowed: dict[str, Any] = {
        name: [code for code in given[name].split(",") if code]
        for name in ("category", "area", "priority")
        if name in given
    }
    try:
        if "bbox" in given:
            narrowed["bbox"] = [float(edge) for edge in given["bbox"].split(",")]
        wanted = Filter.of(narrowed)
    except ValueError:
        raise Refused(400, "invalid_filter") from None
    return Wanted(given.get("audience", ""), position, wanted, given.get("epoch"))


def chunk(frame: Frame) -> bytes:
    """Return a frame as it is sent; a beat is a comment, which wakes nobody."""
    op = frame.payload[7:12]  # {"op":"beat"
    if op.startswith(b"beat"):
        return b": beat\n\n"
    if op.startswith(b"reset"):
        return b"id:\ndata: " + frame.payload + b"\n\n"  # its positions mean nothing any more
    place = b"id: %d\n" % frame.position if frame.position else b""
    return place + b"data: " + frame.payload + b"\n\n"


class StreamOutlet(QueuedOutlet):
    """The way out of one stream."""

    def _message(self, frame: Frame) -> dict[str, Any]:
        return {"type": "http.response.body", "body": chunk(frame), "more_body": True}

    async def room(self) -> bool:
        while not self.closed and self._waiting:
            if not await super().room():
                return False
            await asyncio.sleep(0)
        return not self.closed and not self._is_behind(1)

    def _is_behind(self, share: int) -> bool:
        spent = self._unacknowledged.size > settings.FEED_UNACKED_BYTES
        return spent or self._waiting_bytes * share > settings.FEED_QUEUE_BYTES

    def _begin_close(self, code: Close) -> None:
        if self._waiting_bytes > settings.FEED_QUEUE_BYTES:
            super()._begin_close(code)
        else:
            self._wake.set()  # enough was sent: what waits still goes, or a long page never would

    async def _say_close(self, code: Close) -> None:
        said = b'data: {"op":"close","code":%d}\n\n' % int(code)
        try:
            await self._send({"type": "http.response.body", "body": said, "more_body": False})
        except Exception as error:  # the client is gone; the server knows in its own time
            logger.debug("A close failed: %r", error)


async def stream(scope: Mapping[str, Any], receive: Receive, send: Send) -> None:
    """The ASGI application."""
    headers = headers_of(scope)
    hub = await hub_here()
    address = address_of(scope, headers)
    try:
        if scope["method"] != "GET":
            raise Refused(405, "method_not_allowed")
        wanted = wanted_by(scope["query_string"], headers)
        visitor, audience = await _admitted(hub, wanted, headers, address)
    except Refused as refusal:
        await _refuse(send, refusal, language_of(headers))
        return
    except DatabaseError:
        logger.exception("The database did not answer a stream of the feed.")
        await _refuse(send, Refused(503, "unavailable"), language_of(headers))
        return
    await _Stream(hub, visitor, wanted, audience).run(receive, send)


async def _admitted(
    hub: Hub, wanted: Wanted, headers: Mapping[str, str], address: str
) -> tuple["_Visitor", str]:
    """Return who it is, and the audience as we write it."""
    by_header = headers.get("authorization")
    token = by_header if by_header and by_header.startswith(KEYWORD) else None
    try:
        signed = await hub.reading.past(partial(sign_in, headers, token))
    except NotKnown:
        raise Refused(401, "not_signed_in") from None
    if signed.principal == ANONYMOUS and wanted.audience != PUBLIC:
        raise Refused(401, "not_signed_in")
    ask = partial(allowed_now, signed.principal, wanted.audience)
    audience, principal = await hub.reading.past(ask)
    if audience is None:
        raise Refused(404, "not_found")
    counted = await hub.attendance.admit(address, principal)
    if counted is None:
        raise Refused(429, "too_many")
    return _Visitor(Signed(principal, signed.session), address, counted), audience


async def _refuse(send: Send, refusal: Refused, language: str) -> None:
    with translation.override(language):
        detail = str(SENTENCES.get(refusal.code, OTHERWISE))
    headers = [(b"content-type", CONTENT_TYPE.encode())]
    if refusal.status in (429, 503):
        headers.append((b"retry-after", AFTER_SECONDS))
    body = orjson.dumps(problem(refusal.status, refusal.code, detail))
    await send({"type": "http.response.start", "status": refusal.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


@dataclass(frozen=True)
class _Visitor:
    """Who was let in, and what they are counted as."""

    signed: Signed
    address: str
    counted: tuple[str, ...]


class _Stream:
    """From the first byte to the last."""

    def __init__(self, hub: Hub, visitor: _Visitor, wanted: Wanted, audience: str) -> None:
        self._hub, self._visitor, self._wanted, self._audience = hub, visitor, wanted, audience

    async def run(self, receive: Receive, send: Send) -> None:
        hub, visitor = self._hub, self._visitor
        task = asyncio.current_task()
        assert task is not None
        dropped: list[bool] = []
        outlet = StreamOutlet(send, lambda: dropped.append(task.cancel()))
        client = Client(outlet, visitor.address, counted=visitor.counted)
        last = None
        following: asyncio.Task[None] | None = None
        try:
            await _open(send)
            hub.attendance.welcome(client, visitor.signed.principal, visitor.signed.session)
            following = asyncio.create_task(self._follow(client))
            while (await receive())["type"] != "http.disconnect":
                pass
        except asyncio.CancelledError:
            if dropped:
                return
            last = Close.RESTARTING
            raise
        finally:
            if following:
                following.cancel()
            hub.leave(client)
            hub.attendance.leave(client)
            await outlet.end(last)

    async def _follow(self, client: Client) -> None:
        hub, wanted = self._hub, self._wanted
        try:
            await hub.refresh()
            say = partial(_say, client)
            say(protocol.welcome(hub.epoch, hub.position))
            after = hub.position if wanted.after is None else wanted.after
            if after > hub.position or (wanted.epoch or hub.epoch) != hub.epoch:
                say(protocol.reset(NAME, hub.epoch, hub.position))
                return
            follow = Follow(NAME, self._audience, wanted.filter, after, after)
            client.follows[NAME] = follow
            say(protocol.following(NAME, after))
            await replay(hub, client, follow)
        except Exception:
            logger.exception("A stream failed; its client comes back with its position.")
            client.outlet.close(Close.RESTARTING)


async def _open(send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
    opening = b"retry: %d\n\n" % RETRY_MS
    await send({"type": "http.response.body", "body": opening, "more_body": True})


def _say(client: Client, frame: Frame) -> None:
    client.outlet.push(protocol.batch(frame))
