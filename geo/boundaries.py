"""The areas as a map draws them."""

from datetime import date
from threading import Lock
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
import shapely

from geo import geometry
from geo.locator import index_on
from geo.models import Level
from geo.places import AreaIndex, Shape

_drawn: WeakKeyDictionary[AreaIndex, dict[tuple[str, float], dict[str, Any]]] = WeakKeyDictionary()
_lock = Lock()


def boundaries_geojson(
    level: str, *, on: date | None = None, tolerance_m: float = 0.0
) -> dict[str, Any]:
    """Return the areas of a level in force on a day (today, if none is said) as GeoJSON.

    Each has its code, names, kind, parent, whether it is only `approximate`, and `centre`, a point
    inside it for its name. With a tolerance, outlines are drawn coarser by about so many metres
    while neighbours keep sharing their edges. The result is shared: do not change it.
    """
    index = index_on(on)
    with _lock:
        drawings = _drawn.setdefault(index, {})
    key = (level, tolerance_m)
    if key not in drawings:
        drawings[key] = _draw(index, level, tolerance_m)
    return drawings[key]


def _draw(index: AreaIndex, level: str, tolerance_m: float) -> dict[str, Any]:
    shapes = index.provinces if level == Level.PROVINCE else index.units
    shapes = sorted(shapes, key=lambda shape: shape.ref.code)
    grounds = np.array([shape.ground for shape in shapes], dtype=object)
    if tolerance_m > 0 and len(shapes):
        middle = float(shapely.bounds(grounds)[:, 1::2].mean())
        grounds = shapely.coverage_simplify(
            grounds, tolerance_m / geometry.metres_per_degree(middle)[1]
        )
    return {
        "type": "FeatureCollection",
        "features": [
            _feature(shape, ground) for shape, ground in zip(shapes, grounds, strict=True)
        ],
    }


def _feature(shape: Shape, ground: Any) -> dict[str, Any]:
    # Of the whole: a label belongs in the largest part, not in the first island.
    largest = max(shape.ground.geoms, key=lambda part: part.area)
    centre = shapely.maximum_inscribed_circle(largest, 0.001).coords[0]
    return {
        "type": "Feature",
        "id": shape.ref.code,
        "properties": {
            "code": shape.ref.code,
            "name_vi": shape.ref.name_vi,
            "name_en": shape.ref.name_en,
            "kind": shape.ref.kind,
            "parent": shape.parent or None,
            "approximate": shape.approximate,
            "centre": [round(centre[0], 5), round(centre[1], 5)],
        },
        "geometry": geometry.geojson_of(ground, decimals=5),
    }
