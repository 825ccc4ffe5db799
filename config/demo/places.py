"""Where things happen in the demo: points inside the units, dense in the towns."""

import math
import random
from dataclasses import dataclass
from functools import cached_property

from shapely.geometry import Point

from geo.geometry import area_m2, is_position, metres_per_degree
from geo.locator import index_on
from geo.models import Kind
from geo.places import OUTSIDE_UNITS, AreaIndex, Reach, Shape

OFTEN = {Kind.WARD: 6, Kind.SPECIAL_ZONE: 5, Kind.COMMUNE: 1}
"""How often something is reported from a unit of each kind, compared to the others."""

TRIES = 60

HOME_OFTEN, BESIDE_OFTEN = 30, 14
"""The same for the unit that the demo shows first, and for those that border on it."""

BORDER = 0.002
"""Degrees, some 200 m: units no further apart are neighbours, whoever drew the line between."""


@dataclass(frozen=True)
class Places:
    """The units in force today, to draw points from."""

    chance: random.Random
    index: AreaIndex
    home: str = ""
    """The code of the unit that the demo shows first, if it has one."""

    @classmethod
    def of_today(cls, chance: random.Random, home: str = "") -> "Places":
        return cls(chance, index_on(), home)

    def point(self, where: str) -> tuple[float, float]:
        """Return latitude and longitude, to 5 decimals: about a metre.

        `where` is town, country, sea (half of the points then lie in no unit), or blank.
        """
        if where == "sea" and self.chance.random() < 0.5 and (found := self._at_sea()):
            return found
        return self._inside(self._unit(where))

    def at_home(self, where: str) -> tuple[float, float]:
        """Return a point of the unit that the demo shows first; without one, of any."""
        return self._inside(self._home) if self._home else self.point(where)

    def suits_home(self, where: str) -> bool:
        """Return whether what comes up there comes up in the unit that the demo shows first."""
        home = self._home
        return home is None or (home in self._units.get(where, ()) and where != "sea")

    def near(self, point: tuple[float, float], metres: float) -> tuple[float, float]:
        """Return a point at most so far away."""
        lat, lon = point
        east, north = metres_per_degree(lat)
        turn, far = self.chance.uniform(0, 2 * math.pi), self.chance.uniform(0, metres)
        return (
            round(lat + far * math.sin(turn) / north, 5),
            round(lon + far * math.cos(turn) / east, 5),
        )

    @cached_property
    def _units(self) -> dict[str, list[Shape]]:
        by_code = sorted(self.index.units, key=lambda shape: shape.ref.code)
        towns = [shape for shape in by_code if shape.ref.kind == Kind.WARD]
        country = [shape for shape in by_code if shape.ref.kind != Kind.WARD]
        return {
            "": by_code,
            "sea": by_code,
            "town": towns or by_code,
            "country": country or by_code,
        }

    @cached_property
    def _home(self) -> Shape | None:
        return next((unit for unit in self.index.units if unit.ref.code == self.home), None)

    @cached_property
    def _often(self) -> dict[str, int]:
        often = {unit.ref.code: OFTEN.get(Kind(unit.ref.kind), 1) for unit in self.index.units}
        if self._home is not None:
            for unit in self.index.units:
                if unit.ground.distance(self._home.ground) < BORDER:
                    often[unit.ref.code] = BESIDE_OFTEN
            often[self.home] = HOME_OFTEN
        return often

    def _unit(self, where: str) -> Shape:
        units = self._units[where]
        weights = [self._often[shape.ref.code] for shape in units]
        return self.chance.choices(units, weights)[0]

    def _inside(self, unit: Shape) -> tuple[float, float]:
        """Return a point of the unit, near its middle more often than at its edge."""
        piece = max(unit.ground.geoms, key=lambda part: part.area)
        middle = piece.representative_point()
        east, north = metres_per_degree(middle.y)
        spread = math.sqrt(area_m2(piece)) / 5
        for _turn in range(TRIES):
            lat = round(middle.y + self.chance.gauss(0, spread / north), 5)
            lon = round(middle.x + self.chance.gauss(0, spread / east), 5)
            if piece.contains(Point(lon, lat)):
                return lat, lon
        return round(middle.y, 5), round(middle.x, 5)

    def _at_sea(self) -> tuple[float, float] | None:
        """Return a point of the province's waters that belongs to no unit."""
        if not self.index.units:
            return None
        bounds = [shape.ground.bounds for shape in self.index.units]
        south, east = min(each[1] for each in bounds), max(each[2] for each in bounds)
        # The eastern half: to the west of the demo province lies a neighbour, not the sea.
        west = (min(each[0] for each in bounds) + east) / 2
        for _turn in range(TRIES):
            lat = round(self.chance.uniform(south, south + 0.25), 5)
            lon = round(self.chance.uniform(west, east), 5)
            if is_position(lat, lon) and self._in_no_unit(lat, lon):
                return lat, lon
        return None

    def _in_no_unit(self, lat: float, lon: float) -> bool:
        place = self.index.find(lat, lon, accuracy_m=0.0, reach=Reach(far_m=25_000.0))
        return place is not None and OUTSIDE_UNITS in place.doubt
