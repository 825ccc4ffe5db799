"""Places as H3 cells: ranges hold what is near, and cutting bits gives the coarser cell."""

import h3.api.basic_int as cells
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.geometry import metres_per_degree
from geo.hexagons import RESOLUTION, cell_of, middle, name, ranges_near, shift_to, whole

lats, lons = st.floats(-85, 85), st.floats(-180, 180)
calm = settings(deadline=None, max_examples=100, derandomize=True)


def test_a_known_place_has_its_known_cell():
    assert name(cell_of(20.9513, 107.0748)) == cells_name(20.9513, 107.0748)
    assert cell_of(20.9513, 107.0748) < 2**63  # fits a signed big integer


def cells_name(lat, lon):
    import h3

    return h3.latlng_to_cell(lat, lon, 12)


@calm
@given(lats, lons, st.integers(0, RESOLUTION - 1))
def test_cutting_bits_off_gives_the_coarser_cell(lat, lon, resolution):
    cell = cell_of(lat, lon)
    cut = cell >> shift_to(resolution)
    assert whole(cut, resolution) == cells.cell_to_parent(cell, resolution)


@calm
@given(lats, lons, st.floats(1, 3_000), st.floats(-1, 1), st.floats(-1, 1))
def test_whatever_is_near_lies_in_the_ranges(lat, lon, metres, east, north):
    length = max((east**2 + north**2) ** 0.5, 1.0)
    wide, high = metres_per_degree(lat)
    there_lat = lat + metres * 0.99 * north / length / high
    there_lon = (lon + metres * 0.99 * east / length / wide + 180) % 360 - 180
    there = cell_of(there_lat, there_lon)
    assert any(low <= there <= high for low, high in ranges_near(lat, lon, metres))


@pytest.mark.parametrize("metres", [10, 100, 1_000])
def test_ranges_do_not_hold_half_the_country(metres):
    far = cell_of(20.95 + metres * 12 / 110_000, 107.07)
    assert not any(low <= far <= high for low, high in ranges_near(20.95, 107.07, metres))


def test_the_middle_of_a_cell_lies_in_it():
    cell = cell_of(21.0, 107.0)
    assert cell_of(*middle(cell)) == cell
