"""One for each process: reads what is new in the log, once for all, and hands it out.

The hub is woken by the bell, by other processes' rings, and by its own slow tick, and asks the
log each time: a wake tells it nothing but "look".
"""

import asyncio
import atexit
import logging
from collections.abc import Iterator, Sequence
from contextlib import suppress
from functools import partial
from uuid import UUID
from weakref import WeakKeyDictionary

from django.conf import settings

from backend.accounts.principal import ANONYMOUS
from backend.events import bell, log
from realtime import presence, protocol
from realtime.attendance import Attendance, renewed, still_allowed
from realtime.following import Client
from realtime.items import Item, build
from realtime.listeners import Listeners
from realtime.outlet import Line
from realtime.pace import BREATH, WINDOW, Pace
from realtime.protocol import Close
from realtime.reading import Reading
from realtime.ring import Ring
from realtime.rings import hear_rings

logger = logging.getLogger(__name__)

TICK = 1.0
"""Seconds after which the hub looks although nobody rang."""
READ = 200
"""Entries read at once."""
GIVE = 50
"""Entries handed to every client before others may use the event loop."""
RING_BYTES = 16 * 1024 * 1024


class Hub:
    """The live feed of one event loop. Its methods are called from that loop only."""

    def __init__(self) -> None:
        self.position = 0
        self.epoch = ""
        self.reading = Reading()
        self.attendance = Attendance()
        self.ring = Ring(settings.FEED_RING_ENTRIES, RING_BYTES)
        self._listeners = Listeners()
        self._rung = asyncio.Event()
        self._turn = asyncio.Lock()
        self._refreshing: asyncio.Task[None] | None = None
        self._touched: set[str] = set()
        self._pace = Pace(self._lines)
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Read the last entries into memory, and go on from there."""
        loop = asyncio.get_running_loop()
        self._deaf = bell.grown.listen(partial(_wake, loop, self._rung))
        self._at_exit = atexit.register(partial(_end_tasks, loop))
        atexit.register(self.attendance.tally.end)
        head, epoch, oldest = await self.reading.present(_ends)
        self.epoch = str(epoch)
        self.position = max(head - settings.FEED_PRELOAD_ENTRIES, oldest - 1, 0)
        await self.refresh()
        notes = (self._note_presence, self.attendance.tally.keep)
        ring = partial(hear_rings, self._rung.set)
        for work in (self._watch, self._beat, self._recheck, *notes, ring):
            self._tasks.append(loop.create_task(work()))

    async def stop(self) -> None:
        """End the work and the threads; connections are the consumers' to close."""
        self._deaf()
        atexit.unregister(self._at_exit)
        going = set(self._tasks)
        while going:
            for task in going:
                task.cancel()  # more than once: a Redis client that is connecting swallows one
            _ended, going = await asyncio.wait(going, timeout=0.2)
        atexit.unregister(self.attendance.tally.end)
        self.attendance.tally.end()
        async with self._turn:
            await self.reading.close()

    # ── who listens

    def sort(self, client: Client) -> None:
        """Put the client where its follows belong, after any change of them."""
        self._listeners.sort(client)

    def leave(self, client: Client) -> None:
        client.follows.clear()
        self.sort(client)

    # ── what is new

    async def refresh(self) -> None:
        """Return once everything that is in the log by now was handed out.

        Those who ask while others wait for their turn share the one read.
        """
        if self._refreshing is None:
            self._refreshing = asyncio.get_running_loop().create_task(self._refresh())
        await asyncio.shield(self._refreshing)

    async def _refresh(self) -> None:
        async with self._turn:
            self._refreshing = None
            await self._read_on()

    async def _read_on(self) -> None:
        while True:
            items = await self.reading.present(partial(_read, self.position))
            for start in range(0, len(items), GIVE):
                if start:
                    await asyncio.sleep(0)
                self._give(items[start : start + GIVE])
            if len(items) < READ:
                return
            await asyncio.sleep(0)

    def _give(self, items: Sequence[Item]) -> None:
        """Nothing here waits: position, ring and clients change together."""
        self.ring.add(items)
        self.position = items[-1].position
        self._pace.gave(self._listeners.give(items))
        for item in items:
            self._touched.update(each for each in item.audiences if each.startswith("report:"))

    async def _watch(self) -> None:
        loop = asyncio.get_running_loop()
        compared = loop.time()
        while True:
            self._rung.clear()
            try:
                async with self._turn:
                    await self._read_on()
            except Exception:
                logger.exception("The log could not be read; trying again.")
                await asyncio.sleep(TICK)
                continue
            # However often it rings: a log that was restored may be a busy one.
            if loop.time() - compared >= TICK:
                await self._compare()
                compared = loop.time()
            self._pace.look()
            if self._pace.pressed:
                await asyncio.sleep(BREATH)
            with suppress(TimeoutError):
                async with asyncio.timeout(WINDOW if self._pace.pressed else TICK):
                    await self._rung.wait()

    def _lines(self) -> Iterator[Line]:
        return (line for each in self.attendance.clients if (line := each.outlet.line))

    async def _compare(self) -> None:
        """A log that ends before us, or has another past, is a restored one: begin again."""
        with suppress(Exception):  # _watch says what is wrong with the database
            head, epoch, _oldest = await self.reading.present(_ends)
            if str(epoch) != self.epoch or head < self.position:
                self._begin_again(head, epoch)

    def _begin_again(self, head: int, epoch: UUID) -> None:
        logger.warning("The log has another past than before; every client starts again.")
        self.position, self.epoch = head, str(epoch)
        self.ring.clear()
        for client in tuple(self.attendance.clients):
            client.epoch = None
            for follow in client.follows.values():
                client.outlet.push(protocol.batch(protocol.reset(follow.id, self.epoch, head)))
            self.leave(client)

    # ── from time to time

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(settings.FEED_BEAT_SECONDS)
            beat = protocol.batch(protocol.beat(self.position))
            for turn, client in enumerate(tuple(self.attendance.clients)):
                client.outlet.push(beat)
                if turn % 100 == 99:
                    await asyncio.sleep(0)

    async def _note_presence(self) -> None:
        while True:
            try:
                seats = presence.seats_taken(tuple(self.attendance.clients))
                await self.reading.past(partial(presence.note, seats))
            except Exception as error:
                logger.warning("Who is on duty could not be noted: %r", error)
            await asyncio.sleep(presence.NOTE_EVERY)

    async def _recheck(self) -> None:
        while True:
            await asyncio.sleep(settings.FEED_RECHECK_SECONDS)
            try:
                await self._recheck_once()
            except Exception:
                logger.exception("Permissions could not be checked again.")

    async def _recheck_once(self) -> None:
        standing = await self.reading.past(self.attendance.look())
        for client in self.attendance.judge(standing):
            fresh = await self.reading.past(partial(renewed, client.principal))
            if fresh == ANONYMOUS:
                client.outlet.close(Close.NOT_ALLOWED)
            else:
                client.principal = fresh
                await self._require(client, [each.audience for each in client.follows.values()])
        touched, self._touched = self._touched, set()
        for client, audience in self._staff_following(touched):
            await self._require(client, [audience])

    def _staff_following(self, reports: set[str]) -> list[tuple[Client, str]]:
        """Staff see a report as long as they see its ticket, and that has changed."""
        return [
            (client, follow.audience)
            for client in self.attendance.clients
            if client.principal.user
            for follow in client.follows.values()
            if follow.audience in reports
        ]

    async def _require(self, client: Client, audiences: list[str]) -> None:
        ask = partial(still_allowed, client.principal, audiences)
        if not await self.reading.past(ask):
            client.outlet.close(Close.NOT_ALLOWED)


def _wake(loop: asyncio.AbstractEventLoop, rung: asyncio.Event) -> None:
    with suppress(RuntimeError):  # a loop that has ended needs no waking
        loop.call_soon_threadsafe(rung.set)


def _end_tasks(loop: asyncio.AbstractEventLoop) -> None:
    """End what a server left unfinished: tasks that outlive their loop can crash Python's exit."""
    if loop.is_running() or loop.is_closed():
        return
    for task in (tasks := asyncio.all_tasks(loop)):
        task.cancel()
    if tasks:
        loop.run_until_complete(asyncio.wait(tasks, timeout=1.0))


def _ends() -> tuple[int, UUID, int]:
    return log.head(), log.epoch(), log.oldest()


def _read(after: int) -> list[Item]:
    return build(log.rows(after, READ))


_hubs: WeakKeyDictionary[asyncio.AbstractEventLoop, "asyncio.Task[Hub]"] = WeakKeyDictionary()


async def hub_here() -> Hub:
    """Return this event loop's hub, started by whoever comes first."""
    loop = asyncio.get_running_loop()
    starting = _hubs.get(loop)
    if starting is None or (starting.done() and starting.exception()):
        starting = _hubs[loop] = loop.create_task(_started())
    return await asyncio.shield(starting)


async def stop_hub() -> None:
    """Stop this event loop's hub, if it has one; the next connection starts another."""
    starting = _hubs.pop(asyncio.get_running_loop(), None)
    if starting is not None:
        await (await starting).stop()


async def _started() -> Hub:
    hub = Hub()
    await hub.start()
    return hub
