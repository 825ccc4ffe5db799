"""All that Redis carries, on real servers: with TLS, in shards, behind Sentinel."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import suppress
from types import SimpleNamespace
from typing import Any

import pytest
import redis
from channels_redis.pubsub import RedisPubSubChannelLayer
from django.core.cache import cache as the_cache

from backend.events import bell, doorbell
from config.cache import HostsCache
from config.redis_hosts import redis_hosts
from realtime import presence
from realtime.tally import Register
from tests.config.redis_servers import (
    MASTER,
    PATIENCE,
    needs_redis_server,
    server,
    server_with_tls,
    wait_for,
    watched_servers,
)

pytestmark = [pytest.mark.long, needs_redis_server, pytest.mark.one_database]
MANY = [f"key-{number}" for number in range(40)]


@pytest.fixture
def ringing(monkeypatch) -> Iterator[Any]:
    """Let a listener of the doorbell run on these hosts; gives a way to ring and be heard."""
    heard = bell.Bell()
    monkeypatch.setattr(bell, "recorded", heard)
    database = SimpleNamespace(vendor="postgresql", settings_dict={"NAME": "tinh"})
    monkeypatch.setattr(doorbell, "connection", database)
    stopping = threading.Event()
    listener = threading.Thread(target=doorbell.listen, args=(stopping,), daemon=True)
    ringer = doorbell._Ringer()

    def is_heard() -> bool:
        before = heard.rings
        ringer()
        heard.wait(before, 1.0)
        return heard.rings > before

    def ring() -> None:
        if not listener.is_alive():
            listener.start()
            wait_for(lambda: heard.rings)  # it looks once when it begins to listen
        wait_for(is_heard)

    yield ring
    stopping.set()
    if listener.is_alive():
        listener.join(PATIENCE)
    ringer.hang_up()


def cache_on(hosts: list[Any]) -> HostsCache:
    return HostsCache("", {"OPTIONS": {"hosts": hosts}})


async def hears(layer: RedisPubSubChannelLayer, name: str, group: str) -> None:
    """Return once the channel hears its group; a ring may be lost, so it is rung until then."""

    async def ring() -> None:
        while True:
            with suppress(redis.RedisError, OSError):
                await layer.group_send(group, {"type": "feed.ring", "group": group})
            await asyncio.sleep(0.1)

    ringer = asyncio.create_task(ring())
    try:
        async with asyncio.timeout(PATIENCE):
            assert await layer.receive(name) == {"type": "feed.ring", "group": group}
    finally:
        ringer.cancel()


async def carry(layer: RedisPubSubChannelLayer) -> None:
    """Let several groups be heard, which several shards share."""
    for number in range(8):
        name = await layer.new_channel()
        await layer.group_add(f"feed.{number}", name)
        await hears(layer, name, f"feed.{number}")


def keep(cache: HostsCache) -> None:
    """Everything that the product and Django ask of a cache."""
    cache.set("one", [1, "hai"], 60)
    assert cache.get("one") == [1, "hai"]
    assert cache.add("one", 2) is False
    cache.set_many(dict.fromkeys(MANY, 7), 60)
    assert cache.get_many([*MANY, "nowhere"]) == dict.fromkeys(MANY, 7)
    assert cache.incr(MANY[0]) == 8
    cache.delete_many(MANY[:39])
    assert cache.get_many(MANY) == {MANY[39]: 7}
    cache.clear()
    assert cache.get("one") is None


def share(settings: Any, hosts: list[Any]) -> None:
    """Who is on duty and how many sockets there are, as two web processes tell each other."""
    settings.CACHES = {
        "default": {"BACKEND": "config.cache.HostsCache", "OPTIONS": {"hosts": hosts}}
    }
    presence.note([("UBND-10001", 7)])
    assert the_cache.get_many(["presence:UBND-10001:7"]) == {"presence:UBND-10001:7": 1}
    one, other = Register(hosts[0]), Register(hosts[0])
    assert (one.count("user:7", 1), other.count("user:7", 1)) == (1, 2)
    one.leave()
    assert other.count("user:7", 1) == 1
    other.leave()


async def test_everything_goes_by_tls_where_the_authority_vouches(
    tmp_path, monkeypatch, settings, ringing
):
    with server_with_tls(tmp_path) as (port, authority):
        monkeypatch.setenv("REDIS_URL", f"rediss://127.0.0.1:{port}/0")
        monkeypatch.setenv("REDIS_CA_FILE", str(authority))
        settings.REDIS_HOSTS = hosts = redis_hosts()
        layer = RedisPubSubChannelLayer(hosts=hosts)
        await carry(layer)
        await layer.flush()
        keep(cache_on(hosts))
        share(settings, hosts)
        await asyncio.to_thread(ringing)


def test_a_server_that_nobody_vouches_for_is_not_spoken_to(tmp_path, monkeypatch):
    with server_with_tls(tmp_path) as (port, _authority):
        monkeypatch.setenv("REDIS_URL", f"rediss://127.0.0.1:{port}/0")
        monkeypatch.delenv("REDIS_CA_FILE", raising=False)
        with pytest.raises(redis.ConnectionError, match="CERTIFICATE_VERIFY_FAILED"):
            cache_on(redis_hosts()).get("one")


async def test_shards_share_the_work(tmp_path, monkeypatch, settings, ringing):
    with server(tmp_path) as first, server(tmp_path) as second:
        monkeypatch.setenv("REDIS_URL", f"{first.url},{second.url}")
        settings.REDIS_HOSTS = hosts = redis_hosts()
        layer = RedisPubSubChannelLayer(hosts=hosts)
        await carry(layer)
        shown = [redis.Redis(port=each.port).pubsub_channels() for each in (first, second)]
        assert all(shown)  # both have groups to carry
        await layer.flush()
        cache = cache_on(hosts)
        cache.set_many(dict.fromkeys(MANY, 7))
        kept = [redis.Redis(port=each.port).dbsize() for each in (first, second)]
        assert sum(kept) == len(MANY)
        assert min(kept) > 0
        keep(cache)
        share(settings, hosts)
        await asyncio.to_thread(ringing)


async def test_a_master_that_dies_is_followed_to_its_successor(
    tmp_path, monkeypatch, settings, ringing
):
    with watched_servers(tmp_path) as (master, watch):
        monkeypatch.delenv("REDIS_URL", raising=False)
        monkeypatch.setenv("REDIS_SENTINELS", f"127.0.0.1:{watch.port}")
        monkeypatch.setenv("REDIS_MASTER", MASTER)
        monkeypatch.setenv("REDIS_PASSWORD", "mat-khau")
        settings.REDIS_HOSTS = hosts = redis_hosts()
        layer, cache = RedisPubSubChannelLayer(hosts=hosts), cache_on(hosts)
        name = await layer.new_channel()
        await layer.group_add("feed", name)
        await carry(layer)
        keep(cache)
        share(settings, hosts)
        await asyncio.to_thread(ringing)

        master.kill()

        await asyncio.to_thread(wait_for, lambda: cache.set("one", 1) or cache.get("one"))
        keep(cache)
        share(settings, hosts)
        await asyncio.to_thread(ringing)
        await hears(layer, name, "feed")
        await layer.flush()
