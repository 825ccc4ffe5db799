"""Where a point lies, asked in process: the areas in force stay in memory until one changes."""

import threading
import time
from bisect import bisect_right
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import shapely
from django.conf import settings
from django.db.models import Count, Max, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from geo import geometry
from geo.errors import FarOutside, OutOfRange
from geo.models import AreaVersion, Level
from geo.places import AreaIndex, AreaRef, Place, Reach, Shape

__all__ = ["AreaRef", "Place", "forget", "index_on", "locate"]

CHECK_EVERY_S = 1.0
"""How stale an answer may be after another process has loaded boundaries."""

_MOST_DAYS = 4
"""Indexes of different days kept at a time: today's, and a few that a look back asks for."""


def locate(
    lat: float, lon: float, *, on: date | None = None, accuracy_m: float | None = None
) -> Place:
    """Return the place of a point, by the boundaries in force on a day (today, if none is said).

    `accuracy_m` is the radius in metres in which the point may really lie.
    Raises OutOfRange for what is no position, FarOutside for one too far from the province.
    """
    if not geometry.is_position(lat, lon):
        raise OutOfRange
    if accuracy_m is not None and not 0 <= accuracy_m < float("inf"):
        raise OutOfRange(
            _("The accuracy is a number of metres, 0 or more."), field="location.accuracy_m"
        )
    reach = Reach(nearest_m=settings.NEAREST_UNIT_M, far_m=settings.FAR_OUTSIDE_KM * 1_000)
    place = index_on(on).find(lat, lon, accuracy_m=accuracy_m or 0.0, reach=reach)
    if place is None:
        raise FarOutside(limit_km=settings.FAR_OUTSIDE_KM)
    return place


def index_on(on: date | None = None) -> AreaIndex:
    """Return the areas in force on a day (today, if none is said)."""
    return _memory.index_on(on or timezone.localdate())


def forget() -> None:
    """Read the areas afresh at the next question, in this process."""
    _memory.forget()


@dataclass
class _Snapshot:
    """The versions as they stood at one check; `turns` are the days on which any changes."""

    stamp: Any
    turns: list[date]
    indexes: dict[int, AreaIndex] = field(default_factory=dict)

    def index_on(self, on: date) -> AreaIndex | None:
        return self.indexes.get(bisect_right(self.turns, on))

    def keep(self, on: date, index: AreaIndex) -> None:
        while len(self.indexes) >= _MOST_DAYS:
            del self.indexes[next(iter(self.indexes))]
        self.indexes[bisect_right(self.turns, on)] = index


class _Memory:
    """One snapshot for all threads: one renews it when it is old, the rest use what is there."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._snapshot: _Snapshot | None = None
        self._checked_at = 0.0

    def forget(self) -> None:
        with self._lock:
            self._snapshot = None

    def index_on(self, on: date) -> AreaIndex:
        snapshot = self._snapshot
        index = snapshot.index_on(on) if snapshot else None
        fresh = time.monotonic() - self._checked_at < CHECK_EVERY_S
        # With an answer in hand nobody waits for the thread that is renewing it.
        if index is not None and (fresh or not self._lock.acquire(blocking=False)):
            return index
        if index is None:
            self._lock.acquire()
        try:
            return self._renewed(on)
        finally:
            self._lock.release()

    def _renewed(self, on: date) -> AreaIndex:
        stamp = _stamp()
        snapshot = self._snapshot
        if snapshot is None or snapshot.stamp != stamp:
            snapshot = _Snapshot(stamp, _turns())
        index = snapshot.index_on(on)
        if index is None:
            index = _read_index(on)
            snapshot.keep(on, index)
        self._snapshot, self._checked_at = snapshot, time.monotonic()
        return index


def _stamp() -> Any:
    """Return what differs as soon as any version was added, changed or removed."""
    return AreaVersion.objects.aggregate(Count("id"), Max("id"), Max("changed_at"))


def _turns() -> list[date]:
    days = AreaVersion.objects.values_list("valid_from", "valid_to").distinct().order_by()
    return sorted({day for pair in days for day in pair if day is not None})


def _read_index(on: date) -> AreaIndex:
    in_force = AreaVersion.objects.filter(
        Q(valid_to__isnull=True) | Q(valid_to__gt=on), valid_from__lte=on
    ).select_related("area__parent")
    shapes: dict[str, list[Shape]] = {Level.PROVINCE: [], Level.COMMUNE: []}
    for version in in_force.iterator(chunk_size=500):
        shapes[version.area.level].append(_shape(version))
    return AreaIndex(units=shapes[Level.COMMUNE], provinces=shapes[Level.PROVINCE])


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
        parent=area.parent.code if area.parent else "",
        ground=geometry.as_multipolygon(shapely.from_wkb(bytes(version.boundary))),
        approximate=version.approximate,
    )


_memory = _Memory()
