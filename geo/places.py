"""Which unit a point lies in, and how sure that is. Pure: shapes in, a place out."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry import MultiPolygon

from geo import geometry
from geo.cells import NOBODY, Cells, Floats, Numbers

MOST_CANDIDATES = 8
"""More than a person can weigh; a wide circle in a city would list dozens."""

SEVERAL_UNITS = "several_units"
NEAR_BOUNDARY = "near_boundary"
NEAREST_UNIT = "nearest_unit"
OUTSIDE_UNITS = "outside_units"
ZERO_POSITION = "zero_position"
SWAPPED = "swapped"


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

    @property
    def sure(self) -> bool:
        """Inside one unit, and further from its boundary than the point is inaccurate."""
        return not self.doubt


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
    """Shapes that do not change, searched by grid; safe to ask from many threads."""

    def __init__(self, shapes: Iterable[Shape], before: "_Layer | None" = None) -> None:
        # Smallest first, then by code: the fixed way in which a tie is broken.
        areas = [(geometry.area_m2(shape.ground), shape.ref.code, shape) for shape in shapes]
        self.shapes = [shape for *_, shape in sorted(areas, key=lambda area: area[:2])]
        grounds = [shape.ground for shape in self.shapes]
        self._grounds = np.array(grounds, dtype=object)
        self.cells: Cells = Cells(grounds, before.cells if before else None)
        self._tree = shapely.STRtree(self._grounds)
        if grounds:
            self._tree.query(grounds[0])  # GEOS builds its tree at the first question, unlocked.

    def covering(self, lat: float, lon: float) -> list[Shape]:
        """Return the shapes that hold the point, edges included, in tie-breaking order."""
        if -180.0 < lon < 180.0 and -90.0 < lat < 90.0:
            return [self.shapes[number] for number in self.cells.holding(lat, lon)]
        return [self.shapes[number] for number in sorted(self._at_the_seam(lat, lon))]

    def _at_the_seam(self, lat: float, lon: float) -> set[int]:
        """Look at both names of a meridian's point, and at all those of a pole."""
        if abs(lat) == 90.0:
            at = self._tree.query(shapely.LineString([(-180, lat), (180, lat)]), "intersects")
            return {int(number) for number in at}
        return {*self.cells.holding(lat, lon), *self.cells.holding(lat, -lon)}

    def within(self, lat: float, lon: float, metres: float) -> list[tuple[float, Shape]]:
        """Return the shapes within so many metres, nearest first, ties broken as ever."""
        far: dict[int, float] = {}
        for turned, around in _boxes(lat, lon, metres):
            for number in self._tree.query(shapely.box(*around)):
                gap = geometry.distance_m(lat, turned, self._grounds[number])
                far[int(number)] = min(gap, far.get(int(number), gap))
        measured = sorted((gap, number) for number, gap in far.items() if gap <= metres)
        return [(gap, self.shapes[number]) for gap, number in measured]


def _boxes(lat: float, lon: float, metres: float) -> Iterator[tuple[float, geometry.Box]]:
    """Yield the point's longitude and a box around it, again from across the 180th meridian."""
    west, south, east, north = geometry.box_around(lat, lon, metres)
    yield lon, (west, south, east, north)
    for turn, beyond in ((360.0, west < -180.0), (-360.0, east > 180.0)):
        if beyond:
            yield lon + turn, (west + turn, south, east + turn, north)


class AreaIndex:
    """The areas in force on one day."""

    def __init__(
        self,
        units: Iterable[Shape],
        provinces: Iterable[Shape],
        before: "AreaIndex | None" = None,
    ) -> None:
        """`before` may be any other: what it has in common with this one is not done again."""
        self._units: _Layer = _Layer(units, before._units if before else None)
        self._provinces: _Layer = _Layer(provinces, before._provinces if before else None)
        self._by_code = {
            shape.ref.code: shape for shape in (*self._units.shapes, *self._provinces.shapes)
        }
        self._sure: dict[str, Place] = {}

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

    def heart(self, code: str) -> tuple[float, float]:
        """Return a latitude and longitude well inside the area, in its largest part."""
        largest = max(self._by_code[code].ground.geoms, key=lambda part: part.area)
        point = largest.representative_point()
        return round(point.y, 6), round(point.x, 6)

    def unit_at(self, lat: float, lon: float) -> AreaRef | None:
        """Return the unit that holds the point, the first of several; None for none.

        What `find` chooses for a point inside, without asking what is doubtful about it.
        """
        number = self._units.cells.first(lat, lon)
        return None if number == NOBODY else self._units.shapes[number].ref

    def units_at(self, lats: Floats, lons: Floats) -> Numbers:
        """Return for each point the place in `units` of the unit that holds it, -1 for none."""
        return self._units.cells.first_of_many(lats, lons)

    def find(self, lat: float, lon: float, *, accuracy_m: float, reach: Reach) -> Place | None:
        """Return the place of the point, or None where it is far from everything here."""
        if not self.units and not self.provinces:
            return NOWHERE
        if place := self._surely(lat, lon, accuracy_m):
            return place
        covering = self._units.covering(lat, lon)
        if covering:
            return self._inside(lat, lon, covering, accuracy_m)
        return self._outside(lat, lon, reach)

    def _surely(self, lat: float, lon: float, accuracy_m: float) -> Place | None:
        """Answer at once where no boundary is near, as nine times in ten."""
        cells = self._units.cells
        held = cells.holding(lat, lon) if abs(lon) < 180.0 > abs(lat) * 2 else []
        if len(held) != 1:
            return None
        if accuracy_m > 0 and not cells.alone_around(*geometry.box_around(lat, lon, accuracy_m)):
            return None
        shape = self._units.shapes[held[0]]
        if shape.parent not in self._by_code:
            return None  # Its province is the one around the point, wherever that is.
        place = self._sure.get(shape.ref.code)
        if place is None:
            place = self._place(lat, lon, shape, [shape], (), 0.0)
            self._sure[shape.ref.code] = place
        return place

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
