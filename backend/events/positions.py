"""Handing out positions: gap-free, growing, chained, and never visible out of order.

Whoever holds the head row's lock reads the queue in id order and gives each event the next
position, all in one transaction. On SQLite this is the writer itself, whose transaction is
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
    at = fact.at.astimezone(UTC).isoformat()
    said = [position, fact.type, fact.stream, at, fact.actor, fact.data]
    return hashlib.sha256(previous + orjson.dumps(said, option=orjson.OPT_SORT_KEYS)).digest()


def give_positions(limit: int = BATCH, *, wait: bool = True) -> int:
    """Give the next positions to at most `limit` queued events; returns how many.

    With `wait=False`, returns 0 at once when somebody else holds the head.
    """
    with transaction.atomic():
        head = _locked_head(wait)
        if head is None:
            return 0
        # A statement of its own, after the lock: its snapshot has what the last holder did.
        facts = _first_queued(limit)
        if facts:
            places = list(_chain(*head, facts))
            (_place_by_one_statement if connection.vendor == "postgresql" else _place)(places)
        return len(facts)


_HEAD = "SELECT position, hash FROM events_loghead WHERE id = 1 FOR UPDATE"


def _locked_head(wait: bool) -> tuple[int, bytes] | None:
    """Return the last position and its hash; they stay so until the transaction ends."""
    if connection.vendor == "postgresql":
        with prepared() as cursor:
            cursor.execute(_HEAD if wait else f"{_HEAD} SKIP LOCKED")
            row = cursor.fetchone()
    else:
        row = LogHead.objects.filter(id=1).values_list("position", "hash").first()
    return (row[0], bytes(row[1])) if row else None


Place = tuple[int, int, bytes]
"""Position, the event's id, hash."""


def _chain(last: int, previous: bytes, facts: Iterable[Fact]) -> Iterator[Place]:
    for position, fact in enumerate(facts, last + 1):
        previous = chained(previous, position, fact)
        yield position, fact.id, previous


_QUEUED = """
    SELECT id, type, stream, at, actor, data::text
    FROM events_queuedevent JOIN events_eventrecord ON id = event_id
    ORDER BY event_id LIMIT %s
"""


def _first_queued(limit: int) -> list[Fact]:
    if connection.vendor == "postgresql":
        with prepared() as cursor:
            cursor.execute(_QUEUED, [limit])
            return [Fact._make([*row[:5], orjson.loads(row[5])]) for row in cursor.fetchall()]
    queue = QueuedEvent.objects.select_related("event").order_by("event_id")[:limit]
    return [Fact.of(queued.event) for queued in queue]


_PLACE = """
    WITH placed AS (
        INSERT INTO events_logposition (position, event_id, hash)
        SELECT * FROM unnest(%s::bigint[], %s::bigint[], %s::bytea[])
    ), gone AS (
        DELETE FROM events_queuedevent WHERE event_id = ANY(%s::bigint[])
    )
    UPDATE events_loghead SET position = %s, hash = %s WHERE id = 1
"""


def _place_by_one_statement(places: list[Place]) -> None:
    positions, ids, hashes = map(list, zip(*places, strict=True))
    with prepared() as cursor:
        cursor.execute(_PLACE, [positions, ids, hashes, ids, positions[-1], hashes[-1]])


def _place(places: list[Place]) -> None:
    LogPosition.objects.bulk_create(
        LogPosition(position=position, event_id=event, hash=hash_)
        for position, event, hash_ in places
    )
    QueuedEvent.objects.filter(event_id__in=[event for _position, event, _hash in places]).delete()
    last, _event, hash_ = places[-1]
    LogHead.objects.filter(id=1).update(position=last, hash=hash_)
