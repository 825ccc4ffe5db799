"""How many connections an address or a person has, in all processes together.

Each process counts its own, and says its counts in Redis in one hash that ends LEASE seconds after
it was last renewed: the sockets of a process that was killed are not counted for ever. Without
Redis, and while it is away, a process knows its own alone.
"""

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from typing import Any, TypeVar
from uuid import uuid4

from django.conf import settings
from django.db import connection

from backend.events.doorbell import redis_client

logger = logging.getLogger(__name__)
T = TypeVar("T")

LEASE = 15
"""Seconds that a process is believed to live without a word; more than a pause of its machine."""
RENEW_EVERY = 3.0
SOON = 0.05
"""Seconds in which those who leave are told of together."""
AGAIN_AFTER = 3.0
"""Seconds before a Redis that failed is asked again: nobody waits for it meanwhile."""

_SET = """
local own, processes, lease = KEYS[1], KEYS[2], ARGV[1]
local function set(from)
  for i = from, #ARGV, 2 do
    if ARGV[i + 1] == '0' then redis.call('HDEL', own, ARGV[i])
    else redis.call('HSET', own, ARGV[i], ARGV[i + 1]) end
  end
  redis.call('EXPIRE', own, lease)
  redis.call('SADD', processes, own)
end
"""
COUNT = (
    _SET
    + """
set(2)
local sum = 0
for _, each in ipairs(redis.call('SMEMBERS', processes)) do
  sum = sum + tonumber(redis.call('HGET', each, ARGV[2]) or 0)
end
return sum
"""
)
"""Says one count of ours, and returns everybody's sum."""
SAY = (
    _SET
    + """
if ARGV[2] == 'anew' then
  redis.call('DEL', own)
  redis.call('HSET', own, 'whole', 1)
end
set(3)
for _, each in ipairs(redis.call('SMEMBERS', processes)) do
  if redis.call('EXISTS', each) == 0 then redis.call('SREM', processes, each) end
end
return redis.call('HEXISTS', own, 'whole')
"""
)
"""Says several counts, forgets who is gone, and returns whether all that we said is still there."""


class Register:
    """The counts of all processes, in Redis; asked from a thread that may wait for it."""

    def __init__(self, host: Any) -> None:
        self._client = redis_client(host)
        room = f"hientruong:sockets:{connection.settings_dict['NAME']}"
        self._keys = [f"{room}:{uuid4().hex}", room]
        self._count = self._client.register_script(COUNT)
        self._say = self._client.register_script(SAY)

    def count(self, key: str, own: int) -> int:
        """Say how many we have, and return how many there are."""
        return int(self._count(self._keys, [LEASE, key, own]))

    def say(self, counts: Mapping[str, int], *, anew: bool) -> bool:
        """Say how many we have; False where Redis has forgotten what was said before."""
        said = [each for pair in counts.items() for each in pair]
        return bool(self._say(self._keys, [LEASE, "anew" if anew else "more", *said]))

    def leave(self) -> None:
        """Take all that was said back."""
        own, room = self._keys
        self._client.pipeline().delete(own).srem(room, own).execute()
        self._client.close()


class Tally:
    """Used from one event loop. `keep` runs as long as counts are to be right elsewhere too."""

    def __init__(self) -> None:
        self._own: Counter[str] = Counter()
        self._changed: set[str] = set()
        self._change = asyncio.Event()
        self._whole = False
        self._asked_again = 0.0
        self._register: Register | None = None
        if settings.REDIS_HOSTS:
            self._register = Register(settings.REDIS_HOSTS[0])
            self._thread = ThreadPoolExecutor(1, "feed-tally")

    async def take(self, limits: Mapping[str, int]) -> bool:
        """Count one more of each; where that is more than its limit, none, and False."""
        taken = []
        free = False
        try:
            for key, most in limits.items():
                self._own[key] += 1
                taken.append(key)
                if await self._count(key) > most:
                    return False
            free = True
        finally:
            for key in () if free else taken:
                self.give(key)
        return True

    async def _count(self, key: str) -> int:
        own = self._own[key]
        if self._register is None:
            return own
        return await self._ask(self._register.count, key, own) or own

    def give(self, key: str) -> None:
        """Count one less."""
        self._own[key] -= 1
        if self._own[key] <= 0:
            del self._own[key]
        self._changed.add(key)
        self._change.set()

    async def keep(self) -> None:
        """Tell the other processes, until cancelled; with no Redis there is nobody to tell."""
        while self._register is not None:
            with suppress(TimeoutError):
                async with asyncio.timeout(RENEW_EVERY):
                    await self._change.wait()
            await asyncio.sleep(SOON)
            self._change.clear()
            if not await self._say(self._register, self._changed):
                await self._say(self._register, None)

    async def _say(self, register: Register, keys: Iterable[str] | None) -> bool:
        """Say these counts, or all anew; False where all must be said."""
        anew = keys is None
        if not anew and not self._whole:
            return False
        counts = {key: self._own[key] for key in tuple(self._own if keys is None else keys)}
        self._changed.clear()
        self._whole = bool(await self._ask(register.say, counts, anew=anew))
        return self._whole

    async def _ask(self, call: Callable[..., T], *args: Any, **kwargs: Any) -> T | None:
        """Return what Redis answers, None while it is away."""
        work = self._thread.submit(self._try, partial(call, *args, **kwargs))
        answer: T | None = await asyncio.wrap_future(work)
        if answer is None:
            self._whole = False
        return answer

    def _try(self, call: Callable[[], T]) -> T | None:
        if time.monotonic() < self._asked_again:
            return None
        try:
            return call()
        except Exception as error:
            logger.warning("Sockets are counted by this process alone: %r", error)
            self._asked_again = time.monotonic() + AGAIN_AFTER
            return None

    def end(self) -> None:
        """Say that none of ours are left; a process calls it as its last act."""
        if self._register is None:
            return
        self._thread.shutdown()
        with suppress(Exception):  # then the lease ends it
            self._register.leave()
        self._register = None
