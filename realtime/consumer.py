"""/ws/v1/feed: one client's side of the live feed.

A plain ASGI application: Channels' consumers pass every message through a thread and hold a
channel each, and this feed needs neither.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Any

from django.conf import settings
from django.db import DatabaseError
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from backend.accounts.principal import ANONYMOUS
from realtime import protocol
from realtime.attendance import allowed_now
from realtime.audiences import PUBLIC
from realtime.following import Client, Follow
from realtime.hub import Hub, hub_here
from realtime.limits import Allowance
from realtime.outlet import Send, outlet_for
from realtime.past import replay
from realtime.protocol import Ack, Close, FollowAudience, Frame, Hello, Malformed, Ping, Unfollow
from realtime.signing_in import NotKnown, address_of, headers_of, language_of, sign_in

logger = logging.getLogger(__name__)

Receive = Callable[[], Awaitable[dict[str, Any]]]

SENTENCES = {
    "not_text": _("Send text, not bytes."),
    "too_large": _("This frame is too large."),
    "not_json": _("This is no JSON."),
    "unknown_op": _("There is no such command."),
    "missing_field": _("Something is missing in this command."),
    "invalid_filter": _("This is no filter."),
    "hello_first": _("Say hello first, and once."),
    "subprotocol": _("Speak the subprotocol field.v1."),
    "not_signed_in": _("Please sign in."),
    "not_found": _("There is nothing here for you to follow."),
    "too_many": _("Too many at once. Please close some."),
}
OTHERWISE = _("This command cannot be read.")


async def feed(scope: Mapping[str, Any], receive: Receive, send: Send) -> None:
    """The ASGI application."""
    message = await receive()
    if message["type"] != "websocket.connect":
        return
    if protocol.SUBPROTOCOL not in scope["subprotocols"]:
        await _refuse_subprotocol(scope, send)
        return
    await send({"type": "websocket.accept", "subprotocol": protocol.SUBPROTOCOL})
    await Connection(scope, send).run(receive)


async def _refuse_subprotocol(scope: Mapping[str, Any], send: Send) -> None:
    await send({"type": "websocket.accept"})
    with translation.override(language_of(headers_of(scope))):
        detail = str(SENTENCES["subprotocol"])
    await send(protocol.error("subprotocol", detail).message)
    await send({"type": "websocket.close", "code": int(Close.MALFORMED)})


class Connection:
    """From accept to close: reads commands one after another, answers by the outlet."""

    def __init__(self, scope: Mapping[str, Any], send: Send) -> None:
        self._headers = headers_of(scope)
        self._language = language_of(self._headers)
        task = asyncio.current_task()
        assert task is not None
        self._task = task
        address = address_of(scope, self._headers)
        self._client = Client(outlet_for(scope, send, self._drop), address)
        self._greeted = False
        self._allowance = Allowance()
        self._replaying = asyncio.Lock()
        self._replays: dict[str, asyncio.Task[None]] = {}
        self._dropped = False

    async def run(self, receive: Receive) -> None:
        """Serve the client until it goes, is closed, or the server stops."""
        hub = None
        loop = asyncio.get_running_loop()
        silence = loop.call_later(settings.FEED_HELLO_SECONDS, self._too_silent)
        last = None
        try:
            hub = await hub_here()
            if not await hub.attendance.enter(self._client):
                self._refuse("too_many", close=Close.TOO_MANY)
            while (message := await receive())["type"] != "websocket.disconnect":
                if message["type"] == "websocket.receive":
                    await self._take(hub, message.get("text"))
        except DatabaseError:
            logger.exception("The database did not answer a client of the feed.")
            last = Close.RESTARTING
        except asyncio.CancelledError:
            last = None if self._dropped else Close.RESTARTING
            if last is None:
                return
            raise
        finally:
            silence.cancel()
            await self._leave(hub, last)

    async def _leave(self, hub: Hub | None, last: Close | None) -> None:
        for task in self._replays.values():
            task.cancel()
        if hub is not None:
            hub.leave(self._client)
            hub.attendance.leave(self._client)
        await self._client.outlet.end(last)

    def _drop(self) -> None:
        """The close that was sent has not ended the connection: end it from this side."""
        self._dropped = True
        self._task.cancel()

    def _too_silent(self) -> None:
        if not self._greeted:
            self._refuse("not_signed_in", close=Close.NOT_SIGNED_IN)

    # ── what it says

    async def _take(self, hub: Hub, text: str | None) -> None:
        if self._client.outlet.closed:
            return
        try:
            command = protocol.parse(text)
            if isinstance(command, Hello) == self._greeted:
                raise Malformed("hello_first")
        except Malformed as error:
            self._refuse(error.code, close=Close.MALFORMED)
            return
        due = isinstance(command, Ack) and self._allowance.is_due(command.position, hub.position)
        if not due and not self._allowance.take():
            self._refuse("too_many", close=Close.TOO_MANY)
            return
        match command:
            case Hello():
                await self._greet(hub, command)
            case FollowAudience():
                await self._follow(hub, command)
            case Unfollow():
                self._unfollow(hub, command.id)
            case Ack():
                self._client.outlet.acknowledge(command.position)
            case Ping():
                self._say(protocol.pong(hub.position))

    async def _greet(self, hub: Hub, hello: Hello) -> None:
        try:
            signed = await hub.reading.past(partial(sign_in, self._headers, hello.token))
        except NotKnown:
            self._refuse("not_signed_in", close=Close.NOT_SIGNED_IN)
            return
        self._greeted, self._client.epoch = True, hello.epoch
        if not await hub.attendance.sign_in(self._client, signed.principal, signed.session):
            self._refuse("too_many", close=Close.TOO_MANY)
            return
        await hub.refresh()
        self._say(protocol.welcome(hub.epoch, hub.position))

    async def _follow(self, hub: Hub, wanted: FollowAudience) -> None:
        principal = self._client.principal
        if principal == ANONYMOUS and wanted.audience != PUBLIC:
            self._refuse("not_signed_in", wanted.id, close=Close.NOT_SIGNED_IN)
            return
        ask = partial(allowed_now, principal, wanted.audience)
        audience, self._client.principal = await hub.reading.past(ask)
        if audience is None:
            self._refuse("not_found", wanted.id)
            return
        self._unfollow(hub, wanted.id)
        if len(self._client.follows) >= settings.FEED_FOLLOWS_PER_SOCKET:
            self._refuse("too_many", wanted.id, close=Close.TOO_MANY)
            return
        if await self._is_of_another_past(hub, wanted):
            self._client.epoch = None
            self._say(protocol.reset(wanted.id, hub.epoch, hub.position))
            return
        start = hub.position if wanted.after is None else wanted.after
        follow = Follow(wanted.id, audience, wanted.filter, start, start)
        self._client.follows[follow.id] = follow
        self._allowance.begin(start)
        self._say(protocol.following(follow.id, start))
        self._replays[follow.id] = asyncio.create_task(self._replay(hub, follow))

    async def _is_of_another_past(self, hub: Hub, wanted: FollowAudience) -> bool:
        """Say whether the client's position means nothing in this log."""
        if wanted.after is None:
            return False
        if wanted.after > hub.position:
            await hub.refresh()  # A snapshot may be newer than what we have read.
        if (wanted.epoch or self._client.epoch or hub.epoch) != hub.epoch:
            return True
        return wanted.after > hub.position

    async def _replay(self, hub: Hub, follow: Follow) -> None:
        # One at a time, so that a client with many follows is no heavier than another.
        async with self._replaying:
            try:
                await replay(hub, self._client, follow)
            except Exception:
                logger.exception("A replay failed; the client comes back with its position.")
                self._client.outlet.close(Close.RESTARTING)
        self._replays.pop(follow.id, None)

    def _unfollow(self, hub: Hub, name: str) -> None:
        if task := self._replays.pop(name, None):
            task.cancel()
        if self._client.follows.pop(name, None):
            hub.sort(self._client)

    # ── what it hears

    def _say(self, frame: Frame) -> None:
        self._client.outlet.push(protocol.batch(frame))

    def _refuse(self, code: str, name: str | None = None, *, close: Close | None = None) -> None:
        with translation.override(self._language):
            detail = str(SENTENCES.get(code, OTHERWISE))
        self._say(protocol.error(code, detail, name))
        if close is not None:
            self._client.outlet.close(close)
