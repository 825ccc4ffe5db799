"""The index alone, without a database: threads, ties, and what it keeps ready."""

import random
from concurrent.futures import ThreadPoolExecutor

import pytest
from shapely.geometry import MultiPolygon, Point, box

from geo.places import AreaIndex, AreaRef, Reach, Shape


def shape(code, ground, level="commune", parent="22"):
    ref = AreaRef(code, code, code, "ward", level, version_id=int(code))
    return Shape(ref=ref, parent=parent, ground=MultiPolygon([ground]))


def find(index, lat, lon, accuracy_m=0.0):
    return index.find(lat, lon, accuracy_m=accuracy_m, reach=Reach())


@pytest.mark.parametrize("order", [(1, 2, 3), (3, 2, 1), (2, 3, 1)])
def test_a_tie_is_broken_the_same_way_in_whatever_order_the_units_came(order):
    grounds = {
        1: box(107.0, 21.0, 107.2, 21.2),
        2: box(107.0, 21.0, 107.1, 21.1),
        3: box(107.0, 21.0, 107.1, 21.1),
    }
    index = AreaIndex([shape(f"{n:05}", grounds[n]) for n in order], [])
    place = find(index, 21.05, 107.05)
    assert [area.code for area in place.candidates] == ["00002", "00003", "00001"]


def test_size_is_measured_on_the_ground_and_not_in_degrees():
    # As many square degrees, but further north, where a degree is shorter.
    tall, wide = box(107.0, 8.0, 107.1, 23.0), box(106.9, 21.0, 108.4, 22.0)
    index = AreaIndex([shape("00001", tall), shape("00002", wide)], [])
    assert find(index, 21.5, 107.05).area.code == "00002"


def test_a_unit_whose_province_has_no_boundary_takes_the_province_around_it():
    index = AreaIndex(
        [shape("00001", box(107, 21, 107.1, 21.1), parent="99")],
        [shape("22", box(106, 20, 108, 22), level="province", parent="")],
    )
    assert find(index, 21.05, 107.05).province.code == "22"


def test_the_parent_decides_where_provinces_are_drawn_more_coarsely_than_units():
    index = AreaIndex(
        [shape("00001", box(107, 21, 107.1, 21.1), parent="22")],
        [
            shape("22", box(106, 20, 107.04, 22), level="province", parent=""),
            shape("31", box(107.04, 20, 108, 22), level="province", parent=""),
        ],
    )
    assert find(index, 21.05, 107.05).province.code == "22"


@pytest.mark.long
def test_eight_threads_ask_a_new_index_at_once_and_all_are_told_the_truth():
    chance = random.Random(7)
    points = [(21 + chance.random(), 107 + chance.random()) for _ in range(400)]
    for _ in range(5):
        grounds = [
            Point(107.05 + x / 10, 21.05 + y / 10).buffer(0.04)
            for x in range(10)
            for y in range(10)
        ]
        index = AreaIndex([shape(f"{n:05}", g) for n, g in enumerate(grounds)], [])
        with ThreadPoolExecutor(8) as pool:
            places = list(pool.map(lambda point: find(index, *point, accuracy_m=50), points))  # noqa: B023
        for (lat, lon), place in zip(points, places, strict=True):
            inside = [n for n, g in enumerate(grounds) if g.covers(Point(lon, lat))]
            assert (place.distance_m == 0) == bool(inside)
            if inside:
                assert place.area.version_id == inside[0]
