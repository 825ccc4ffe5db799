"""How much one client may ask, open and leave unread."""

import json

import pytest

from tests.factories import make_ticket
from tests.realtime.conftest import Socket

pytestmark = pytest.mark.usefixtures("world")


async def test_there_is_an_end_to_sockets_and_follows(connect, centre, settings):
    settings.FEED_FOLLOWS_PER_SOCKET = 2
    settings.FEED_SOCKETS_PER_PRINCIPAL = 1
    first, second = await connect(centre), await connect(centre)
    await first.hello()
    await second.say(op="hello")
    assert await second.closes() == 4429
    await first.follow("ops", id="a")
    await first.follow("public", id="b")
    await first.follow("public", id="b")  # the same name: the same place
    await first.say(op="follow", id="c", audience="public")
    assert await first.closes() == 4429


async def test_there_is_an_end_to_sockets_of_one_address(settings, world):
    settings.FEED_SOCKETS_PER_ADDRESS = 1
    sockets = [Socket([], ["field.v1"]) for _turn in range(2)]
    for socket in sockets:
        socket.line.scope["client"] = ["203.0.113.9", 4321]
        await socket.connect()
    assert await sockets[1].closes() == 4429
    await sockets[0].hello()
    for socket in sockets:
        await socket.leave()
    third = Socket([], ["field.v1"])
    third.line.scope["client"] = ["203.0.113.9", 4321]
    await third.connect()
    await third.hello()
    await third.leave()


async def test_behind_a_proxy_an_address_is_the_clients_own(settings, world):
    settings.FEED_SOCKETS_PER_ADDRESS = 1
    settings.REST_FRAMEWORK = {**settings.REST_FRAMEWORK, "NUM_PROXIES": 1}
    sockets = [
        Socket([(b"x-forwarded-for", f"203.0.113.{number}".encode())], ["field.v1"])
        for number in (1, 2, 2)
    ]
    for socket in sockets:
        socket.line.scope["client"] = ["127.0.0.1", 4321]
        await socket.connect()
    assert await sockets[2].closes() == 4429
    for socket in sockets[:2]:
        await socket.hello()
    for socket in sockets:
        await socket.leave()


async def test_a_client_that_asks_without_end_is_closed(connect):
    socket = await connect()
    await socket.hello()
    for _turn in range(150):
        await socket.say(op="ping")
    assert await socket.closes() == 4429


async def test_who_acknowledges_nothing_is_told_to_come_back(
    world, in_thread, connect, centre, settings
):
    settings.FEED_UNACKED_BYTES = 40_000
    idle, keen = await connect(centre), await connect(centre)
    for socket in (idle, keen):
        await socket.hello()
        await socket.follow("ops")
    positions = []
    for _turn in range(25):
        await in_thread(make_ticket, world.pothole, world.ward)
        positions += [(await keen.hear())["position"] for _turn in range(3)]
        await keen.say(op="ack", position=positions[-1])
    assert positions == list(range(1, 76))
    assert await idle.closes() == 4408


@pytest.mark.parametrize("limit", ["FEED_QUEUE_BYTES", "FEED_UNACKED_BYTES"])
async def test_a_page_larger_than_a_client_may_hold_comes_all_the_same(
    world, in_thread, connect, centre, settings, limit
):
    setattr(settings, limit, 70_000)
    for _turn in range(28):
        await in_thread(make_ticket, world.pothole, world.ward)
    socket = await connect(centre)
    await socket.hello()
    await socket.until(84)
    await socket.say(op="follow", id="a", audience="ops", after=0)
    assert (await socket.hear())["op"] == "following"
    size, positions = 0, []
    while (frame := await socket.hear())["op"] == "event":
        size += len(json.dumps(frame))
        positions.append(frame["position"])
        await socket.say(op="ack", position=positions[-1])
    assert (frame["op"], positions) == ("caught_up", list(range(1, 85)))
    assert size > 70_000
