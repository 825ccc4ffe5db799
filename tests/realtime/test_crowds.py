"""Many clients, and clients that take nothing: what they cost the database and the memory."""

import asyncio
import tracemalloc
from collections.abc import Iterator

import pytest
from django.db.backends.utils import CursorWrapper

from backend.accounts.models import Role
from realtime import hub
from realtime.filters import ANYTHING
from realtime.following import Client, Follow
from realtime.items import Item
from realtime.listeners import Listeners
from realtime.outlet import QueuedOutlet
from realtime.protocol import Frame
from tests.factories import make_ticket, make_user
from tests.realtime.conftest import session_of

Statements = list[str]


@pytest.fixture
def asked(monkeypatch) -> Iterator[Statements]:
    """Every statement of every thread that reads the log."""
    statements: Statements = []
    execute = CursorWrapper.execute

    def heard(self, sql, params=None):
        if "events_logposition" in str(sql) and str(sql).lstrip().upper().startswith("SELECT"):
            statements.append(str(sql))
        return execute(self, sql, params)

    monkeypatch.setattr(CursorWrapper, "execute", heard)
    return statements


@pytest.mark.parametrize("crowd", [1, 30])
async def test_a_crowd_asks_the_log_as_often_as_one(
    world, in_thread, connect, asked, crowd, monkeypatch
):
    monkeypatch.setattr(hub, "TICK", 3600.0)  # a slow machine's ticks are not the crowd's doing
    session = await in_thread(
        session_of, await in_thread(make_user, "minh", Role.OPERATIONS_CENTRE)
    )
    await in_thread(make_ticket, world.pothole, world.ward)
    first = await connect(session)
    await first.hello()
    await first.follow("ops", after=0)
    sockets = [await connect(session) for _turn in range(crowd)]
    for socket in sockets:
        await socket.hello()
    asked.clear()
    await asyncio.gather(*(socket.follow("ops", after=0) for socket in sockets))
    await in_thread(make_ticket, world.pothole, world.ward)
    for socket in sockets:
        assert [(await socket.hear())["position"] for _turn in range(3)] == [4, 5, 6]
    # The past came from memory; what is new was read once, and looked for at rings.
    assert len(asked) <= 12


ITEM_BYTES = 1000


def an_item(position: int) -> Item:
    frame = Frame(b'{"op":"event"}'.ljust(ITEM_BYTES), position)
    return Item(position, {"ops": "staff"}, {"staff": frame}, "", "", "", None)


@pytest.mark.long
async def test_a_flood_costs_little_memory_for_each_who_reads_nothing(settings):
    settings.FEED_QUEUE_BYTES = 64 * 1024
    crowd, flood = 200, 5000

    async def never(_message):
        await asyncio.Event().wait()

    listeners, clients = Listeners(), []
    for _turn in range(crowd):
        client = Client(QueuedOutlet(never, lambda: None))
        client.follows["a"] = Follow("a", "ops", ANYTHING, 0, 0, live=True)
        listeners.sort(client)
        clients.append(client)
    await asyncio.sleep(0)
    tracemalloc.start()
    try:
        for position in range(1, flood + 1):
            listeners.give([an_item(position)])
        grown, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert {client.outlet.closed for client in clients} == {True}
    # Frames are held once for all, and none once the last is closed: what is left is the closing.
    assert most / crowd < 20_000
    assert grown / crowd < 10_000
    for client in clients:
        await client.outlet.end()
