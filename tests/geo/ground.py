"""A small province on paper: squares of about 1 km, so that a story can be read off the numbers."""

from datetime import date
from typing import Any

from geo.services import Loaded, load_boundaries

FOUNDED = date(2025, 7, 1)


def square(west: float, south: float, east: float, north: float) -> dict[str, Any]:
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def unit(code: str, ground: dict[str, Any], **changed: Any) -> dict[str, Any]:
    properties = {
        "code": code,
        "level": "commune",
        "kind": "ward",
        "parent": "22",
        "name_vi": f"Phường {code}",
        "name_en": f"{code} Ward",
    }
    return {"type": "Feature", "properties": properties | changed, "geometry": ground}


PROVINCE = unit(
    "22",
    square(107.00, 21.00, 107.10, 21.10),
    level="province",
    kind="province",
    parent="",
    name_vi="Tỉnh Quảng Ninh",
    name_en="Quảng Ninh",
)
WEST = unit("00101", square(107.00, 21.00, 107.02, 21.02))
EAST = unit("00102", square(107.02, 21.00, 107.04, 21.02))
# Drawn over a part of EAST, and larger than it.
OVERLAP = unit("00100", square(107.035, 21.00, 107.06, 21.02))
# Across a channel of 0.03 degrees, 3.3 km.
ISLAND = unit("00104", square(107.00, 21.05, 107.01, 21.06), kind="special_zone")


def collection(*features: dict[str, Any]) -> dict[str, Any]:
    return {"type": "FeatureCollection", "features": list(features)}


def load(*features: dict[str, Any], valid_from: date = FOUNDED, **how: Any) -> Loaded:
    return load_boundaries(collection(*features), valid_from=valid_from, **how)


def load_paper_province() -> None:
    load(PROVINCE, WEST, EAST, OVERLAP, ISLAND)
