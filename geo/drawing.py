"""Boundaries for a demonstration: each unit gets the ground that is nearest to its centre. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry import MultiPoint, MultiPolygon, Point, Polygon
from shapely.geometry.base import BaseGeometry

from geo import geometry

_GRID = 1e-6
"""Everything is drawn on one grid of a tenth of a metre, so that neighbours share their corners."""


@dataclass(frozen=True)
class Land:
    """A piece of land: an island that belongs to one unit, or (`unit` blank) one to be divided."""

    ground: Polygon
    unit: str = ""


def draw_cells(
    lands: Sequence[Land], centres: Mapping[str, tuple[float, float]]
) -> dict[str, MultiPolygon]:
    """Return each unit's ground; centres are (lat, lon) by code.

    Land is divided among the centres that stand on it. Raises ValueError for a unit that gets none.
    """
    pieces: dict[str, list[Polygon]] = {code: [] for code in centres}
    for land in lands:
        ground = shapely.set_precision(land.ground, _GRID)
        if land.unit:
            pieces[land.unit].append(ground)
            continue
        for code, part in _divided(ground, centres).items():
            pieces[code].extend(part.geoms)
    landless = sorted(code for code, parts in pieces.items() if not parts)
    if landless:
        raise ValueError(f"no land for {', '.join(landless)}")
    return {code: MultiPolygon(parts) for code, parts in pieces.items()}


def _divided(
    ground: Polygon, centres: Mapping[str, tuple[float, float]]
) -> dict[str, MultiPolygon]:
    standing = {
        code: Point(lon, lat)
        for code, (lat, lon) in centres.items()
        if shapely.intersects_xy(ground, lon, lat)
    }
    cells = _voronoi(ground, list(standing.values()))
    clipped = {
        code: geometry.as_multipolygon(shapely.intersection(cell, ground, grid_size=_GRID))
        for code, cell in zip(standing, cells, strict=True)
    }
    return _joined(clipped, standing)


def _voronoi(ground: Polygon, points: Sequence[Point]) -> list[Polygon]:
    """Return the cell of each point, in degrees but nearest as the metres go."""
    if len(points) == 1:
        return [ground]
    east, north = geometry.metres_per_degree(ground.centroid.y)
    stretch = np.array([east / north, 1.0])
    flat = shapely.transform(MultiPoint(points), lambda xy: xy * stretch)
    around = shapely.transform(ground, lambda xy: xy * stretch)
    cells = shapely.voronoi_polygons(flat, extend_to=around, ordered=True)
    return [shapely.transform(cell, lambda xy: xy / stretch) for cell in cells.geoms]


def _joined(
    clipped: Mapping[str, MultiPolygon], standing: Mapping[str, Point]
) -> dict[str, MultiPolygon]:
    """Give what a bay cuts off from its centre to the neighbour with the longest common edge."""
    whole: dict[str, BaseGeometry] = {
        code: next(part for part in ground.geoms if part.intersects(standing[code]))
        for code, ground in clipped.items()
    }
    loose = [
        part for code, ground in clipped.items() for part in ground.geoms if part is not whole[code]
    ]
    for part in sorted(loose, key=lambda one: -one.area):
        code = max(whole, key=lambda one: part.intersection(whole[one]).length)
        whole[code] = shapely.union(whole[code], part, grid_size=_GRID)
    return {code: geometry.as_multipolygon(part) for code, part in whole.items()}
