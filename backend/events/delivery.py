"""Bringing entries to subscribers: what they write commits together with their checkpoint."""

import logging
from datetime import timedelta

from django.db import connection

from backend import clock
from backend.events.log import entry_at, head, oldest, read, recording
from backend.events.models import Checkpoint, LogHead, SkippedEvent
from backend.events.positions import BATCH as POSITIONS
from backend.events.positions import give_positions
from backend.events.prepared import prepared
from backend.events.subscriber import Subscriber, subscribers
from backend.events.types import Entry, Event

logger = logging.getLogger(__name__)

BATCH = 100
ATTEMPTS = 8
FIRST_DELAY = timedelta(seconds=1)


def deliver_next(subscriber: Subscriber, limit: int = BATCH) -> bool:
    """Deliver the next batch in one transaction; True if the subscriber moved on.

    A batch that fails is given again entry by entry. An entry that fails alone is tried again
    after 1, 2, 4 … seconds; after 8 attempts it is set aside and the subscriber moves on.
    """
    if not _is_behind(subscriber):
        return False  # Looked at first: most turns find nothing, and need no lock for it.
    try:
        return _deliver(subscriber, limit)
    except Exception as error:
        return _recover(subscriber, limit, error)


def deliver_all(*names: str) -> None:
    """Deliver until no subscriber, or none of those named, moves any more.

    For one process, the demo, and tests.
    """
    moved = True
    while moved:
        moved = False
        for name, subscriber in tuple(subscribers.items()):
            if not names or name in names:
                moved |= deliver_next(subscriber)


def settle(*names: str) -> None:
    """Hand out positions, then deliver as `deliver_all` does: for a process that is alone."""
    while give_positions(POSITIONS) == POSITIONS:
        pass
    deliver_all(*names)


@recording()
def skip_to_head(name: str) -> int:
    """Let a subscriber pass over all that the log holds; returns where it stands now.

    For a history that is imported: nobody is told today of what happened weeks ago.
    """
    checkpoint, _created = Checkpoint.objects.select_for_update().get_or_create(
        subscriber=subscribers[name].name
    )
    position = max(head(), checkpoint.position)
    _advance(name, position)
    return position


_BEHIND = """
    SELECT position > coalesce((SELECT position FROM events_checkpoint WHERE subscriber = %s), 0)
    FROM events_loghead WHERE id = 1
"""


def _is_behind(subscriber: Subscriber) -> bool:
    with prepared() as cursor:
        cursor.execute(_BEHIND, [subscriber.name])
        return bool(cursor.fetchone()[0])


def _recover(subscriber: Subscriber, limit: int, error: Exception) -> bool:
    if connection.in_atomic_block and connection.needs_rollback:
        raise error
    if limit == 1:
        return _postpone(subscriber, error)
    moved = False
    for _turn in range(limit):
        try:
            if not _deliver(subscriber, 1):
                return moved
            moved = True
        except Exception as alone:
            return _postpone(subscriber, alone) or moved
    return moved


@recording()
def _deliver(subscriber: Subscriber, limit: int) -> bool:
    entries = _next_entries(subscriber, limit)
    if not entries:
        return False
    subscriber.hear(entries)
    _advance(subscriber.name, entries[-1].position)
    return True


def _next_entries(subscriber: Subscriber, limit: int) -> list[Entry[Event]]:
    """Lock the checkpoint and return what is to be heard now; nothing while another has it."""
    position = _locked_and_well(subscriber)
    if position is not None:
        return read(position, limit)
    checkpoint = _locked(subscriber)
    if checkpoint is None or (checkpoint.retry_at and checkpoint.retry_at > clock.now()):
        return []
    return read(checkpoint.position, 1 if checkpoint.attempts else limit)


# By hand, with what advances it: Django would take longer to word them than all else that is done
# for an entry which the subscriber does not care for.
_WELL = "SELECT position FROM events_checkpoint WHERE subscriber = %s AND retry_at IS NULL"
_ADVANCE = """
    UPDATE events_checkpoint SET position = %s, attempts = 0, retry_at = NULL, error = ''
    WHERE subscriber = %s
"""


def _locked_and_well(subscriber: Subscriber) -> int | None:
    """Return the position of a free checkpoint whose next entry has not failed, else None."""
    alone = connection.vendor == "sqlite"  # whoever writes has the whole database
    with prepared() as cursor:
        cursor.execute(_WELL if alone else f"{_WELL} FOR UPDATE SKIP LOCKED", [subscriber.name])
        row = cursor.fetchone()
    return row[0] if row else None


def _advance(name: str, position: int) -> None:
    with prepared() as cursor:
        cursor.execute(_ADVANCE, [position, name])


def _locked(subscriber: Subscriber) -> Checkpoint | None:
    """The checkpoint, or None while another process delivers to the same subscriber."""
    free = Checkpoint.objects.select_for_update(
        skip_locked=connection.features.has_select_for_update_skip_locked
    )
    found = free.filter(subscriber=subscriber.name).first()
    if found or Checkpoint.objects.filter(subscriber=subscriber.name).exists():
        return found
    return Checkpoint.objects.get_or_create(subscriber=subscriber.name)[0]


@recording()
def _postpone(subscriber: Subscriber, error: Exception) -> bool:
    """Count the failure; True when the entry was set aside at last."""
    checkpoint = _locked(subscriber)
    if checkpoint is None:
        return False
    failing = max(checkpoint.position + 1, oldest())
    logger.error("%s failed at %s.", subscriber.name, failing, exc_info=error)
    checkpoint.attempts += 1
    if checkpoint.attempts >= ATTEMPTS:
        SkippedEvent.objects.update_or_create(
            subscriber=subscriber.name,
            position=failing,
            defaults={"error": repr(error)[:2000], "skipped_at": clock.now(), "handled_at": None},
        )
        _advance(subscriber.name, failing)
        return True
    checkpoint.retry_at = clock.now() + FIRST_DELAY * 2 ** (checkpoint.attempts - 1)
    checkpoint.error = repr(error)[:2000]
    checkpoint.save()
    return False


@recording()
def try_again(skipped_id: int) -> None:
    """Give a skipped entry to its subscriber once more; errors rise and leave it skipped.

    One that was handled meanwhile, by another person who was asked, is not given again.
    """
    skipped = SkippedEvent.objects.select_for_update().get(id=skipped_id)
    if skipped.handled_at:
        return
    entry = entry_at(skipped.position)
    if entry is None:
        raise LookupError(f"Entry {skipped.position} is in the archive.")
    subscribers[skipped.subscriber].hear([entry])
    skipped.handled_at = clock.now()
    skipped.save(update_fields=["handled_at"])


def lags() -> dict[str, int]:
    """Return for each subscriber how many entries it has yet to hear."""
    end = LogHead.objects.values_list("position", flat=True).get(id=1)
    reached = dict(Checkpoint.objects.values_list("subscriber", "position"))
    return {name: end - reached.get(name, 0) for name in subscribers}


def skipped_count() -> int:
    """Return how many entries wait for a person."""
    return SkippedEvent.objects.filter(handled_at=None).count()
