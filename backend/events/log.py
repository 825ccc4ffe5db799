"""The log, and the only door to it: `record` inside `recording` puts facts in, `read` gives them.

See docs/architecture.md for the six rules.
"""

import threading
from collections.abc import Iterable
from contextlib import ContextDecorator
from contextvars import ContextVar, Token
from dataclasses import dataclass
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, NamedTuple
from uuid import UUID, uuid4

import orjson
from django.db import connection, transaction

from backend import clock
from backend.events import bell, doorbell
from backend.events.archiving import archived_history
from backend.events.models import ArchivedStream, EventRecord, LogHead, LogPosition, QueuedEvent
from backend.events.positions import BATCH, Fact, give_positions
from backend.events.prepared import prepared
from backend.events.sequencer import ASLEEP
from backend.events.types import Entry, Event, event_from_data

READ_AT_MOST = 1000

# SQLite lets one writer in and lets the others sleep and guess; a lock of our own wakes the next.
_sqlite_writer = threading.RLock()


@dataclass(frozen=True, slots=True)
class _Note:
    event: Event
    actor: str
    at: datetime


_notes: ContextVar[list[_Note] | None] = ContextVar("notes", default=None)


class RecordedOutside(RuntimeError):
    """A fact was recorded outside `recording()`, where nothing ties it to a change."""


class recording(ContextDecorator):  # noqa: N801 - reads as a word: with recording(), @recording()
    """One transaction whose facts join the log as its last act.

    Nested, it is a savepoint: what an inner change noted before failing is forgotten.
    """

    def _recreate_cm(self) -> "recording":
        return recording()

    def __enter__(self) -> None:
        self._alone = connection.vendor == "sqlite" and not connection.in_atomic_block
        if self._alone:
            _sqlite_writer.acquire()
        self._outer = _notes.get()
        self._mine: list[_Note] = []
        self._token: Token[list[_Note] | None] = _notes.set(self._mine)
        self._atomic = transaction.atomic()
        try:
            self._atomic.__enter__()
        except BaseException:
            self._leave()
            raise

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            if error is None and self._mine:
                self._keep()
        except BaseException as failure:
            self._atomic.__exit__(type(failure), failure, failure.__traceback__)
            self._leave()
            raise
        try:
            self._atomic.__exit__(kind, error, trace)
        finally:
            self._leave()

    def _keep(self) -> None:
        if self._outer is not None:
            self._outer.extend(self._mine)
        else:
            _append(self._mine)

    def _leave(self) -> None:
        _notes.reset(self._token)
        if self._alone:
            _sqlite_writer.release()


def record(event: Event, *, actor: str) -> None:
    """Note a fact for the log, by whom: a key such as "user:3", "device:…" or "system:routing".

    Raises RecordedOutside where no `recording()` is open.
    """
    notes = _notes.get()
    if notes is None:
        raise RecordedOutside(event.type)
    notes.append(_Note(event, actor, clock.now()))


# The last line is explained in backend/events/sequencer.py.
_APPEND = """
    WITH noted AS (
        INSERT INTO events_eventrecord (type, stream, at, actor, data) %s RETURNING id
    ), queued AS (
        INSERT INTO events_queuedevent (event_id) SELECT id FROM noted ORDER BY id
    )
    SELECT pg_try_advisory_xact_lock_shared(%%s)
"""
_ROW = "(%s, %s, %s, %s, %s::text::jsonb)"
FEW = 4
_FEW = {count: _APPEND % f"VALUES {', '.join([_ROW] * count)}" for count in range(1, FEW + 1)}
_MANY = (
    _APPEND
    % """
    SELECT type, stream, at, actor, data::jsonb FROM unnest(
        %s::text[], %s::text[], %s::timestamptz[], %s::text[], %s::text[]
    ) WITH ORDINALITY AS fact (type, stream, at, actor, data, turn) ORDER BY turn
"""
)


def _append(notes: list[_Note]) -> None:
    if connection.vendor == "postgresql":
        _append_to_queue(notes)
        return
    records = EventRecord.objects.bulk_create(
        EventRecord(
            type=note.event.type,
            stream=note.event.stream,
            at=note.at,
            actor=note.actor,
            data=note.event.as_data(),
        )
        for note in notes
    )
    QueuedEvent.objects.bulk_create(QueuedEvent(event_id=record.id) for record in records)
    while give_positions(BATCH) == BATCH:
        pass
    transaction.on_commit(bell.grown.ring, robust=True)


def _append_to_queue(notes: list[_Note]) -> None:
    rows: list[tuple[Any, ...]] = [
        (
            note.event.type,
            note.event.stream,
            note.at,
            note.actor,
            orjson.dumps(note.event.as_data()).decode(),
        )
        for note in notes
    ]
    with prepared() as cursor:
        if len(rows) <= FEW:
            cursor.execute(_FEW[len(rows)], [*(each for row in rows for each in row), ASLEEP])
        else:
            cursor.execute(_MANY, [*map(list, zip(*rows, strict=True)), ASLEEP])
        [awake] = cursor.fetchone()
    if not awake:
        transaction.on_commit(doorbell.ring, robust=True)


def read(after: int, limit: int = READ_AT_MOST) -> list[Entry[Event]]:
    """Return at most `limit` entries with position > `after`, in order."""
    return [_entry(row.position, row) for row in rows(after, limit)]


def history(streams: Iterable[str]) -> list[Entry[Event]]:
    """Return every entry of these streams, in order; the archive's files are read where needed."""
    wanted = list(streams)
    places = LogPosition.objects.filter(event__stream__in=wanted).select_related("event")
    entries = {place.position: _entry(place.position, place.event) for place in places}
    for stream in ArchivedStream.objects.filter(stream__in=wanted):
        for kept in archived_history(stream.stream):
            entries[kept.position] = _entry(kept.position, kept.fact)
    return [entries[position] for position in sorted(entries)]


def entry_at(position: int) -> Entry[Event] | None:
    """Return one entry, also of an older position that stayed in the tables; None where gone."""
    place = LogPosition.objects.select_related("event").filter(position=position).first()
    return _entry(place.position, place.event) if place else None


class Row(NamedTuple):
    """An entry as it was kept, for those who pass entries on rather than act on them."""

    position: int
    type: str
    stream: str
    at: datetime
    actor: str
    data: dict[str, Any]


# Readers that catch up ask this for millions of entries, and every web process for each: half of
# the time would go into Django's wording of it and into moments. Without the stragglers of an
# archived stretch, between which others are missing. How many is written out: for a number that it
# does not know PostgreSQL plans to read a tenth of the log, by several workers.
_ROWS = """
    SELECT position, type, stream, at, actor, {data}
    FROM events_logposition JOIN events_eventrecord ON id = event_id
    WHERE position > {later_of}(%s, (SELECT archived FROM events_loghead WHERE id = 1))
    ORDER BY position LIMIT {limit:d}
"""
_WAYS = {
    "postgresql": {"data": "data::text", "later_of": "greatest"},
    "sqlite": {"data": "data", "later_of": "max"},
}
_COLUMNS = ("event__type", "event__stream", "event__at", "event__actor", "event__data")


def rows(after: int, limit: int = READ_AT_MOST) -> list[Row]:
    """Return what `read` would, plain: an entry whose class is not known here yet is no error."""
    with prepared() as cursor:
        cursor.execute(_ROWS.format(**_WAYS[connection.vendor], limit=limit), [after])
        found = cursor.fetchall()
    return [
        Row(position, type_, stream, _moment(at), actor, orjson.loads(data))
        for position, type_, stream, at, actor, data in found
    ]


def _moment(at: datetime) -> datetime:
    """SQLite keeps a moment in UTC without saying so."""
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def rows_of(streams: Iterable[str], *, type_: str | None = None) -> list[Row]:
    """Return every entry of these streams, or those of one type, plain and in order."""
    places = LogPosition.objects.filter(event__stream__in=list(streams)).order_by("position")
    if type_ is not None:
        places = places.filter(event__type=type_)
    return list(map(Row._make, places.values_list("position", *_COLUMNS)))


def head() -> int:
    """Return the last position handed out, 0 for an empty log."""
    return LogHead.objects.values_list("position", flat=True).get(id=1)


def queued() -> int:
    """Return how many recorded events wait for their position."""
    return QueuedEvent.objects.count()


def queued_seconds() -> float:
    """Return for how long the first of them waits, 0 where none does."""
    first = QueuedEvent.objects.order_by("event_id").values_list("event__at", flat=True).first()
    return max(0.0, (clock.now() - first).total_seconds()) if first else 0.0


def epoch() -> UUID:
    """Return which past this log has; it differs after a database was restored."""
    return LogHead.objects.values_list("epoch", flat=True).get(id=1)


def oldest() -> int:
    """Return the first position of which no later one is missing, 1 if nothing was archived."""
    return LogHead.objects.values_list("archived", flat=True).get(id=1) + 1


def renew_epoch() -> UUID:
    """Say that the log's past is another one than clients knew; returns the new epoch."""
    fresh = uuid4()
    LogHead.objects.filter(id=1).update(epoch=fresh)
    bell.grown.ring()
    return fresh


def _entry(position: int, said: EventRecord | Fact | Row) -> Entry[Event]:
    return Entry(
        position=position,
        type=said.type,
        stream=said.stream,
        at=said.at,
        actor=said.actor,
        event=event_from_data(said.type, said.data),
    )
