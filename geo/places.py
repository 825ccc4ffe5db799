"""Which unit a point lies in, and how sure that is. Pure: shapes in, a place out."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry import MultiPolygon

from geo import geometry

MOST_CANDIDATES = 8
"""More than a person can weigh; a wide circle in a city would list dozens."""

SEVERAL_UNITS = "several_units"
NEAR_BOUNDARY = "near_boundary"
NEAREST_UNIT = "nearest_unit"
OUTSIDE_UNITS = "outside_units"


@dataclass(frozen=True)
class AreaRef:
    """An area as it was in one version."""

    code: str
    name_vi: str
    name_en: str
    kind: str
    level: str
    version_id: int


@dataclass(frozen=True)
class Place:
    """Where a point lies.

    `candidates` are all units that it may lie in, the chosen one first. `distance_m` leads to the
    nearest unit, 0 inside one; None where no unit is near enough to be looked at.
    """

    area: AreaRef | None
    province: AreaRef | None
    candidates: tuple[AreaRef, ...] = ()
    doubt: tuple[str, ...] = ()
    distance_m: float | None = None


NOWHERE = Place(area=None, province=None, doubt=(OUTSIDE_UNITS,))


@dataclass(frozen=True)
class Shape:
    """An area with its ground; `parent` is the code of the province."""

    ref: AreaRef
    parent: str
    ground: MultiPolygon
    approximate: bool = False


@dataclass(frozen=True)
class Reach:
    """How far from a unit a point still counts as its own, and how far as the province's."""

    nearest_m: float = 2_000.0
    far_m: float = 50_000.0


class _Layer:
    """Shapes that do not change, searched by box first; safe to ask from many threads."""

    def __init__(self, shapes: Iterable[Shape]) -> None:
        # Smallest first, then by code: the fixed way in which a tie is broken.
        areas = [(geometry.area_m2(shape.ground), shape.ref.code, shape) for shape in shapes]
        self.shapes = [shape for *_, shape in sorted(areas, key=lambda area: area[:2])]
        self._grounds = np.array([shape.ground for shape in self.shapes], dtype=object)
        self._tree = shapely.STRtree(self._grounds)
        self._warm()

    def _warm(self) -> None:
        """Build every lazy index now: GEOS builds them at the first question, unlocked."""
        shapely.prepare(self._grounds)
        if self.shapes:
            west, south, east, north = shapely.bounds(self._grounds).T
            shapely.intersects_xy(self._grounds, (west + east) / 2, (south + north) / 2)
            self._tree.query(self._grounds[0])

    def covering(self, lat: float, lon: float) -> list[Shape]:
        """Return the shapes that hold the point, edges included, in tie-breaking order."""
        near = self._tree.query(shapely.Point(lon, lat))
        held = near[shapely.intersects_xy(self._grounds[near], lon, lat)]
        return [self.shapes[number] for number in sorted(held)]

    def within(self, lat: float, lon: float, metres: float) -> list[tuple[float, Shape]]:
        """Return the shapes within so many metres, nearest first, ties broken as ever."""
        near = sorted(self._tree.query(shapely.box(*geometry.box_around(lat, lon, metres))))
        measured = [
            (geometry.distance_m(lat, lon, self._grounds[number]), number) for number in near
        ]
        return [(far, self.shapes[number]) for far, number in sorted(measured) if far <= metres]


class AreaIndex:
    """The areas in force on one day."""

    def __init__(self, units: Iterable[Shape], provinces: Iterable[Shape]) -> None:
        self._units = _Layer(units)
        self._provinces = _Layer(provinces)
        self._by_code = {
            shape.ref.code: shape for shape in (*self._units.shapes, *self._provinces.shapes)
        }

    @property
    def units(self) -> Sequence[Shape]:
        return self._units.shapes

    @property
    def provinces(self) -> Sequence[Shape]:
        return self._provinces.shapes

    def area(self, code: str) -> AreaRef | None:
        """Return the area of a code, or None where none of it is in force."""
        shape = self._by_code.get(code)
        return shape.ref if shape else None

    def find(self, lat: float, lon: float, *, accuracy_m: float, reach: Reach) -> Place | None:
        """Return the place of the point, or None where it is far from everything here."""
        if not self.units and not self.provinces:
            return NOWHERE
        covering = self._units.covering(lat, lon)
        if covering:
            return self._inside(lat, lon, covering, accuracy_m)
        return self._outside(lat, lon, reach)

    def _inside(self, lat: float, lon: float, covering: list[Shape], accuracy_m: float) -> Place:
        candidates = list(covering)
        doubt: tuple[str, ...] = (SEVERAL_UNITS,) if len(covering) > 1 else ()
        if geometry.edge_within(lat, lon, covering[0].ground, accuracy_m):
            doubt += (NEAR_BOUNDARY,)
        if accuracy_m > 0:
            reached = self._units.within(lat, lon, accuracy_m)
            candidates += [shape for _, shape in reached if shape not in covering]
        return self._place(lat, lon, covering[0], candidates, doubt, 0.0)

    def _outside(self, lat: float, lon: float, reach: Reach) -> Place | None:
        close = self._units.within(lat, lon, reach.nearest_m)
        if close:
            far, nearest = close[0]
            return self._place(
                lat, lon, nearest, [shape for _, shape in close], (NEAREST_UNIT,), far
            )
        units = self._units.within(lat, lon, reach.far_m)
        provinces = self._provinces.within(lat, lon, reach.far_m)
        if not units and not provinces:
            return None
        return Place(
            area=None,
            province=provinces[0][1].ref if provinces else None,
            doubt=(OUTSIDE_UNITS,),
            distance_m=round(units[0][0], 1) if units else None,
        )

    def _place(
        self,
        lat: float,
        lon: float,
        chosen: Shape,
        candidates: list[Shape],
        doubt: tuple[str, ...],
        distance_m: float,
    ) -> Place:
        parent = self._by_code.get(chosen.parent)
        around = [parent] if parent else self._provinces.covering(lat, lon)
        return Place(
            area=chosen.ref,
            province=around[0].ref if around else None,
            candidates=tuple(shape.ref for shape in candidates[:MOST_CANDIDATES]),
            doubt=doubt,
            distance_m=round(distance_m, 1),
        )
