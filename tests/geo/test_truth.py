"""Whether the answers are true: a city's own records, and the whole country point by point."""

import csv
import json

import numpy as np
import pytest
import shapely
from shapely.geometry import shape

from geo.cells import Cells
from geo.geometry import as_multipolygon, multipolygon_from
from geo.places import AreaIndex, AreaRef, Reach, Shape

pytestmark = [pytest.mark.long, pytest.mark.shared_data, pytest.mark.one_database]

BOROUGHS = {"MANHATTAN": 1, "BRONX": 2, "BROOKLYN": 3, "QUEENS": 4, "STATEN ISLAND": 5}


@pytest.fixture(scope="module")
def boards(shared_data):
    path = shared_data / "nyc311" / "community_districts.geojson"
    features = json.loads(path.read_text(encoding="utf-8"))["features"]
    return AreaIndex(
        [
            Shape(
                AreaRef((code := feature["properties"]["code"]), code, code, "ward", "commune", 1),
                "",
                multipolygon_from(feature["geometry"]),
            )
            for feature in features
        ],
        [],
    )


def recorded(shared_data):
    """Yield the point of each record and the board that the city wrote down, as in the polygons."""
    path = shared_data / "nyc311" / "nyc311_animals_citywide_2020_2025.csv"
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            number, _, borough = row["Community Board"].partition(" ")
            if row["Latitude"] and number.isdigit() and borough in BOROUGHS:
                place = float(row["Latitude"]), float(row["Longitude"])
                yield place, f"{BOROUGHS[borough]}{number}"


def test_the_board_found_is_the_board_that_the_city_recorded(boards, shared_data):
    records = list(recorded(shared_data))
    agree = near = 0
    for (lat, lon), board in records:
        place = boards.find(lat, lon, accuracy_m=15.0, reach=Reach(200.0, 50_000.0))
        if place.area and place.area.code == board:
            agree += 1
        elif board in [area.code for area in place.candidates]:
            near += 1
    assert len(records) > 5_800
    assert agree / len(records) >= 0.99
    # And of the rest, most lie within 15 m of the line: what a dispatcher is asked to confirm.
    assert (agree + near) / len(records) >= 0.999


def test_forty_thousand_points_of_a_region_are_where_plain_shapely_says(shared_data):
    """A sample; `make bench-locate` asks a million points of the whole country."""
    path = shared_data / "vn_units_2025" / "communes_simplified.geojson"
    features = json.loads(path.read_text(encoding="utf-8"))["features"]
    chosen = [each for each in features if each["properties"]["parent_code"] in {"01", "22", "31"}]
    grounds = [as_multipolygon(shape(each["geometry"])) for each in chosen]
    west, south, east, north = shapely.total_bounds(grounds)
    chance = np.random.default_rng(4)
    lons, lats = chance.uniform(west, east, 40_000), chance.uniform(south, north, 40_000)
    point, unit = shapely.STRtree(grounds).query(shapely.points(lons, lats), "intersects")
    cells = Cells(grounds)
    expected: list[list[int]] = [[] for _ in lats]
    for p, u in sorted(zip(point.tolist(), unit.tolist(), strict=True)):
        expected[p].append(u)
    asked = zip(lats.tolist(), lons.tolist(), strict=True)
    assert [cells.holding(lat, lon) for lat, lon in asked] == expected
    assert 9_000 < sum(map(bool, expected)) < 11_000
