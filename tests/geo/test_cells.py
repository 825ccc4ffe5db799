"""The grid answers as plain geometry does: on borders, islands and holes, at poles and seams."""

from unittest.mock import patch

import numpy as np
import pytest
import shapely
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from shapely.geometry import MultiPolygon, Point, Polygon, box

from geo.cells import NOBODY, Cells
from geo.geometry import as_multipolygon
from geo.places import AreaIndex, AreaRef, Reach, Shape

calm = settings(
    deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)
# Quarters fall on one another's edges all the time; the odd ones never do.
numbers = st.one_of(
    st.integers(-16, 16).map(lambda n: n / 4),
    st.floats(-4, 4, allow_nan=False, allow_infinity=False, width=32),
)


@st.composite
def grounds(draw):
    """Stars, some with islands and with a hole that may leave another ring inside."""
    parts = []
    for _ in range(draw(st.integers(1, 3))):
        x, y = draw(numbers), draw(numbers)
        corners = draw(st.lists(st.tuples(numbers, numbers), min_size=3, max_size=9))
        hull = Polygon([(x + cx, y + cy) for cx, cy in corners])
        hole = box(x - 0.25, y - 0.25, x + 0.25, y + 0.25)
        sound = shapely.make_valid(hull)
        parts.append(sound.difference(hole) if draw(st.booleans()) else sound)
    ground = as_multipolygon(shapely.make_valid(shapely.union_all(parts)))
    return ground if not ground.is_empty else MultiPolygon([box(0, 0, 1, 1)])


def asked(ground):
    """Corners, middles of edges, and points beside them: where mistakes are made."""
    corners = shapely.get_coordinates(ground)
    middles = (corners[:-1] + corners[1:]) / 2
    on = np.concatenate([corners, middles])
    return np.concatenate([on, on + 1e-13, on - 1e-7, on + np.array([0.0, 3e-10])])


def plainly(shapes, lat, lon):
    return [n for n, ground in enumerate(shapes) if shapely.intersects_xy(ground, lon, lat)]


@pytest.mark.long
@calm
@given(st.lists(grounds(), min_size=1, max_size=4), st.lists(st.tuples(numbers, numbers)))
@example([MultiPolygon([box(0, 0, 1, 1)]), MultiPolygon([box(1, 0, 2, 1)])], [(1.0, 0.5)])
@example([MultiPolygon([box(0, 0, 3, 3).difference(box(1, 1, 2, 2))])], [(1.5, 1.5), (1.0, 1.5)])
def test_the_grid_holds_exactly_what_plain_geometry_holds(shapes, extra):
    cells = Cells(shapes)
    points = np.concatenate([asked(ground) for ground in shapes] + [np.array(extra or [(9, 9)])])
    expected = [plainly(shapes, lat, lon) for lon, lat in points]
    assert [cells.holding(lat, lon) for lon, lat in points.tolist()] == expected
    firsts = [held[0] if held else NOBODY for held in expected]
    assert [cells.first(lat, lon) for lon, lat in points.tolist()] == firsts
    assert cells.first_of_many(points[:, 1], points[:, 0]).tolist() == firsts


@pytest.mark.long
@calm
@given(
    st.lists(grounds(), min_size=2, max_size=5),
    st.lists(grounds(), max_size=2),
    st.sets(st.integers(0, 4)),
)
def test_a_grid_in_which_some_have_changed_holds_exactly_what_plain_geometry_holds(
    shapes, fresh, gone
):
    after = [ground for number, ground in enumerate(shapes) if number not in gone]
    after[1:1] = fresh
    with patch.multiple("geo.cells", _MOST_OF_GRID=99.0, _MOST_LEFT_OVER=99.0):
        cells = Cells(after, Cells(shapes))
    points = np.concatenate([asked(ground) for ground in [*shapes, *fresh]])
    expected = [plainly(after, lat, lon) for lon, lat in points]
    assert [cells.holding(lat, lon) for lon, lat in points.tolist()] == expected
    lons, lats = points.T
    assert cells.first_of_many(lats, lons).tolist() == [
        held[0] if held else NOBODY for held in expected
    ]


def squares(count=12):
    return [
        MultiPolygon([box(x + 0.013, y + 0.013, x + 1.013, y + 1.013)])
        for x in range(count)
        for y in range(count)
    ]


def test_where_few_have_changed_the_rest_of_the_grid_stays():
    before = Cells(squares())
    after = squares()
    after[40] = MultiPolygon([box(3.2, 4.2, 3.8, 4.8)])
    with patch("geo.cells.frame_around", side_effect=AssertionError("made anew")):
        kept = [one if number != 40 else after[40] for number, one in enumerate(before._grounds)]
        cells = Cells(kept, before)
    assert cells.frame is before.frame
    assert [cells.first(4.5, 3.5), cells.first(4.1, 3.5), cells.first(5.5, 3.5)] == [40, NOBODY, 41]


def test_what_lies_beyond_the_grid_makes_it_anew():
    before = Cells(squares())
    beyond = MultiPolygon([box(20.3, 20.3, 21.3, 21.3)])
    cells = Cells([*before._grounds, beyond], before)
    assert cells.frame is not before.frame
    assert cells.first(20.5, 20.5) == len(before._grounds)


def test_a_grid_that_was_patched_again_and_again_is_made_anew_before_it_grows():
    first = cells = Cells(squares())
    for turn in range(1, 200):
        grounds = list(cells._grounds)
        grounds[40] = MultiPolygon([box(3.2, 4.2, 3.8, 4.2 + 0.6 / turn)])
        cells = Cells(grounds, cells)
    assert len(cells._pieces) < 2 * len(first._pieces)
    assert cells.first(4.2005, 3.5) == 40


@calm
@given(grounds(), numbers, numbers, st.floats(0, 2, allow_nan=False))
def test_a_box_said_to_lie_in_one_shape_lies_in_it(ground, lon, lat, size):
    shapes = [ground, MultiPolygon([box(-1, -1, 1, 1)])]
    west, south, east, north = lon, lat, lon + size, lat + size
    if Cells(shapes).alone_around(west, south, east, north):
        around = box(west, south, east, north)
        assert [shape.covers(around) for shape in shapes].count(True) == 1
        assert [shape.intersects(around) for shape in shapes].count(True) == 1


def test_a_batch_of_many_points_is_as_each_alone():
    rng = np.random.default_rng(20251121)
    centres = rng.uniform(-3, 3, (40, 2))
    shapes = [as_multipolygon(Point(x, y).buffer(0.7, quad_segs=16)) for x, y in centres]
    lats, lons = rng.uniform(-4, 4, (2, 150_000))
    cells = Cells(shapes)
    found = cells.first_of_many(lats, lons)
    some = range(0, 150_000, 11)
    assert [cells.first(lats[n], lons[n]) for n in some] == found[::11].tolist()
    tree = shapely.STRtree(shapes)
    point, shape = tree.query(shapely.points(lons, lats), predicate="intersects")
    expected = np.full(len(lats), len(shapes))
    np.minimum.at(expected, point, shape)
    assert (np.where(expected == len(shapes), NOBODY, expected) == found).all()


def test_without_shapes_nobody_holds_anything():
    cells = Cells([])
    assert (cells.holding(21, 107), cells.first(21, 107)) == ([], NOBODY)
    assert cells.first_of_many(np.array([21.0]), np.array([107.0])).tolist() == [NOBODY]


def index_of(**grounds):
    return AreaIndex(
        [
            Shape(AreaRef(code, code, code, "ward", "commune", 1), "", as_multipolygon(ground))
            for code, ground in grounds.items()
        ],
        [],
    )


def codes(index, lat, lon, **how):
    place = index.find(lat, lon, accuracy_m=how.get("accuracy_m", 0.0), reach=Reach(50_000, 90_000))
    return sorted(area.code for area in place.candidates) if place else None


ACROSS = index_of(
    east=box(179.5, -17, 180, -16), west=box(-180, -17, -179.5, -16), far=box(-179, -17, -178, -16)
)


@pytest.mark.parametrize(
    ("lat", "lon", "expected"),
    [
        (-16.5, 179.75, ["east"]),
        (-16.5, -179.75, ["west"]),
        # One meridian under two names: the edge that they share.
        (-16.5, 180.0, ["east", "west"]),
        (-16.5, -180.0, ["east", "west"]),
        (-16.5, -179.4, ["far", "west"]),
        # Just north of both, on either side of the meridian: 5.5 km away.
        (-15.95, 179.999, ["east", "west"]),
        (-15.95, -179.999, ["east", "west"]),
    ],
)
def test_the_antimeridian_divides_no_ground(lat, lon, expected):
    assert codes(ACROSS, lat, lon) == expected


@calm
@given(st.floats(-180, 180))
def test_a_pole_has_every_longitude(lon):
    poles = index_of(
        north=box(-180, 80, 0, 90), sliver=box(100, 85, 101, 90), south=box(20, -90, 30, -80)
    )
    assert codes(poles, 90.0, lon) == ["north", "sliver"]
    assert codes(poles, -90.0, lon) == ["south"]


@calm
@given(st.floats(-89.9, 89.9), st.floats(-180, 180), st.floats(0, 5_000))
def test_a_point_in_the_middle_of_its_unit_is_sure_wherever_on_the_globe(lat, lon, accuracy_m):
    west, east = max(lon - 5, -180), min(lon + 5, 180)
    index = index_of(here=box(west, max(lat - 5, -90), east, min(lat + 5, 90)))
    place = index.find(lat, lon, accuracy_m=0.0, reach=Reach())
    assert (place.area.code, place.doubt) == ("here", ())
    wide = index.find(lat, lon, accuracy_m=accuracy_m, reach=Reach())
    assert wide.area.code == "here"
