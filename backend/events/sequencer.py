"""Who hands out positions on PostgreSQL: one elected process, and another as soon as it falters.

The election is a session advisory lock; what keeps the log right is the head row's lock, so a
deposed sequencer that wakes late can do no harm. A standby that sees the queue wait longer than
PATIENCE hands out a batch itself: a stopped or unreachable leader delays nobody for long.
"""

from contextlib import suppress
from datetime import timedelta

from django.db import DatabaseError, connection
from django.db.models import Min

from backend.events import bell
from backend.events.models import QueuedEvent
from backend.events.positions import give_positions

LOCK = 0x48_54_4C_4F_47  # "HTLOG"
PATIENCE = timedelta(seconds=1)


class Sequencer:
    """One process's part in handing out positions; use it from one thread."""

    def __init__(self) -> None:
        self._leads = False

    def turn(self) -> int:
        """Hand out what waits, if it is ours to do; returns how many positions."""
        if connection.vendor == "sqlite":
            return 0  # The writer has done it, in its own transaction.
        self._leads = self._leads or _try_lock()
        if not self._leads and not _queue_is_stale():
            return 0
        if not QueuedEvent.objects.exists():
            return 0  # Looked at first, since most turns find nothing and a lock costs four trips.
        given = 0
        while count := give_positions(wait=self._leads):
            given += count
            bell.grown.ring()
        return given

    def lost_connection(self) -> None:
        """Forget the lead, and let go of the lock before the connection returns to a pool."""
        self._leads = False
        with suppress(DatabaseError), connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock_all()")

    def resign(self) -> None:
        """Give the lead up, so that another takes over at once."""
        if self._leads:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])
        self._leads = False


def _try_lock() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
        [taken] = cursor.fetchone()
    return bool(taken)


def _queue_is_stale() -> bool:
    first = QueuedEvent.objects.aggregate(first=Min("event_id"))["first"]
    if first is None:
        return False
    with connection.cursor() as cursor:
        # The database's clock, since hosts disagree; the transaction's own start is its `at`.
        cursor.execute(
            "SELECT at < now() - make_interval(secs => %s) FROM events_eventrecord WHERE id = %s",
            [PATIENCE.total_seconds(), first],
        )
        row = cursor.fetchone()
    return bool(row and row[0])
