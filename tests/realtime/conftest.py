"""A feed to listen to: the ASGI application in this event loop, on a database that commits."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from channels.testing import WebsocketCommunicator
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db import connections

from backend.accounts.models import Role, User
from backend.events import bell
from backend.events.models import LogHead
from backend.events.positions import give_positions
from config.asgi import application
from realtime.hub import stop_hub
from tests.factories import make_device, make_province, make_user

Frame = dict[str, Any]
PATIENCE = 30.0
"""Seconds that a test waits for a frame; far more than it ever takes."""
OUR_PAGE = ("localhost:8000", "http://localhost:8000")


@pytest.fixture
def _head_kept(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """A database that was emptied after a test gets the log's one row again."""
    yield
    with django_db_blocker.unblock():
        LogHead.objects.get_or_create(id=1)


@pytest.fixture
def live_db(_head_kept: None, transactional_db: None) -> None:
    """A database whose commits other threads see."""
    LogHead.objects.get_or_create(id=1)


@pytest.fixture
async def in_thread() -> AsyncIterator[Callable[..., Any]]:
    """Run what asks the database; what it recorded is in the log when it returns."""

    def run(call: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        result = call(*args, **kwargs)
        while give_positions():
            pass
        bell.grown.ring()
        return result

    yield sync_to_async(run)
    await sync_to_async(connections.close_all)()


@pytest.fixture
async def world(live_db: None, in_thread: Any, no_reactions: None) -> AsyncIterator[Any]:
    """A small province with nobody in it, and a hub that is stopped at the end."""
    yield await in_thread(make_province)
    await stop_hub()


@pytest.fixture
async def lan(world: Any, in_thread: Any) -> tuple[User, str]:
    """A dispatcher of the ward, with the session that she signed in by."""
    user = await in_thread(make_user, "lan", Role.DISPATCHER, world.ward)
    return user, await in_thread(session_of, user)


@pytest.fixture
async def centre(world: Any, in_thread: Any) -> str:
    """The session of a person of the operations centre."""
    return str(
        await in_thread(session_of, await in_thread(make_user, "minh", Role.OPERATIONS_CENTRE))
    )


class Socket:
    """A client of the feed that says what it expects."""

    def __init__(self, headers: list[tuple[bytes, bytes]], subprotocols: list[str]) -> None:
        self.line = WebsocketCommunicator(
            application, "/ws/v1/feed", headers=headers, subprotocols=subprotocols
        )

    async def connect(self) -> None:
        accepted, subprotocol = await self.line.connect(PATIENCE)
        assert (accepted, subprotocol) == (True, "field.v1")

    async def say(self, **command: Any) -> None:
        await self.line.send_json_to(command)

    async def hear(self) -> Frame:
        return dict(await self.line.receive_json_from(PATIENCE))

    async def hello(self, **more: Any) -> Frame:
        await self.say(op="hello", **more)
        welcome = await self.hear()
        assert welcome["op"] == "welcome"
        return welcome

    async def follow(self, audience: str, *, id: str = "a", **more: Any) -> list[Frame]:
        """Follow, and return the events that came before `caught_up`."""
        await self.say(op="follow", id=id, audience=audience, **more)
        following = await self.hear()
        assert following["op"] == "following", following
        events = []
        while (frame := await self.hear())["op"] == "event":
            events.append(frame)
        assert (frame["op"], frame["id"]) == ("caught_up", id)
        return events

    async def until(self, position: int) -> None:
        """Wait until the feed has read so far: what it has not read yet comes live, not as past."""
        while True:
            await self.say(op="ping")
            pong = await self.hear()
            assert pong["op"] == "pong", pong
            if pong["head"] >= position:
                return
            await asyncio.sleep(0.2)  # the feed takes only so many commands a second

    async def closes(self) -> int:
        """Return the close code, passing over frames that come before it."""
        while (message := await self.line.receive_output(PATIENCE))["type"] != "websocket.close":
            pass
        return int(message["code"])

    async def silence(self) -> bool:
        return bool(await self.line.receive_nothing(0.3))

    async def leave(self) -> None:
        await self.line.disconnect()


@pytest.fixture
async def connect() -> AsyncIterator[Callable[..., Any]]:
    """Open sockets; those that the test leaves open are closed at its end."""
    sockets = []

    async def open_one(
        session: str | None = None, *, origin: str | None = OUR_PAGE[1], language: str = "en"
    ) -> Socket:
        headers = [(b"host", OUR_PAGE[0].encode()), (b"accept-language", language.encode())]
        if origin:
            headers.append((b"origin", origin.encode()))
        if session:
            headers.append((b"cookie", f"sessionid={session}".encode()))
        socket = Socket(headers, ["field.v1"])
        await socket.connect()
        sockets.append(socket)
        return socket

    yield open_one
    for socket in sockets:
        if not socket.line.future.done():
            await socket.leave()


def session_of(user: User) -> str:
    """Sign the person in, and return the key that the cookie would hold."""
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    return str(session.session_key)


def phone_with_token() -> tuple[Any, str]:
    """Return a device's principal and its token."""
    from backend.accounts.principal import of_device

    device, token = make_device()
    return of_device(device), token


def types(frames: list[Frame]) -> list[str]:
    return [frame["type"] for frame in frames]


def as_text(frames: list[Frame]) -> str:
    return json.dumps(frames)
