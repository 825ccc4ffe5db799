"""Sockets are counted over all processes: a tally here stands for a process."""

import asyncio

import pytest
import redis

from realtime import tally as tallies
from realtime.tally import Register, Tally
from tests.config.redis_servers import needs_redis_server, server, wait_for

pytestmark = pytest.mark.one_database
MINH, LAN, HOME = "user:1", "user:2", "address:203.0.113.9"


def test_one_process_counts_its_own(settings):
    settings.REDIS_HOSTS = []
    asyncio.run(up_to_the_limit_and_again(Tally()))


async def up_to_the_limit_and_again(tally):
    assert [await tally.take({MINH: 2}) for _turn in range(3)] == [True, True, False]
    tally.give(MINH)
    assert await tally.take({MINH: 2})


async def test_who_is_refused_for_one_reason_is_not_counted_for_the_other(settings):
    settings.REDIS_HOSTS = []
    tally = Tally()
    assert await tally.take({HOME: 2, MINH: 1})
    assert not await tally.take({HOME: 2, MINH: 1})
    assert await tally.take({HOME: 2, LAN: 1})


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    with server(tmp_path_factory.mktemp("redis")) as running:
        yield running


@pytest.fixture
def line(store, settings):
    """A Redis that forgets between tests, and is the product's."""
    settings.REDIS_HOSTS = [{"address": store.url}]
    line = redis.Redis(port=store.port)
    line.flushall()
    return line


@pytest.fixture
async def tally_of():
    """Make a process's tally, which says what it has until the test ends."""
    made = []

    def make():
        tally = Tally()
        made.append((tally, asyncio.create_task(tally.keep())))
        return tally

    yield make
    for tally, keeping in made:
        keeping.cancel()
        tally.end()


async def room(tally, most):
    """Wait until there is room for one more."""
    async with asyncio.timeout(30):
        while not await tally.take({MINH: most}):
            await asyncio.sleep(0.02)


@needs_redis_server
async def test_several_processes_count_together(line, tally_of):
    here, there = tally_of(), tally_of()
    assert await here.take({MINH: 2, HOME: 5})
    assert await there.take({MINH: 2, HOME: 5})
    assert not await here.take({MINH: 2})
    assert not await there.take({MINH: 2})
    there.give(MINH)
    await room(here, 2)


@needs_redis_server
async def test_a_process_that_ends_takes_its_sockets_along(line, tally_of):
    here, there = tally_of(), tally_of()
    assert await there.take({MINH: 1})
    assert not await here.take({MINH: 1})
    there.end()
    assert await here.take({MINH: 1})


@needs_redis_server
async def test_a_process_that_was_killed_is_forgotten_after_its_lease(line, tally_of, monkeypatch):
    monkeypatch.setattr(tallies, "LEASE", 1)
    killed, here = Tally(), tally_of()
    assert await killed.take({MINH: 1})  # and nobody renews it
    await room(here, 1)
    name = here._register._keys[1]
    await asyncio.to_thread(wait_for, lambda: line.scard(name) == 1)


@needs_redis_server
async def test_what_redis_forgot_is_said_again(line, tally_of, monkeypatch):
    monkeypatch.setattr(tallies, "RENEW_EVERY", 0.05)
    here, there = tally_of(), tally_of()
    assert await here.take({MINH: 2})
    own = here._register._keys[0]
    line.delete(own)
    await asyncio.to_thread(wait_for, lambda: line.hget(own, MINH) == b"1")
    assert await there.take({MINH: 2})
    assert not await there.take({MINH: 2})


@needs_redis_server
async def test_without_redis_each_counts_its_own_until_it_is_back(
    tmp_path, tally_of, settings, monkeypatch
):
    monkeypatch.setattr(tallies, "AGAIN_AFTER", 0.2)
    monkeypatch.setattr(tallies, "RENEW_EVERY", 0.05)
    with server(tmp_path) as first:
        settings.REDIS_HOSTS = [{"address": first.url}]
        here, there = tally_of(), tally_of()
        assert await here.take({MINH: 1})
        assert not await there.take({MINH: 1})
        first.kill()
        assert await there.take({MINH: 1})  # one too many, and better than none
        assert not await there.take({MINH: 1})
        there.give(MINH)
    with server(tmp_path, port=first.port):
        line = redis.Redis(port=first.port)
        await asyncio.to_thread(wait_for, lambda: line.hget(here._register._keys[0], MINH) == b"1")
        await asyncio.to_thread(wait_for, lambda: there._whole)
        assert not await there.take({MINH: 1})


@needs_redis_server
def test_counts_of_nobody_are_not_kept(line, settings):
    register = Register(settings.REDIS_HOSTS[0])
    register.say({MINH: 1, LAN: 2}, anew=True)
    assert register.say({MINH: 0}, anew=False)
    assert line.hgetall(register._keys[0]) == {b"whole": b"1", LAN.encode(): b"2"}
    register.leave()
    assert not register.say({}, anew=False)
    register.leave()
