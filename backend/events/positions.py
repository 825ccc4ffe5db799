"""Handing out positions: gap-free, growing, chained, and never visible out of order.

The queue is read in id order, each event gets the next position, and all of it is kept if the
head row still stands where it did. On SQLite this is the writer itself, whose transaction is
already alone; on PostgreSQL it is the sequencer, after the writer's commit.
"""

import hashlib
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any, NamedTuple

import orjson
from django.db import connection, transaction

from backend.events.models import EventRecord, LogHead, LogPosition, QueuedEvent
from backend.events.prepared import prepared

BATCH = 500


class Fact(NamedTuple):
    """What a hash is made of, and the row's id."""

    id: int
    type: str
    stream: str
    at: datetime
    actor: str
    data: Any

    @classmethod
    def of(cls, record: EventRecord) -> "Fact":
        return cls(record.id, record.type, record.stream, record.at, record.actor, record.data)


def chained(previous: bytes, position: int, fact: Fact) -> bytes:
    """Return the SHA-256 over the hash before and all that the entry says."""
    # The moment as orjson writes it, which is isoformat's way: it takes a tenth of the time.
    at = fact.at.astimezone(UTC)
    said = [position, fact.type, fact.stream, at, fact.actor, fact.data]
    return hashlib.sha256(previous + orjson.dumps(said, option=orjson.OPT_SORT_KEYS)).digest()


def give_positions(limit: int = BATCH, *, wait: bool = True) -> int:
    """Give the next positions to at most `limit` queued events; returns how many.

    With `wait=False`, returns 0 at once when somebody else holds the head.
    """
    if connection.vendor == "postgresql":
        return _give_by_two_statements(limit, wait=wait)
    with transaction.atomic():
        head = LogHead.objects.filter(id=1).values_list("position", "hash").first()
        queue = QueuedEvent.objects.select_related("event").order_by("event_id")[:limit]
        facts = [Fact.of(queued.event) for queued in queue]
        if head and facts:
            _place(list(_chain(head[0], bytes(head[1]), facts)))
        return len(facts)


Place = tuple[int, int, bytes]
"""Position, the event's id, hash."""


def _chain(last: int, previous: bytes, facts: Iterable[Fact]) -> Iterator[Place]:
    for position, fact in enumerate(facts, last + 1):
        previous = chained(previous, position, fact)
        yield position, fact.id, previous


# Head and queue as they were in one moment: nothing comes where nothing waits. Each event is looked
# up by itself: a plan that joins the two tables in their order reads all the past on its way to
# the first that waits, and PostgreSQL makes that plan when a burst has swollen the queue.
_WAITING = """
    SELECT position, hash, event.* FROM events_loghead, LATERAL (
        SELECT event_id FROM events_queuedevent ORDER BY event_id LIMIT {:d}
    ) AS queued, LATERAL (
        SELECT id, type, stream, at, actor, data::text FROM events_eventrecord
        WHERE id = queued.event_id OFFSET 0
    ) AS event
    WHERE events_loghead.id = 1 ORDER BY event.id
"""
# All of it or, where the head is not any more where it was, nothing: whoever moved it has placed
# what we read. PostgreSQL looks at the head again once it has its lock.
_PLACE = """
    WITH head AS (
        SELECT id FROM events_loghead WHERE id = 1 AND position = %s FOR UPDATE {}
    ), moved AS (
        UPDATE events_loghead SET position = %s, hash = %s FROM head
        WHERE events_loghead.id = head.id RETURNING 1
    ), placed AS (
        INSERT INTO events_logposition (position, event_id, hash)
        SELECT %s::bigint + turn, place.event_id, place.hash FROM moved,
            unnest(%s::bigint[], %s::bytea[]) WITH ORDINALITY AS place (event_id, hash, turn)
    ), gone AS (
        DELETE FROM events_queuedevent USING moved WHERE event_id = ANY(%s::bigint[])
    )
    SELECT count(*) FROM moved
"""
_PLACE_AFTER_OTHERS, _PLACE_UNLESS_OTHERS = _PLACE.format(""), _PLACE.format("SKIP LOCKED")


def _give_by_two_statements(limit: int, *, wait: bool) -> int:
    """Without a transaction around them: each trip to the database is a wait for every client."""
    with prepared() as cursor:
        cursor.execute(_WAITING.format(limit))
        rows = cursor.fetchall()
        if not rows:
            return 0
        last, hash_ = rows[0][:2]
        facts = (Fact._make([*row[2:7], orjson.loads(row[7])]) for row in rows)
        places = list(_chain(last, bytes(hash_), facts))
        # Arrays as PostgreSQL writes them: psycopg would look at each element for what to quote.
        ids = f"{{{','.join([str(event) for _position, event, _hash in places])}}}"
        hashes = ",".join([f'"\\\\x{each.hex()}"' for _position, _event, each in places])
        end, _event, hash_ = places[-1]
        cursor.execute(
            _PLACE_AFTER_OTHERS if wait else _PLACE_UNLESS_OTHERS,
            [last, end, hash_, last, ids, f"{{{hashes}}}", ids],
        )
        [moved] = cursor.fetchone()
    return len(places) if moved else 0


def _place(places: list[Place]) -> None:
    LogPosition.objects.bulk_create(
        LogPosition(position=position, event_id=event, hash=hash_)
        for position, event, hash_ in places
    )
    QueuedEvent.objects.filter(event_id__in=[event for _position, event, _hash in places]).delete()
    last, _event, hash_ = places[-1]
    LogHead.objects.filter(id=1).update(position=last, hash=hash_)
