"""Server-sent events: the socket's frames, rules and resuming, one way only."""

import asyncio
import json
from typing import Any

import pytest
from asgiref.testing import ApplicationCommunicator

from backend.accounts.models import Membership
from config.asgi import application
from tests.factories import make_ticket
from tests.realtime.conftest import OUR_PAGE, PATIENCE, phone_with_token, types

pytestmark = pytest.mark.usefixtures("world")


class Stream:
    """A reader of the stream, piece by piece."""

    def __init__(self, query: str, headers: dict[str, str], method: str = "GET") -> None:
        given = {"host": OUR_PAGE[0], "accept-language": "en", **headers}
        scope = {
            "type": "http",
            "method": method,
            "path": "/api/v1/events/stream",
            "query_string": query.encode(),
            "headers": [(name.encode(), value.encode()) for name, value in given.items()],
            "client": ["203.0.113.5", 1],
        }
        self.line = ApplicationCommunicator(application, scope)
        self.ended = False
        self._text = ""

    async def start(self) -> int:
        await self.line.send_input({"type": "http.request", "body": b"", "more_body": False})
        head = await self.line.receive_output(PATIENCE)
        return int(head["status"])

    async def problem(self) -> Any:
        return json.loads((await self.line.receive_output(PATIENCE))["body"])

    async def piece(self) -> dict[str, str]:
        """Return the next event's fields; a comment's under the name of nothing."""
        while "\n\n" not in self._text:
            message = await self.line.receive_output(PATIENCE)
            self._text += message["body"].decode()
            self.ended = not message.get("more_body", False)
        piece, _gap, self._text = self._text.partition("\n\n")
        return dict(line.split(":", 1) for line in piece.split("\n"))

    async def frame(self) -> dict[str, Any]:
        """Return the next frame, with the id that it came by."""
        while "data" not in (piece := await self.piece()):
            pass
        return json.loads(piece["data"]) | {"_id": piece.get("id", "").strip()}

    async def until(self, op: str) -> list[dict[str, Any]]:
        """Return the events before the next frame of this kind."""
        events = []
        while (frame := await self.frame())["op"] != op:
            if frame["op"] == "event":
                events.append(frame)
        return events

    async def leave(self) -> None:
        await self.line.send_input({"type": "http.disconnect"})
        await self.line.wait(PATIENCE)


@pytest.fixture
async def opened():
    streams = []

    async def open_one(query: str, session: str | None = None, **headers: str) -> Stream:
        more = {"cookie": f"sessionid={session}"} if session else {}
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        streams.append(Stream(query, more | named))
        return streams[-1]

    yield open_one
    for each in streams:
        if not each.line.future.done():
            await each.leave()


async def test_what_happens_comes_with_its_position_as_its_id(world, in_thread, opened, centre):
    stream = await opened("audience=ops", centre)
    assert await stream.start() == 200
    assert await stream.until("caught_up") == []
    await in_thread(make_ticket, world.pothole, world.ward)
    frames = [await stream.frame() for _turn in range(3)]
    assert types(frames) == ["report.submitted", "ticket.opened", "ticket.routed"]
    assert [frame["_id"] for frame in frames] == ["1", "2", "3"]


async def test_the_last_id_brings_the_rest(world, in_thread, opened, centre):
    await in_thread(make_ticket, world.pothole, world.ward)
    stream = await opened("audience=ops&after=0", centre, last_event_id="1")
    await stream.start()
    past = await stream.until("caught_up")
    assert [frame["position"] for frame in past] == [2, 3]


async def test_filters_narrow_it(world, in_thread, opened, centre):
    await in_thread(make_ticket, world.pothole, world.ward)
    await in_thread(make_ticket, world.noise, world.ward)
    stream = await opened("audience=ops&after=0&category=GT02&bbox=106,20,108,22", centre)
    await stream.start()
    assert [frame["position"] for frame in await stream.until("caught_up")] == [4, 5, 6]


async def test_a_position_of_another_past_empties_the_id(opened, centre):
    for query in ("audience=ops&after=99", "audience=ops&after=0&epoch=another"):
        stream = await opened(query, centre)
        await stream.start()
        assert await stream.until("reset") == []


async def test_a_beat_is_a_comment(opened, centre, settings):
    settings.FEED_BEAT_SECONDS = 0.05
    stream = await opened("audience=ops", centre)
    await stream.start()
    await stream.until("caught_up")
    assert (await stream.piece()) == {"": " beat"}


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ("audience=ops", 401, "not_signed_in"),
        ("audience=public&after=x", 400, "invalid_position"),
        (f"audience=public&after={2**63}", 400, "invalid_position"),
        ("audience=public&after=" + "9" * 5000, 400, "invalid_position"),
        ("audience=public&bbox=1,2", 400, "invalid_filter"),
        ("", 401, "not_signed_in"),
    ],
)
async def test_what_cannot_be_streamed_is_a_problem(opened, query, status, code):
    stream = await opened(query)
    assert await stream.start() == status
    assert (await stream.problem())["code"] == code


async def test_a_last_id_that_is_no_position_is_a_problem(opened):
    for said in ("x", "-1", "9" * 5000):
        stream = await opened("audience=public", last_event_id=said)
        assert await stream.start() == 400
        assert (await stream.problem())["code"] == "invalid_position"


async def test_a_stranger_gets_no_stream(world, in_thread, opened):
    _phone, token = await in_thread(phone_with_token)
    stream = await opened("audience=ops", authorization=f"Device {token}")
    assert await stream.start() == 404
    elsewhere = await opened("audience=public", origin="https://elsewhere.example")
    assert await elsewhere.start() == 401


async def test_a_lost_role_ends_it(world, in_thread, opened, centre, settings):
    settings.FEED_RECHECK_SECONDS = 0.05
    stream = await opened("audience=ops", centre)
    await stream.start()
    await stream.until("caught_up")
    await in_thread(Membership.objects.all().delete)
    assert (await stream.frame()) == {"op": "close", "code": 4403, "_id": ""}
    assert stream.ended


async def test_too_many_are_told_to_wait(opened, centre, settings):
    settings.FEED_SOCKETS_PER_PRINCIPAL = 1
    first, second = await opened("audience=ops", centre), await opened("audience=ops", centre)
    assert await first.start() == 200
    await first.until("caught_up")
    assert await second.start() == 429
    assert (await second.problem())["code"] == "too_many"


async def test_it_ends_after_so_many_bytes_and_goes_on_from_the_last_id(
    world, in_thread, opened, centre, settings
):
    settings.FEED_UNACKED_BYTES = 40_000
    for _turn in range(25):
        await in_thread(make_ticket, world.pothole, world.ward)
    heard: list[int] = []
    for _turn in range(20):
        more = {"last_event_id": str(heard[-1])} if heard else {}
        stream = await opened("audience=ops&after=0", centre, **more)
        await stream.start()
        while (frame := await asyncio.wait_for(stream.frame(), PATIENCE))["op"] not in (
            "caught_up",
            "close",
        ):
            if frame["op"] == "event":
                heard.append(frame["position"])
        if frame["op"] == "caught_up":
            break
    assert heard == list(range(1, 76))
