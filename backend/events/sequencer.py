"""Who hands out positions on PostgreSQL: one elected process, and another as soon as it falters.

The election is a session advisory lock; what keeps the log *right* is that a batch is kept only
if the head row is where it was, so a deposed sequencer that wakes late can do no harm. The leader
shows that it is alive by its work: a standby that sees the same event wait at the queue's front
for PATIENCE ends the leader's session, whether its process was stopped, its host is lost, or it
holds the head, and leads itself.

A second lock, ASLEEP, spares the doorbell. The leader holds it while it waits to be rung. A writer
tries to share it in the statement that appends: it can, so the leader is awake, and cannot fall
asleep before the writer's commit is seen, since the share lasts until then; it cannot, so the
writer rings after its commit. Under load nobody rings, and no ring is missed.
"""

import logging
import time
from contextlib import suppress

from django.db import DatabaseError, connection

from backend.events import bell
from backend.events.positions import BATCH, give_positions
from backend.events.prepared import prepared

logger = logging.getLogger(__name__)

LOCK = 0x48_54_4C_4F_47  # "HTLOG"
ASLEEP = LOCK + 1
PATIENCE = 1.0
"""Seconds that one event may wait at the front of the queue before a standby takes over."""

POLL = 0.05
"""Seconds that a sleeping leader waits for the bell before it looks all the same."""
BREATH = 0.004
"""Seconds that a leader waits after a small batch, and between looks when none can sleep."""
LONG_BREATH = 0.02
"""Seconds after a batch when much goes on: each is to be worth its commit."""
MANY = 8
"""Positions in one batch that say so, whatever went before."""
STREAK = 25
"""Batches in a row that say so too, with no look between them that found nothing: more than a few
people who happen to act at once."""
STANDBY = 0.2

_WAITING = """
    SELECT (SELECT min(event_id) FROM events_queuedevent), (
        SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND granted AND objsubid = 1
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
        AND classid = %s AND objid = %s
    )
"""
_END = """
    SELECT pg_terminate_backend(pid) FROM pg_locks
    WHERE locktype = 'advisory' AND granted AND objsubid = 1 AND pid = %s
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
    AND classid = %s AND objid = %s
"""
_LOCK_PARTS = (LOCK >> 32, LOCK & 0xFFFFFFFF)


class Sequencer:
    """One process's part in handing out positions; use it from one thread."""

    def __init__(self) -> None:
        self._leads = False
        self._asleep = False
        self._streak = 0
        self._watched: tuple[int, int] | None = None
        self._watched_since = 0.0

    def turn(self) -> int:
        """Hand out what waits, if it is ours to do; returns how many positions."""
        if connection.vendor == "sqlite":
            return 0  # The writer has done it, in its own transaction.
        self._leads = self._leads or _ask("SELECT pg_try_advisory_lock(%s)", LOCK)
        if not self._leads:
            self._watch()
            return 0
        given = give_positions()
        if not given and self._falls_asleep():
            given = give_positions()  # what arrived in that moment has not rung
        if given:
            bell.grown.ring()
            self._wake()
        return given

    def wait(self, doorbell: bell.Bell, heard: int, *, given: int) -> None:
        """Return when the next turn should be: at a ring if the leader sleeps, or soon."""
        self._streak = self._streak + 1 if given else 0
        if self._asleep:
            doorbell.wait(heard, POLL)
        elif self._leads and given < BATCH:
            much = given >= MANY or self._streak >= STREAK
            time.sleep(LONG_BREATH if much else BREATH)
        elif self._leads:
            return  # more waits than one batch takes
        else:
            time.sleep(STANDBY)

    def lost_connection(self) -> None:
        """Forget the lead, and let go of the locks before the connection returns to a pool."""
        self._leads = self._asleep = False
        self._watched = None
        with suppress(DatabaseError), connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock_all()")

    def resign(self) -> None:
        """Give the lead up, so that another takes over at once."""
        self._wake()
        if self._leads:
            _ask("SELECT pg_advisory_unlock(%s)", LOCK)
        self._leads = False

    def _falls_asleep(self) -> bool:
        """Fall asleep, unless it is asleep already or a writer is on its way."""
        if self._asleep:
            return False
        self._asleep = _ask("SELECT pg_try_advisory_lock(%s)", ASLEEP)
        return self._asleep

    def _wake(self) -> None:
        if self._asleep:
            _ask("SELECT pg_advisory_unlock(%s)", ASLEEP)
        self._asleep = False

    def _watch(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute(_WAITING, _LOCK_PARTS)
            first, leader = cursor.fetchone()
        if first is None or leader is None:
            self._watched = None
        elif self._watched != (first, leader):
            self._watched, self._watched_since = (first, leader), time.monotonic()
        elif time.monotonic() - self._watched_since >= PATIENCE:
            self._watched = None
            self._depose(leader)

    def _depose(self, leader: int) -> None:
        logger.warning("The sequencer (backend %s) does not move; taking over.", leader)
        try:
            _ask(_END, leader, *_LOCK_PARTS)
        except DatabaseError as error:
            # Another database role's session. What waits is handed out all the same, if it can be.
            logger.warning("It cannot be ended: %s", error)
            if give_positions(wait=False):
                bell.grown.ring()


def _ask(question: str, *parameters: int) -> bool:
    with prepared() as cursor:
        cursor.execute(question, parameters or None)
        row = cursor.fetchone()
    return bool(row and row[0])
