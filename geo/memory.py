"""The areas in force, kept in memory by each process: built beside, swapped in one step.

A lookup never waits for a newer version: it is answered by what is there. In a server a thread
looks every half second whether a version was added, changed or removed, and prepares what will be
in force tomorrow. Elsewhere (a command), the first question after half a second looks.
"""

import logging
import threading
import time
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import shapely
from django.db import Error, connection
from django.db.models import Count, Max, Q
from django.utils import timezone

from geo import geometry
from geo.models import AreaVersion, Level
from geo.places import AreaIndex, AreaRef, Shape

CHECK_EVERY_S = 0.5
"""How long a change may go unseen after another process has loaded boundaries."""

RAREST_S = 16.0
"""How long to wait at most before a database that does not answer is asked again."""

_MOST_DAYS = 4
"""Indexes of different days kept at a time: today's, and a few that a look back asks for."""

log = logging.getLogger(__name__)


@dataclass
class _Snapshot:
    """The versions as they stood at one check; `turns` are the days on which any changes."""

    stamp: Any
    turns: list[date]
    indexes: dict[int, AreaIndex] = field(default_factory=dict)
    shapes: dict[tuple[int, datetime], Shape] = field(default_factory=dict)

    def index_on(self, on: date) -> AreaIndex | None:
        return self.indexes.get(bisect_right(self.turns, on))

    def latest(self) -> AreaIndex | None:
        """Return the index that was made last, None before the first."""
        return next(reversed(self.indexes.values()), None)

    def keep(self, on: date, index: AreaIndex) -> None:
        while len(self.indexes) >= _MOST_DAYS:
            del self.indexes[next(iter(self.indexes))]
        self.indexes[bisect_right(self.turns, on)] = index


class Memory:
    """One snapshot for all threads: one renews it when it is old, the rest use what is there."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._snapshot: _Snapshot | None = None
        self._checked_at = 0.0
        self._wake = threading.Event()
        self._watched = False
        self.watcher: threading.Thread | None = None
        self.wants_watcher = False

    def forget(self) -> None:
        """Read everything afresh at the next question: what was read may never have been."""
        with self._lock:
            self._snapshot = None
            self._checked_at = 0.0

    def look_again(self) -> None:
        """Look for newer versions at once; until they are read, answers are as before."""
        self._checked_at = 0.0
        self._wake.set()

    def index_on(self, on: date) -> AreaIndex:
        snapshot = self._snapshot
        index = snapshot.index_on(on) if snapshot else None
        if index is not None and (
            self._watched
            or time.monotonic() - self._checked_at < CHECK_EVERY_S
            or not self._lock.acquire(blocking=False)
        ):
            return index
        if index is None:
            self._lock.acquire()
        try:
            return self._renewed(on)
        finally:
            self._lock.release()

    def _renewed(self, on: date) -> AreaIndex:
        began = time.monotonic()
        stamp = _stamp()
        snapshot = self._snapshot
        before = snapshot.latest() if snapshot else None
        if snapshot is None or snapshot.stamp != stamp:
            # What has not changed is not read again: boundaries are most of the work.
            known = snapshot.shapes if snapshot else {}
            snapshot = _Snapshot(stamp, _turns(), shapes=known)
        index = snapshot.index_on(on)
        if index is None:
            index, read = _read_index(on, snapshot.shapes, before)
            snapshot.shapes = read
            snapshot.keep(on, index)
        self._snapshot, self._checked_at = snapshot, began
        if self.wants_watcher and self.watcher is None:
            self._start_watcher()
        return index

    def _start_watcher(self) -> None:
        self.watcher = threading.Thread(target=self.watch, name="areas", daemon=True)
        self.watcher.start()

    def watch(self, stopped: Callable[[], bool] = lambda: False) -> None:
        """Keep the snapshot new until `stopped`; errors are logged, and what is known stays.

        A database that has gone away is asked ever more rarely until it is back.
        """
        self._watched = True
        wait = CHECK_EVERY_S
        try:
            while not stopped():
                self._wake.clear()
                wait = min(2 * wait, RAREST_S) if self._failed() else CHECK_EVERY_S
                self._wake.wait(wait)
        finally:
            self._watched = False

    def _failed(self) -> bool:
        """Look once; say whether it went wrong."""
        try:
            self._look()
            return False
        except Error as error:
            why = str(error).partition("\n")[0]
            log.warning("The areas could not be looked at; those known stay in use: %s", why)
        except Exception:
            log.exception("The areas could not be looked at; those known stay in use.")
        finally:
            connection.close()
        return True

    def _look(self) -> None:
        today = timezone.localdate()
        with self._lock:
            self._renewed(today)
            self._renewed(today + timedelta(days=1))


def _stamp() -> Any:
    """Return what differs as soon as any version was added, changed or removed."""
    return AreaVersion.objects.aggregate(Count("id"), Max("id"), Max("changed_at"))


def _turns() -> list[date]:
    days = AreaVersion.objects.values_list("valid_from", "valid_to").distinct().order_by()
    return sorted({day for pair in days for day in pair if day is not None})


def _read_index(
    on: date, known: Mapping[tuple[int, datetime], Shape], before: AreaIndex | None
) -> tuple[AreaIndex, dict[tuple[int, datetime], Shape]]:
    """Return the index of a day and its shapes by version; those known are taken as they are."""
    in_force = AreaVersion.objects.filter(
        Q(valid_to__isnull=True) | Q(valid_to__gt=on), valid_from__lte=on
    )
    keys = list(in_force.values_list("pk", "changed_at"))
    unread = [key[0] for key in keys if key not in known]
    read = dict(known)
    for part in _batched(unread, 500):
        versions = AreaVersion.objects.filter(pk__in=part).select_related("area", "parent")
        for version in versions:
            read[version.pk, version.changed_at] = _shape(version)
    # One that is not there has changed since a moment ago: the next check sees that.
    kept = {key: read[key] for key in keys if key in read}
    shapes: dict[str, list[Shape]] = {Level.PROVINCE: [], Level.COMMUNE: []}
    for shape in kept.values():
        shapes[shape.ref.level].append(shape)
    return AreaIndex(shapes[Level.COMMUNE], shapes[Level.PROVINCE], before), kept


def _batched(items: Sequence[int], size: int) -> Iterator[Sequence[int]]:
    """Yield the items, so many at a time."""
    for start in range(0, len(items), size):
        yield items[start : start + size]


def _shape(version: AreaVersion) -> Shape:
    area = version.area
    return Shape(
        ref=AreaRef(
            code=area.code,
            name_vi=version.name_vi,
            name_en=version.name_en,
            kind=version.kind,
            level=area.level,
            version_id=version.pk,
        ),
        parent=version.parent.code if version.parent else "",
        ground=geometry.as_multipolygon(shapely.from_wkb(bytes(version.boundary))),
        approximate=version.approximate,
    )


memory = Memory()
