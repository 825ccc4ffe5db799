"""Places as H3 cells, kept as one number that any database can sort, compare and cut short. Pure.

The cell kept is of resolution 12: hexagons of some 300 m², 10 m from the middle to the edge, about
as fine as a phone knows where it is. An H3 index spends three bits on each step from a coarse cell
to a finer one, so that all that lies in a coarse cell is one range of numbers, and cutting off
bits groups by it: `cell >> shift` counts clusters without any function of H3 in the database.
"""

import math
from functools import cache

import h3
import h3.api.basic_int as cells

RESOLUTION = 12
_FINEST = 15
_BITS = 3

Range = tuple[int, int]
Box = tuple[float, float, float, float]
"""West, south, east, north in degrees."""

# What descends from a cell reaches 1.06 of its edge from its middle (√3 edges of each finer size,
# added up), and the largest cells of a resolution are some 1.2 times the average.
_DESCENDANTS = 1.4
_WIDEST_COVERED = 60.0  # degrees; H3 takes wider boxes for what lies on their other side
_LEAST_WIDE = 1e-6  # degrees added on each side: a box may be a line
_EVERYWHERE: Range = (0, 2**63 - 1)
_M_PER_DEGREE = 111_195.0


def cell_of(lat: float, lon: float) -> int:
    """Return the cell that holds the point."""
    return int(cells.latlng_to_cell(lat, lon, RESOLUTION))


def ranges_near(lat: float, lon: float, metres: float) -> list[Range]:
    """Return ranges of cells (both ends included) that hold everything within `metres`.

    They hold more than that: distances are measured afterwards.
    """
    resolution = next((one for one in range(RESOLUTION, 0, -1) if _reach_m(one) >= metres), 0)
    around = cells.grid_disk(cells.latlng_to_cell(lat, lon, resolution), 1)
    return sorted(_range_of(one) for one in around)


def _reach_m(resolution: int) -> float:
    """Return how far from anywhere in a cell its six neighbours surely reach.

    The narrowest cells of a resolution have some 0.7 of its average edge; a neighbour is at least
    its own height, √3 edges, deep. Source: the H3 table of cell statistics.
    """
    return _edge_m(resolution) * 0.7 * math.sqrt(3)


def _range_of(cell: int) -> Range:
    low = int(cells.cell_to_center_child(cell, RESOLUTION))
    finer = RESOLUTION - int(cells.get_resolution(cell))
    width = (1 << _BITS * finer) - 1
    return low, low | (width << _BITS * (_FINEST - RESOLUTION))


def shift_to(resolution: int) -> int:
    """Return by how many bits a kept cell is cut short to name its cell of a coarser resolution."""
    return _BITS * (_FINEST - resolution)


def whole(cut: int, resolution: int) -> int:
    """Return the cell of that resolution whose kept cells were cut short to `cut`."""
    shift = shift_to(resolution)
    kept = (cut << shift) | ((1 << shift) - 1)
    bits = 0b1111 << 52
    return (kept & ~bits) | (resolution << 52)


def middle(cell: int) -> tuple[float, float]:
    """Return latitude and longitude of the cell's middle."""
    lat, lon = cells.cell_to_latlng(cell)
    return lat, lon


def name(cell: int) -> str:
    """Return the cell as H3 writes it."""
    return str(h3.int_to_str(cell))


def resolution_for(zoom: float) -> int:
    """Return how coarse clusters are on a map of that zoom: some 40 pixels from one to the next."""
    return max(1, min(RESOLUTION - 2, round(zoom * 0.71 - 0.2)))


def bounds_of(cut: int, resolution: int) -> Box:
    """Return a box that holds every point kept under the cell, and some more.

    A cell does not cover its descendants, nor they it: the box is of them, not of the hexagon.
    """
    lat, lon = middle(whole(cut, resolution))
    reach = _edge_m(resolution) * _DESCENDANTS / _M_PER_DEGREE
    south, north = lat - reach, lat + reach
    flattest = max(abs(south), abs(north))
    if flattest >= 89:
        return -180.0, south, 180.0, north
    wide = reach / math.cos(math.radians(flattest))
    if lon - wide < -180 or lon + wide > 180:
        return -180.0, south, 180.0, north
    return lon - wide, south, lon + wide, north


@cache
def _edge_m(resolution: int) -> float:
    return float(h3.average_hexagon_edge_length(resolution, unit="m"))


def ranges_over(box: Box, resolution: int) -> list[Range]:
    """Return ranges of cells of that resolution, cut short, that hold all that lies in the box.

    They hold more than that, and are few: a database looks through them before it compares.
    """
    west, south, east, north = box
    if east - west > _WIDEST_COVERED or north - south > _WIDEST_COVERED:
        return [_EVERYWHERE]
    coarse = max(0, resolution - 3)
    west, east = max(-180.0, west - _LEAST_WIDE), min(180.0, east + _LEAST_WIDE)
    south, north = max(-90.0, south - _LEAST_WIDE), min(90.0, north + _LEAST_WIDE)
    corners = [(south, west), (south, east), (north, east), (north, west)]
    over = cells.h3shape_to_cells_experimental(h3.LatLngPoly(corners), coarse, contain="overlap")
    shift = shift_to(resolution)
    # One ring more: what is kept under a cell may lie just outside it.
    around = {near for one in over for near in cells.grid_disk(one, 1)}
    joined: list[Range] = []
    for low, high in sorted(_range_of(one) for one in around):
        first, last = low >> shift, high >> shift
        if joined and first <= joined[-1][1] + 1:
            joined[-1] = (joined[-1][0], last)
        else:
            joined.append((first, last))
    return joined
