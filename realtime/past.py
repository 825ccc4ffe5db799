"""What a follow missed: read from the ring where that reaches, else from the log, page by page."""

import asyncio
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Self
from uuid import UUID

from django.conf import settings

from backend.events import log
from backend.events.log import Row
from backend.reports.models import Report
from backend.tickets.events import TicketOpened
from backend.tickets.models import Ticket
from realtime import protocol
from realtime.audiences import ABOUT_WORK, OPS, hearers
from realtime.following import Client, Follow
from realtime.hub import Hub
from realtime.items import Item, build
from realtime.protocol import Batch, Close, Frame

ENOUGH = 200
"""Entries for the audience in one page, more or less."""
READ = 500
SCAN = 4000
"""Entries looked at for one page, however few are for the audience."""
PARTS = 4
"""Sends that fill what one client may hold; a page is sent in as many as it needs."""
FAR = 2000
"""Entries. A reporter who is further behind is served from the report's own streams."""


class PastIsGone(LookupError):
    """The log does not reach back as far as was asked."""


@dataclass(frozen=True, slots=True)
class Page:
    """The audience's entries up to and with position `until`."""

    items: list[Item]
    until: int


async def replay(hub: Hub, client: Client, follow: Follow) -> None:
    """Give the client what it missed, then let it hear what is new, with nothing between.

    The follow becomes live in the same breath in which it reaches the hub, so no entry can fall
    between the two; until then the hub passes it over.
    """
    with _Pages(hub, follow) as pages:
        while client.follows.get(follow.id) is follow:
            if follow.reached >= hub.position:
                _join(hub, client, follow)
                return
            try:
                page = await pages.next()
            except PastIsGone:
                del client.follows[follow.id]
                gone = protocol.reset(follow.id, hub.epoch, hub.position)
                client.outlet.push(protocol.batch(gone))
                return
            if not await _give(page, client, follow):
                return
            follow.reached = page.until


async def _give(page: Page, client: Client, follow: Follow) -> bool:
    """Send the page as fast as the client takes it; False where that is no longer wanted."""
    frames = [frame for item in page.items if (frame := client.past_frame(item, follow))]
    for part in _parts(frames):
        client.outlet.push(part)
        if not await client.outlet.room():
            client.outlet.close(Close.TOO_SLOW)
            return False
        if client.follows.get(follow.id) is not follow:
            return False
    return True


def _parts(frames: Iterable[Frame]) -> Iterator[Batch]:
    """Cut a page so that none of it is more than a client that reads may have yet to take."""
    most = min(settings.FEED_QUEUE_BYTES, settings.FEED_UNACKED_BYTES) // PARTS
    part: list[Frame] = []
    size = 0
    for frame in frames:
        part.append(frame)
        size += frame.size
        if size > most:
            yield Batch(tuple(part))
            part, size = [], 0
    if part:
        yield Batch(tuple(part))


def _join(hub: Hub, client: Client, follow: Follow) -> None:
    follow.live = True
    hub.sort(client)
    done = protocol.caught_up(follow.id, hub.position)
    client.outlet.push(protocol.batch(done))


class _Pages:
    """A follow's pages, one after the other; the next is read while one is being sent."""

    def __init__(self, hub: Hub, follow: Follow) -> None:
        self._hub = hub
        self._follow = follow
        self._ahead: asyncio.Task[Page] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        if self._ahead:
            self._ahead.cancel()

    async def next(self) -> Page:
        """Return the page after what the follow has reached. Raises PastIsGone."""
        ahead, self._ahead = self._ahead, None
        page = await (ahead or self._read(self._follow.reached))
        if page.until + ENOUGH < self._hub.position:
            self._ahead = asyncio.create_task(self._read(page.until))
        return page

    async def _read(self, after: int) -> Page:
        recent = self._hub.ring.after(after, ENOUGH)
        if recent:
            return Page(recent, recent[-1].position)
        until = self._hub.position
        return await self._hub.reading.past(
            partial(page_after, self._follow.audience, after, until)
        )


def page_after(audience: str, after: int, until: int) -> Page:
    """Return the audience's next entries after one position, at most until another.

    Raises PastIsGone where the log begins later.
    """
    if audience.startswith("report:") and until - after > FAR:
        rows_of = list(_rows_of_report(audience, after, until))
        return Page(build(rows_of, only=audience), until)
    found: list[Row] = []
    scanned = 0
    while len(found) < ENOUGH and scanned < SCAN and after < until:
        rows = log.rows(after, min(READ, until - after))
        if not rows or rows[0].position != after + 1:
            raise PastIsGone
        found += [row for row in rows if _may_be_for(audience, row)]
        scanned += len(rows)
        after = rows[-1].position
    return Page(build(found, only=audience), after)


def _may_be_for(audience: str, row: Row) -> bool:
    """Sort out most of what is for others before its tickets are read."""
    return audience == OPS or row.type in ABOUT_WORK or audience in hearers(row)


def _rows_of_report(audience: str, after: int, until: int) -> Iterator[Row]:
    if after + 1 < log.oldest():
        raise PastIsGone
    for row in log.rows_of(_streams_of(audience.removeprefix("report:"))):
        if after < row.position <= until and audience in hearers(row):
            yield row


def _streams_of(report_no: str) -> list[str]:
    """Return the streams that may speak of a report: its own, and of every ticket it was in."""
    found = Report.objects.filter(report_no=report_no).values_list("pk", "ticket_link__ticket_id")
    streams = {f"report:{pk}" for pk, _ticket in found}
    tickets: set[UUID] = set()
    new = {ticket for _pk, ticket in found if ticket}
    while new:
        tickets |= new
        merged = Ticket.objects.filter(merged_into__in=new).values_list("pk", flat=True)
        new = ({*merged} | _split_from(new)) - tickets
    return sorted(streams | {f"ticket:{each}" for each in tickets})


def _split_from(tickets: set[UUID]) -> set[UUID]:
    opened = log.rows_of([f"ticket:{each}" for each in tickets], type_=TicketOpened.type)
    return {UUID(row.data["split_from"]) for row in opened if row.data.get("split_from")}
