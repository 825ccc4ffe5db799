"""Is the log what was written? Every hash is computed again, from the first entry on."""

from collections.abc import Callable, Iterator

from backend.events import archive
from backend.events.models import LogHead, LogPosition
from backend.events.positions import Fact, chained

CHUNK = 2000

Progress = Callable[[int], None]


def faults(progress: Progress = lambda _position: None, *, files: bool = True) -> Iterator[str]:
    """Yield a sentence for each break in the chain; `progress` hears the position reached.

    `files=False` believes the archive, and begins where it ends.
    """
    head = LogHead.objects.get(id=1)
    if files:
        yield from _faults_of_files(head, progress)
    position, previous = head.archived, bytes(head.archived_hash)
    places = LogPosition.objects.filter(position__gt=position)
    for place in places.select_related("event").order_by("position").iterator(chunk_size=CHUNK):
        if place.position != position + 1:
            yield f"Positions {position + 1} to {place.position - 1} are missing."
        elif chained(previous, place.position, Fact.of(place.event)) != bytes(place.hash):
            yield f"Entry {place.position} ({place.event.type}) is not what was recorded."
        position, previous = place.position, bytes(place.hash)
        if position % CHUNK == 0:
            progress(position)
    if (head.position, bytes(head.hash)) != (position, previous):
        yield f"The head says {head.position}, the last entry is {position}."


def _faults_of_files(head: LogHead, progress: Progress) -> Iterator[str]:
    position, previous = 0, bytes(32).hex()
    for manifest in archive.manifests():
        if manifest.first > head.archived:
            break  # of a run that was killed: its rows are all in the tables
        if (manifest.first, manifest.previous) != (position + 1, previous):
            yield f"{manifest.file} does not go on from position {position}."
        try:
            yield from _faults_of_rows(manifest)
        except archive.Broken as error:
            yield str(error)
        position, previous = manifest.last, manifest.hash
        progress(position)
    if (position, previous) != (head.archived, bytes(head.archived_hash).hex()):
        yield f"The archive should end at {head.archived}; it ends at {position}."


def _faults_of_rows(manifest: archive.Manifest) -> Iterator[str]:
    """Compare the rows that stayed in the tables with what the file says of them."""
    left = LogPosition.objects.filter(position__range=(manifest.first, manifest.last))
    rows = {place.position: place for place in left.select_related("event")}
    for entry in archive.read_file(manifest):
        place = rows.get(entry.position)
        if place and (Fact.of(place.event), bytes(place.hash)) != (entry.fact, entry.hash):
            yield f"Entry {entry.position} ({entry.fact.type}) is not what was recorded."
