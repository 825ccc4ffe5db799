"""What the map is given to draw."""

from datetime import date

import pytest
from shapely.geometry import Point, shape

from geo.boundaries import boundaries_geojson
from tests.geo.ground import EAST, PROVINCE, WEST, load, square, unit

pytestmark = pytest.mark.django_db


def test_the_map_gets_each_unit_with_its_names_and_whether_it_is_exact():
    load(PROVINCE, WEST, approximate=True)
    load(EAST)
    drawn = boundaries_geojson("commune")
    assert drawn["type"] == "FeatureCollection"
    assert [feature["id"] for feature in drawn["features"]] == ["00101", "00102"]
    first = drawn["features"][0]
    assert first["properties"] == {
        "code": "00101",
        "name_vi": "Phường 00101",
        "name_en": "00101 Ward",
        "kind": "ward",
        "parent": "22",
        "approximate": True,
        "centre": [107.01, 21.01],
    }
    assert shape(first["geometry"]).area == pytest.approx(0.0004)
    assert drawn["features"][1]["properties"]["approximate"] is False


def test_provinces_are_a_level_of_their_own():
    load(PROVINCE, WEST)
    assert [feature["id"] for feature in boundaries_geojson("province")["features"]] == ["22"]


def test_the_name_stands_inside_the_largest_part():
    both = square(107, 21, 107.1, 21.1)
    both["type"], both["coordinates"] = (
        "MultiPolygon",
        [square(107.5, 21, 107.51, 21.01)["coordinates"], both["coordinates"]],
    )
    load(PROVINCE, unit("00101", both))
    lon, lat = boundaries_geojson("commune")["features"][0]["properties"]["centre"]
    assert shape(square(107, 21, 107.1, 21.1)).contains(Point(lon, lat))


def test_a_coarser_drawing_leaves_no_gap_between_neighbours():
    # A saw-toothed edge shared by two units.
    teeth = [[107.02 + (n % 2) * 0.0005, 21 + n * 0.001] for n in range(21)]
    west = {"type": "Polygon", "coordinates": [[[107, 21], *teeth, [107, 21.02], [107, 21]]]}
    east = {
        "type": "Polygon",
        "coordinates": [[[107.04, 21.02], *reversed(teeth), [107.04, 21], [107.04, 21.02]]],
    }
    load(PROVINCE, unit("00101", west), unit("00102", east))
    fine = boundaries_geojson("commune")["features"]
    coarse = boundaries_geojson("commune", tolerance_m=200)["features"]
    one, other = (shape(feature["geometry"]) for feature in coarse)
    assert len(one.geoms[0].exterior.coords) < len(fine[0]["geometry"]["coordinates"][0][0]) / 2
    assert one.intersection(other).area == 0
    assert one.union(other).area == pytest.approx(0.04 * 0.02)


def test_the_drawing_follows_the_day_and_what_is_loaded():
    load(PROVINCE, WEST)
    assert len(boundaries_geojson("commune")["features"]) == 1
    assert boundaries_geojson("commune") is boundaries_geojson("commune")
    load(EAST)
    assert len(boundaries_geojson("commune")["features"]) == 2
    assert boundaries_geojson("commune", on=date(2020, 1, 1))["features"] == []
    assert boundaries_geojson("commune", on=date(2020, 1, 1), tolerance_m=50)["features"] == []
