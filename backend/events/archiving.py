"""Moving entries to the archive and finding them there again."""

from collections.abc import Iterator
from datetime import datetime
from itertools import groupby

from django.db import transaction
from django.db.models import Min, QuerySet

from backend.events import archive
from backend.events.archive import Kept
from backend.events.models import (
    ArchivedStream,
    Checkpoint,
    EventRecord,
    LogHead,
    LogPosition,
    SkippedEvent,
)
from backend.events.positions import Fact
from backend.events.subscriber import subscribers

STRETCH = 20_000
"""Entries in one file, at most."""


def archive_before(moment: datetime, stretch: int = STRETCH) -> Iterator[archive.Manifest]:
    """Move all entries recorded before a moment; yields each file once its rows are deleted.

    Stops before the first entry that is younger, that a subscriber has yet to hear, or that has
    no place. Raises archive.Broken, with nothing deleted, if a file cannot be read back or another
    run is at it.
    """
    with archive.alone():
        yield from _archive_before(moment, stretch)


def _archive_before(moment: datetime, stretch: int) -> Iterator[archive.Manifest]:
    head = LogHead.objects.get(id=1)
    archive.forget_unfinished(head.archived)
    _let_go_of_what_rests(head.archived, moment)
    end = _end_before(moment)
    while head.archived < end:
        places = LogPosition.objects.filter(position__gt=head.archived, position__lte=end)
        entries = [_kept(place) for place in _with_events(places)[:stretch]]
        manifest = archive.write(entries, bytes(head.archived_hash))
        head = _leave(entries, moment)
        yield manifest


def archived_history(stream: str) -> list[Kept]:
    """Return the entries of a stream that are in the files alone, in order."""
    mark = ArchivedStream.objects.filter(stream=stream).first()
    if mark is None:
        return []
    return [
        entry
        for manifest in archive.manifests()
        if manifest.first <= mark.last and manifest.last >= mark.first
        for entry in archive.read_file(manifest)
        if entry.fact.stream == stream and mark.first <= entry.position <= mark.last
    ]


def _end_before(moment: datetime) -> int:
    """Return the last position of the stretch that may leave."""
    younger = LogPosition.objects.filter(event__at__gte=moment, position__gt=_archived())
    first_younger = younger.aggregate(first=Min("position"))["first"]
    last = LogHead.objects.values_list("position", flat=True).get(id=1)
    heard = dict(Checkpoint.objects.values_list("subscriber", "position"))
    reached = min((heard.get(name, 0) for name in subscribers), default=last)
    return min(last, reached, first_younger - 1 if first_younger else last)


def _archived() -> int:
    return LogHead.objects.values_list("archived", flat=True).get(id=1)


def _with_events(places: QuerySet[LogPosition]) -> QuerySet[LogPosition]:
    return places.select_related("event").order_by("position")


def _kept(place: LogPosition) -> Kept:
    return Kept(place.position, Fact.of(place.event), bytes(place.hash))


@transaction.atomic
def _leave(entries: list[Kept], moment: datetime) -> LogHead:
    """Delete the rows of a stretch that is safe in its file, and say so in the head."""
    head = LogHead.objects.select_for_update().get(id=1)
    if head.archived != entries[0].position - 1:
        raise archive.Broken("Somebody else archives at the same time.")
    head.archived, head.archived_hash = entries[-1].position, entries[-1].hash
    head.save(update_fields=["archived", "archived_hash"])
    _delete([(entry.position, entry.fact.id, entry.fact.stream) for entry in entries], moment)
    return head


Row = tuple[int, int, str]
"""Position, the event's id, its stream."""


def _let_go_of_what_rests(archived: int, moment: datetime) -> None:
    """Delete the rows that stayed behind earlier and are needed no more: the files have them."""
    after = 0
    while True:
        left = LogPosition.objects.filter(position__gt=after, position__lte=archived)
        rows = left.order_by("position").values_list("position", "event_id", "event__stream")
        chunk = list(rows[:STRETCH])
        if not chunk:
            return
        with transaction.atomic():
            _delete(chunk, moment)
        after = chunk[-1][0]


def _delete(rows: list[Row], moment: datetime) -> None:
    needed = archive.needed_of({stream for _position, _event, stream in rows}, moment)
    skipped = set(SkippedEvent.objects.filter(handled_at=None).values_list("position", flat=True))
    gone = [row for row in rows if row[2] not in needed and row[0] not in skipped]
    _mark(gone)
    LogPosition.objects.filter(position__in=[position for position, _, _ in gone]).delete()
    EventRecord.objects.filter(id__in=[event for _, event, _ in gone]).delete()


def _mark(gone: list[Row]) -> None:
    """Remember for each stream between which positions the files alone have entries of it."""
    by_stream = sorted((stream, position) for position, _event, stream in gone)
    ends = {
        stream: (group[0][1], group[-1][1])
        for stream, found in groupby(by_stream, key=lambda pair: pair[0])
        if (group := list(found))
    }
    known = ArchivedStream.objects.in_bulk(list(ends))
    ArchivedStream.objects.bulk_create(
        (
            ArchivedStream(
                stream=stream,
                first=min(first, known[stream].first) if stream in known else first,
                last=max(last, known[stream].last) if stream in known else last,
            )
            for stream, (first, last) in ends.items()
        ),
        update_conflicts=True,
        unique_fields=["stream"],
        update_fields=["first", "last"],
    )
