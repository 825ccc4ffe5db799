"""A connection from hello on: signing in, commands, and being refused."""

import pytest
from channels.testing import WebsocketCommunicator

from config.asgi import application
from tests.factories import make_ticket
from tests.realtime.conftest import PATIENCE, phone_with_token

pytestmark = pytest.mark.usefixtures("world")


async def test_the_subprotocol_must_be_ours():
    for offered in ([], ["chat"]):
        line = WebsocketCommunicator(application, "/ws/v1/feed", subprotocols=offered)
        assert await line.connect(PATIENCE) == (True, None)
        assert (await line.receive_json_from(PATIENCE))["code"] == "subprotocol"
        assert await line.receive_output(PATIENCE) == {"type": "websocket.close", "code": 4400}
        await line.wait()


async def test_there_is_one_feed_and_no_other_socket():
    line = WebsocketCommunicator(application, "/ws/v2/feed", subprotocols=["field.v1"])
    assert (await line.connect(PATIENCE))[0] is False


async def test_who_says_nothing_is_closed(connect, settings):
    settings.FEED_HELLO_SECONDS = 0.05
    socket = await connect()
    assert await socket.closes() == 4401


@pytest.mark.parametrize("token", ["", "nobody", "Device x.y", "c0ffee.secret", "Bearer a.b"])
async def test_a_token_of_nobody_is_refused(connect, lan, token):
    socket = await connect(lan[1])
    await socket.say(op="hello", token=token)
    assert (await socket.hear())["code"] == "not_signed_in"
    assert await socket.closes() == 4401


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        '{"op": "shout"}',
        '{"op": "follow"}',
        '{"op": "ack", "position": "1"}',
        "x" * 20_000,
    ],
)
async def test_what_is_not_the_protocols_ends_the_connection(connect, text):
    socket = await connect()
    await socket.hello()
    await socket.line.send_input({"type": "websocket.receive", "text": text})
    assert (await socket.hear())["op"] == "error"
    assert await socket.closes() == 4400


async def test_bytes_end_the_connection(connect):
    socket = await connect()
    await socket.hello()
    await socket.line.send_to(bytes_data=b'{"op": "ping"}')
    assert await socket.closes() == 4400


async def test_hello_comes_first_and_once(connect):
    early, twice = await connect(), await connect()
    await early.say(op="ping")
    assert (await early.hear())["code"] == "hello_first"
    assert await early.closes() == 4400
    await twice.hello()
    await twice.say(op="hello")
    assert await twice.closes() == 4400


async def test_a_refusal_speaks_the_readers_language(connect):
    said = []
    for language in ("en-GB,en;q=0.9", "vi-VN", "fr"):
        socket = await connect(language=language)
        await socket.say(op="shout")
        said.append((await socket.hear())["detail"])
    assert said == ["There is no such command.", "Không có lệnh này.", "Không có lệnh này."]


async def test_an_audience_with_nul_is_not_there_and_ends_nothing(connect, centre):
    socket = await connect(centre)
    await socket.hello()
    for audience in ("agency:a\0b", "report:\0", "ops\0"):
        await socket.say(op="follow", id="a", audience=audience)
        assert (await socket.hear())["code"] == "not_found"
    assert await socket.follow("ops") == []


async def test_a_session_with_nul_is_nobodys(connect):
    socket = await connect('"aaaaaaaaaaaa\\000"')
    await socket.hello()
    await socket.say(op="follow", id="a", audience="ops")
    assert (await socket.hear())["code"] == "not_signed_in"


async def test_another_pages_socket_does_not_borrow_the_session(connect, lan):
    for origin in ("https://elsewhere.example", "http://localhost:9000", "null"):
        socket = await connect(lan[1], origin=origin)
        await socket.say(op="hello")
        assert await socket.closes() == 4401


async def test_another_page_may_show_a_token(connect, in_thread):
    _phone, token = await in_thread(phone_with_token)
    socket = await connect(origin="https://elsewhere.example")
    await socket.hello(token=token)
    assert await socket.follow("public") == []


async def test_a_trusted_page_and_a_program_may_use_the_session(connect, lan, settings):
    settings.CSRF_TRUSTED_ORIGINS = ["https://desk.example"]
    for origin in ("https://desk.example", None):
        socket = await connect(lan[1], origin=origin)
        await socket.hello()
        assert await socket.follow("agency:UBND-10001") == []


async def test_ping_is_answered_and_a_beat_comes_by_itself(connect, settings):
    settings.FEED_BEAT_SECONDS = 0.2
    socket = await connect()
    await socket.hello()
    assert await socket.hear() == {"op": "beat", "head": 0}
    await socket.say(op="ping")
    while (frame := await socket.hear())["op"] == "beat":
        pass  # another beat may be on its way
    assert frame == {"op": "pong", "head": 0}


async def test_unfollow_ends_a_follow(world, in_thread, connect, centre):
    socket = await connect(centre)
    await socket.hello()
    await socket.follow("ops")
    await socket.say(op="unfollow", id="a")
    await socket.say(op="ping")
    assert (await socket.hear())["op"] == "pong"
    await in_thread(make_ticket, world.pothole, world.ward)
    assert await socket.silence()
    await socket.until(3)
    assert len(await socket.follow("ops", after=0)) == 3
