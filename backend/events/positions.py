"""Handing out positions: gap-free, growing, chained, and never visible out of order.

Whoever holds the head row's lock reads the queue in id order and gives each event the next
position, all in one transaction. On SQLite this is the writer itself, whose transaction is
already alone; on PostgreSQL it is the sequencer, after the writer's commit.
"""

import hashlib
from datetime import UTC, datetime
from typing import Any

import orjson
from django.db import connection, transaction

from backend.events.models import EventRecord, LogHead, LogPosition, QueuedEvent

BATCH = 500


def chained(
    previous: bytes, *, position: int, type_: str, stream: str, at: datetime, actor: str, data: Any
) -> bytes:
    """Return the SHA-256 over the hash before and all that the entry says."""
    said = [position, type_, stream, at.astimezone(UTC).isoformat(), actor, data]
    return hashlib.sha256(previous + orjson.dumps(said, option=orjson.OPT_SORT_KEYS)).digest()


def hash_of(record: EventRecord, position: int, previous: bytes) -> bytes:
    return chained(
        previous,
        position=position,
        type_=record.type,
        stream=record.stream,
        at=record.at,
        actor=record.actor,
        data=record.data,
    )


def give_positions(limit: int = BATCH, *, wait: bool = True) -> int:
    """Give the next positions to at most `limit` queued events; returns how many.

    With `wait=False`, returns 0 at once when somebody else holds the head.
    """
    with transaction.atomic():
        locked = LogHead.objects.select_for_update(
            skip_locked=not wait and connection.features.has_select_for_update_skip_locked
        )
        head = locked.filter(id=1).first()
        if head is None:
            return 0
        queue = QueuedEvent.objects.select_related("event").order_by("event_id")[:limit]
        records = [queued.event for queued in queue]
        if not records:
            return 0
        _place(head, records)
        return len(records)


def _place(head: LogHead, records: list[EventRecord]) -> None:
    places = []
    position, previous = head.position, bytes(head.hash)
    for record in records:
        position += 1
        previous = hash_of(record, position, previous)
        places.append(LogPosition(position=position, event_id=record.id, hash=previous))
    LogPosition.objects.bulk_create(places)
    QueuedEvent.objects.filter(event_id__in=[record.id for record in records]).delete()
    LogHead.objects.filter(id=1).update(position=position, hash=previous)
