"""Search for units, former units, places and streets, from memory, with where they are today."""

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Max

from geo.gazetteer import FORMER, STREET, UNIT, Gazetteer, Named
from geo.locator import index_on
from geo.models import AreaVersion, PlaceName
from geo.places import AreaIndex, AreaRef

CHECK_EVERY_S = 1.0


@dataclass(frozen=True)
class Found:
    """A name found: its units of today, several where it was split or its place is not known."""

    kind: str
    name: str
    context: str
    areas: tuple[AreaRef, ...]
    lat: float | None
    lon: float | None

    def label(self, *, english: bool = False) -> str:
        """Return the name as it is shown; of a former unit, with what became of it."""
        if self.kind != FORMER:
            return self.name
        names = [area.name_en if english else area.name_vi for area in self.areas]
        former = f"{self.name} ({'former' if english else 'cũ'})"
        return f"{former} → {', '.join(names)}" if names else former


def search(typed: str, limit: int = 10) -> list[Found]:
    """Return what the words may mean, the likeliest first; `limit` at most."""
    index = index_on()
    return [_found(one, index) for one in _memory.gazetteer(index).find(typed, limit)]


def units_called(typed: str) -> list[str]:
    """Return the codes of the units in force of just this name; several may share one."""
    found = _memory.gazetteer(index_on()).called(typed)
    return [code for one in found if one.kind == UNIT for code in one.areas]


def has_streets() -> bool:
    """Say whether a search can find streets: their names have to be loaded."""
    return PlaceName.objects.filter(kind=STREET).exists()


def _found(one: Named, index: AreaIndex) -> Found:
    areas = tuple(area for code in one.areas if (area := index.area(code)))
    lat, lon = one.lat, one.lon
    if lat is None and len(areas) == 1:
        lat, lon = index.heart(areas[0].code)
    return Found(one.kind, one.name, one.context, areas, lat, lon)


class _Memory:
    """The gazetteer of the areas in force and the names loaded, read anew when either changes."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._made: tuple[AreaIndex, Any, Gazetteer] | None = None
        self._checked_at = 0.0

    def gazetteer(self, index: AreaIndex) -> Gazetteer:
        made = self._made
        fresh = time.monotonic() - self._checked_at < CHECK_EVERY_S
        if made and made[0] is index and fresh:
            return made[2]
        with self._lock:
            # Nothing is ever changed in place: a file of names is replaced by new rows.
            stamp = PlaceName.objects.aggregate(Count("id"), Max("id"))
            made = self._made
            if made is None or made[0] is not index or made[1] != stamp:
                made = (index, stamp, Gazetteer(_names(index)))
                self._made = made
            self._checked_at = time.monotonic()
            return made[2]


def _names(index: AreaIndex) -> Iterator[Named]:
    in_force = {shape.ref.code: shape for shape in (*index.provinces, *index.units)}
    for code, shape in in_force.items():
        parent = in_force.get(shape.parent)
        yield Named(UNIT, shape.ref.name_vi, parent.ref.name_vi if parent else "", (code,))
    earlier = AreaVersion.objects.values_list("area__code", "name_vi").distinct().order_by()
    for code, name in earlier:
        if code in in_force and name != in_force[code].ref.name_vi:
            yield Named(FORMER, name, "", (code,))
    rows = PlaceName.objects.values_list("kind", "name", "context", "areas", "lat", "lon")
    for kind, name, context, areas, lat, lon in rows.iterator(chunk_size=5_000):
        yield Named(kind, name, context, tuple(areas), lat, lon)


_memory = _Memory()
