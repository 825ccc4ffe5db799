"""The doorbell between processes: a writer tells the sequencer that positions are wanted.

By Redis where there is one, else by a NOTIFY of PostgreSQL: after the commit, from a thread of
its own, many at once as one, so that no writer waits for it or fails with it. A lost ring costs
one poll. On SQLite the writer hands out positions itself, and nobody needs to be rung.
"""

import threading
from functools import cache
from typing import Any, Protocol

import psycopg
import redis
from django.conf import settings
from django.db import connection
from redis.backoff import NoBackoff
from redis.retry import Retry
from redis.sentinel import Sentinel

from backend.events import bell
from backend.events.messenger import AGAIN_AFTER, Messenger, logger

PATIENCE = 0.5
"""Seconds that Redis may take to connect or to answer."""
LISTEN = 1.0
"""Seconds between looks at whether to go on listening."""


class Door(Protocol):
    """One way between processes; made, and used, by one thread."""

    def ring(self) -> None:
        """Ring in every process that listens. Raises whatever the network does."""

    def listen(self, stopping: threading.Event) -> None:
        """Ring `bell.recorded` at each ring until told to stop. Raises likewise."""

    def close(self) -> None:
        """Forget the connection."""


class RedisDoor:
    """A channel of Redis, named for the database so that two products may share a server."""

    def __init__(self, hosts: list[Any]) -> None:
        self._client = redis_client(hosts[0])
        self._channel = f"hientruong:recorded:{connection.settings_dict['NAME']}"

    def ring(self) -> None:
        self._client.publish(self._channel, b"")

    def listen(self, stopping: threading.Event) -> None:
        with self._client.pubsub(ignore_subscribe_messages=True) as heard:
            heard.subscribe(self._channel)
            bell.recorded.ring()  # What was rung before is not heard any more: look once.
            while not stopping.is_set():
                if heard.get_message(timeout=LISTEN):
                    bell.recorded.ring()

    def close(self) -> None:
        self._client.close()


class NotifyDoor:
    """NOTIFY and LISTEN, on a connection beside Django's: it belongs to no transaction."""

    CHANNEL = "hientruong_recorded"

    def __init__(self) -> None:
        settled: dict[str, Any] = connection.get_connection_params()
        self._line = psycopg.connect(**{**settled, "autocommit": True})

    def ring(self) -> None:
        self._line.execute(f"NOTIFY {self.CHANNEL}")

    def listen(self, stopping: threading.Event) -> None:
        self._line.execute(f"LISTEN {self.CHANNEL}")
        bell.recorded.ring()
        while not stopping.is_set():
            for _notice in self._line.notifies(timeout=LISTEN, stop_after=1):
                bell.recorded.ring()

    def close(self) -> None:
        self._line.close()


def redis_client(host: Any) -> Any:
    """Return a client that gives up soon, for a host as CHANNEL_LAYERS names it."""
    soon = {
        "socket_timeout": PATIENCE,
        "socket_connect_timeout": PATIENCE,
        "retry": Retry(NoBackoff(), 1),  # once, for a server that has restarted
    }
    host = {"address": host} if isinstance(host, str) else dict(host)
    if address := host.pop("address", None):
        return redis.Redis.from_url(address, **host, **soon)
    sentinels, master = host.pop("sentinels"), host.pop("master_name")
    watch: Any = Sentinel  # redis-py says no types for it
    asked = watch(sentinels, sentinel_kwargs={**host.pop("sentinel_kwargs", {}), **soon})
    return asked.master_for(master, **host, **soon)


def _open() -> Door:
    if settings.REDIS_HOSTS:
        return RedisDoor(settings.REDIS_HOSTS)
    return NotifyDoor()


class _Ringer:
    """Rings by a door that is opened at the first ring and again after each failure."""

    def __init__(self) -> None:
        self._door: Door | None = None

    def __call__(self) -> None:
        try:
            self._door = self._door or _open()
            self._door.ring()
        except Exception:
            self.hang_up()
            raise

    def hang_up(self) -> None:
        """Close the door, if there is one."""
        door, self._door = self._door, None
        if door:
            door.close()


_ringer = _Ringer()


@cache
def _messenger() -> Messenger:
    return Messenger("doorbell", _ringer)


def ring() -> None:
    """Ring in this process, and soon in the others. Never waits, never fails."""
    bell.recorded.ring()
    if connection.vendor == "postgresql":
        _messenger().ask()


def listen(stopping: threading.Event) -> None:
    """Ring this process's bell whenever another process rings, until told to stop."""
    while connection.vendor == "postgresql" and not stopping.is_set():
        door: Door | None = None
        try:
            door = _open()
            door.listen(stopping)
        except Exception as error:
            logger.warning("Rings of other processes are not heard: %r", error)
            stopping.wait(AGAIN_AFTER)
        finally:
            if door:
                door.close()
