"""The national communes and the points that everybody is asked."""

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from shapely.geometry import MultiPolygon, shape

from geo.geometry import as_multipolygon
from geo.places import AreaIndex, AreaRef, Shape

DATA = Path(
    os.environ.get("BENCH_UNITS")
    or Path(__file__).resolve().parents[3] / "shared" / "data" / "vn_units_2025"
)
UNITS = DATA / "communes_simplified.geojson"
PROVINCES = DATA / "provinces.geojson"
QUICK = bool(os.environ.get("QUICK"))
SEED = 20251121


@dataclass(frozen=True)
class Points:
    lats: np.ndarray[Any, Any]
    lons: np.ndarray[Any, Any]

    def first(self, count: int) -> "Points":
        return Points(self.lats[:count], self.lons[:count])

    def pairs(self) -> list[tuple[float, float]]:
        return list(zip(self.lats.tolist(), self.lons.tolist(), strict=True))

    def __len__(self) -> int:
        return len(self.lats)


def read_shapes(path: Path) -> list[Shape]:
    features = json.loads(path.read_text(encoding="utf-8"))["features"]
    return [_shape(number, feature) for number, feature in enumerate(features)]


def _shape(number: int, feature: dict[str, Any]) -> Shape:
    given = feature["properties"]
    ref = AreaRef(
        given["code"], given["full_name"], given["name_en"], "ward", given["level"], number
    )
    return Shape(ref, given["parent_code"] or "", _ground(feature))


def _ground(feature: dict[str, Any]) -> MultiPolygon:
    return as_multipolygon(shapely.make_valid(shape(feature["geometry"])))


def whole_index() -> AreaIndex:
    return AreaIndex(read_shapes(UNITS), read_shapes(PROVINCES))


def points_over(grounds: Any, count: int) -> Points:
    """Draw points: nine of ten on land, evenly over it; the tenth anywhere in the frame."""
    chance = np.random.default_rng(SEED)
    west, south, east, north = shapely.total_bounds(grounds)
    tree = shapely.STRtree(shapely.simplify(grounds, 0.01))
    kept: list[np.ndarray[Any, Any]] = []
    while sum(map(len, kept)) < count * 9 // 10:
        drawn = np.column_stack(
            [chance.uniform(west, 110, 200_000), chance.uniform(south, north, 200_000)]
        )
        inside = tree.query(shapely.points(drawn), predicate="intersects")[0]
        kept.append(drawn[np.unique(inside)])
    rest = np.column_stack([chance.uniform(west, east, count), chance.uniform(south, north, count)])
    land = np.concatenate(kept)[: count * 9 // 10]
    mixed = chance.permutation(np.concatenate([land, rest[: count - len(land)]]))
    return Points(lats=mixed[:, 1].copy(), lons=mixed[:, 0].copy())
