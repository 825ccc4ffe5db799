"""A log that has another past than its clients knew: they are told to begin anew."""

import asyncio

import pytest

from backend.events import bell, log
from backend.events.models import LogHead
from tests.factories import make_ticket
from tests.realtime.conftest import types

pytestmark = pytest.mark.usefixtures("world")


async def test_a_position_of_another_past_is_reset(world, in_thread, connect, centre):
    await in_thread(make_ticket, world.pothole, world.ward)
    socket = await connect(centre)
    welcome = await socket.hello()
    assert welcome["head"] == 3
    for more in ({"after": 4}, {"after": 3, "epoch": "another"}):
        await socket.say(op="follow", id="a", audience="ops", **more)
        assert await socket.hear() == {
            "op": "reset",
            "id": "a",
            "epoch": welcome["epoch"],
            "head": 3,
        }
    assert await socket.follow("ops", after=3, epoch=welcome["epoch"]) == []


async def test_a_client_that_knew_another_epoch_is_reset(world, in_thread, connect, centre):
    socket = await connect(centre)
    await socket.hello(epoch="before the restore")
    await socket.say(op="follow", id="a", audience="ops", after=0)
    assert (await socket.hear())["op"] == "reset"


async def test_a_database_restored_behind_our_back_resets_who_listens(in_thread, connect, centre):
    socket = await connect(centre)
    old = (await socket.hello())["epoch"]
    await socket.follow("ops")
    new = "0b5e9d6c-6f0a-4f0e-9a57-8f7c1f6d2c11"
    await in_thread(LogHead.objects.update, epoch=new)
    frame = await socket.hear()
    assert (frame["op"], frame["id"], frame["epoch"]) == ("reset", "a", new)
    assert frame["epoch"] != old


async def test_a_restored_log_is_noticed_however_often_it_rings(in_thread, connect, centre):
    socket = await connect(centre)
    await socket.hello()
    await socket.follow("ops")

    async def ring_on():
        while True:
            bell.grown.ring()
            await asyncio.sleep(0.02)

    traffic = asyncio.create_task(ring_on())
    new = await in_thread(log.renew_epoch)
    frame = await socket.hear()
    traffic.cancel()
    assert (frame["op"], frame["epoch"]) == ("reset", str(new))


async def test_who_was_reset_comes_back_by_the_new_snapshot(world, in_thread, connect, centre):
    at_once, later = await connect(centre), await connect(centre)
    await at_once.hello(epoch="before the restore")
    await at_once.say(op="follow", id="a", audience="ops", after=0)
    assert (await at_once.hear())["op"] == "reset"
    await later.hello(epoch=str(await in_thread(log.epoch)))
    await later.follow("ops", after=0)
    await in_thread(log.renew_epoch)
    assert (await later.hear())["op"] == "reset"
    await in_thread(make_ticket, world.pothole, world.ward)
    for socket in (at_once, later):
        await socket.until(3)
        assert types(await socket.follow("ops", after=1)) == ["ticket.opened", "ticket.routed"]
