"""Is the log what was written? Every hash is computed again from the first entry on."""

from collections.abc import Callable, Iterator

from backend.events.models import LogHead, LogPosition
from backend.events.positions import Fact, chained

CHUNK = 2000


def faults(progress: Callable[[int], None] = lambda _position: None) -> Iterator[str]:
    """Yield a sentence for each break in the chain; `progress` hears the position reached."""
    position, previous = 0, bytes(32)
    places = LogPosition.objects.select_related("event").order_by("position")
    for place in places.iterator(chunk_size=CHUNK):
        if place.position != position + 1:
            yield f"Positions {position + 1} to {place.position - 1} are missing."
        elif chained(previous, place.position, Fact.of(place.event)) != bytes(place.hash):
            yield f"Entry {place.position} ({place.event.type}) is not what was recorded."
        position, previous = place.position, bytes(place.hash)
        if position % CHUNK == 0:
            progress(position)
    head = LogHead.objects.get(id=1)
    if (head.position, bytes(head.hash)) != (position, previous):
        yield f"The head says {head.position}, the last entry is {position}."
