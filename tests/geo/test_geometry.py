"""Distances are checked against what surveyors' tables and our own arithmetic say."""

import math

import pytest
from shapely.geometry import LineString, MultiPolygon, Point, Polygon, box

from geo import geometry

UNIT_SQUARE = {
    "type": "Polygon",
    "coordinates": [[[107, 21], [107.01, 21], [107.01, 21.01], [107, 21.01], [107, 21]]],
}


@pytest.mark.parametrize(
    ("lat", "east", "north"),
    [(0, 111_319.5, 110_574.3), (21, 103_969.2, 110_714.3), (60, 55_800.0, 111_412.3)],
)
def test_a_degree_is_as_long_as_on_wgs_84(lat, east, north):
    assert geometry.metres_per_degree(lat) == pytest.approx((east, north), rel=1e-4)


def test_a_degree_of_longitude_has_no_length_at_the_pole():
    assert geometry.metres_per_degree(90)[0] == pytest.approx(0, abs=0.1)


@pytest.mark.parametrize(
    ("lat", "lon", "metres"),
    [
        (20.95, 107.07, 0.0),  # inside
        (20.95, 107.0, 0.0),  # on the edge
        (20.90, 107.05, 0.0),  # on the edge
        (20.89, 107.05, 1107.1),  # a hundredth of a degree south
        (20.95, 107.11, 1040.0),  # a hundredth of a degree east
        (20.89, 107.11, math.hypot(1107.1, 1040.3)),  # off the corner
    ],
)
def test_distance_is_in_metres_to_the_nearest_part(lat, lon, metres):
    assert geometry.distance_m(lat, lon, box(107.0, 20.9, 107.1, 21.0)) == pytest.approx(
        metres, rel=1e-3
    )


@pytest.mark.parametrize(
    ("lon", "metres", "near"),
    [
        (107.0005, 60, True),  # 52 m inside the western edge
        (107.0005, 45, False),
        (106.9995, 60, True),  # and 52 m outside it
        (107.05, 1_000, False),
        (107.0, 0, False),  # an exact position is near nothing
    ],
)
def test_an_edge_is_near_from_either_side(lon, metres, near):
    assert geometry.edge_within(20.95, lon, box(107.0, 20.9, 107.1, 21.0), metres) is near


def test_the_box_around_a_point_holds_the_circle_and_little_more():
    west, south, east, north = geometry.box_around(21.0, 107.0, 2_000)
    assert (east - west) / 2 * 103_969 == pytest.approx(2_000, rel=1e-3)
    assert (north - south) / 2 * 110_714 == pytest.approx(2_000, rel=1e-3)
    assert geometry.box_around(90, 0, 10)[0::2] == (-360, 360)


def test_area_is_in_square_metres():
    square = geometry.multipolygon_from(UNIT_SQUARE)
    assert geometry.area_m2(square) == pytest.approx(1039.7 * 1107.1, rel=1e-3)
    assert geometry.area_m2(MultiPolygon()) == 0


@pytest.mark.parametrize(
    ("lat", "lon", "position"),
    [
        (20.95, 107.07, True),
        (-90, 180, True),
        (90.001, 0, False),
        (0, -180.5, False),
        (math.nan, 107, False),
        (21, math.inf, False),
    ],
)
def test_a_position_lies_on_the_globe(lat, lon, position):
    assert geometry.is_position(lat, lon) is position


def test_a_bow_tie_is_mended_into_its_two_halves():
    bow = {
        "type": "Polygon",
        "coordinates": [[[107, 21], [108, 22], [108, 21], [107, 22], [107, 21]]],
    }
    mended = geometry.multipolygon_from(bow)
    assert mended.is_valid
    assert len(mended.geoms) == 2


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"type": "Point", "coordinates": [107, 21]}, "a boundary is a polygon"),
        ({}, "a boundary is a polygon"),
        ({"type": "Polygon", "coordinates": []}, "it encloses nothing"),
        ({"type": "Polygon", "coordinates": [[[107, 21], [107, 21], [107, 21], [107, 21]]]}, "it"),
        ({"type": "Polygon", "coordinates": [["x"]]}, "cannot be read"),
        ({"type": "Polygon"}, "cannot be read"),
        (
            # metres of a national grid, where degrees are meant
            {"type": "Polygon", "coordinates": [[[5e5, 2e6], [6e5, 2e6], [6e5, 3e6], [5e5, 2e6]]]},
            "not longitude and latitude",
        ),
    ],
)
def test_what_encloses_nothing_on_the_globe_is_no_boundary(given, why):
    with pytest.raises(ValueError, match=why):
        geometry.multipolygon_from(given)


def test_heights_are_dropped():
    ring = [[107, 21, 5], [107.1, 21, 5], [107.1, 21.1, 5], [107, 21, 5]]
    drawn = geometry.multipolygon_from({"type": "Polygon", "coordinates": [ring]})
    assert not drawn.has_z


def test_lines_and_points_left_by_clipping_are_dropped():
    from shapely.geometry import GeometryCollection

    square = box(0, 0, 1, 1)
    mixed = GeometryCollection([square, LineString([(0, 0), (5, 5)]), Point(9, 9)])
    assert geometry.as_multipolygon(mixed).equals(square)
    assert geometry.as_multipolygon(Point(1, 1)).is_empty


def test_geojson_is_rounded_to_the_decimals_asked_for():
    drawn = geometry.geojson_of(Polygon([(0.1234567, 0), (1, 0), (1, 1)]), decimals=3)
    assert drawn["type"] == "Polygon"
    assert drawn["coordinates"][0][0] == (0.123, 0.0)
