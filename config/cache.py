"""Django's cache on the same Redis as all else: one server, several, or behind Sentinel.

Django's own takes several addresses for one master and its replicas. Ours are shards: a key is
always read from the server that it was written to.
"""

from binascii import crc32
from collections.abc import Iterable, Mapping
from typing import Any

from django.core.cache.backends.redis import RedisCache, RedisCacheClient

from backend.events.doorbell import redis_client


class HostsClient(RedisCacheClient):
    """Each key at one of the hosts, chosen by the key."""

    _serializer: Any

    def __init__(self, _servers: object, *, hosts: list[Any]) -> None:
        super().__init__([])
        self._clients = [redis_client(host) for host in hosts]

    def get_client(self, key: Any = None, *, write: bool = False) -> Any:
        return self._clients[crc32(str(key).encode()) % len(self._clients)]

    def get_many(self, keys: Iterable[Any]) -> dict[Any, Any]:
        found: dict[Any, Any] = {}
        for client, some in self._sorted(keys):
            kept = zip(some, client.mget(some), strict=True)
            load = self._serializer.loads
            found |= {key: load(value) for key, value in kept if value is not None}
        return found

    def set_many(self, data: Mapping[Any, Any], timeout: Any) -> None:
        for key, value in data.items():
            self.set(key, value, timeout)

    def delete_many(self, keys: Iterable[Any]) -> None:
        for client, some in self._sorted(keys):
            client.delete(*some)

    def clear(self) -> bool:
        emptied = [client.flushdb() for client in self._clients]
        return all(emptied)

    def _sorted(self, keys: Iterable[Any]) -> list[tuple[Any, list[Any]]]:
        """Return each client that is asked, with its keys."""
        parts: dict[int, tuple[Any, list[Any]]] = {}
        for key in keys:
            client = self.get_client(key)
            parts.setdefault(id(client), (client, []))[1].append(key)
        return list(parts.values())


class HostsCache(RedisCache):
    """`OPTIONS["hosts"]` are hosts as in `settings.REDIS_HOSTS`."""

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._class = HostsClient
