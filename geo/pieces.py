"""Boundaries cut along the lines of a grid, all at once in arrays. Pure; see geo.cells."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely

Floats = npt.NDArray[np.float64]
Counts = npt.NDArray[np.intp]
Grounds = npt.NDArray[np.object_]

HAIR = 1e-9
"""Degrees, a tenth of a millimetre: nearer to an edge than this, floating point is not trusted."""

_MOST_CELLS = 11_000_000
_CELLS_AN_EDGE = 8
_SMALLEST_CELL = 0.0005
_CLEAR = 1e-10
"""Degrees that grid lines keep from every corner: no corner and no upright edge lies on a line."""


@dataclass(frozen=True)
class Frame:
    """Where the grid lies: its south-west corner in degrees, and how fine it is."""

    west: float
    south: float
    columns: int
    rows: int
    columns_a_degree: float
    rows_a_degree: float

    def column(self, lon: float) -> int:
        """Return the column of a longitude; below 0 or too high outside the grid."""
        return int(np.floor((lon - self.west) * self.columns_a_degree))

    def row(self, lat: float) -> int:
        """Return the row of a latitude, likewise."""
        return int(np.floor((lat - self.south) * self.rows_a_degree))

    def box_of(self, window: "Window") -> tuple[float, float, float, float]:
        """Return the window's west, south, east and north in degrees."""
        left, below = window.column, window.row
        right, above = left + window.columns, below + window.rows
        return (
            self.west + left / self.columns_a_degree,
            self.south + below / self.rows_a_degree,
            self.west + right / self.columns_a_degree,
            self.south + above / self.rows_a_degree,
        )

    def clear_of(self, grounds: Grounds) -> bool:
        """Say whether all corners lie within the grid, and none of them on one of its lines."""
        corners = shapely.get_coordinates(grounds)
        turns = (corners - (self.west, self.south)) * (self.columns_a_degree, self.rows_a_degree)
        gaps = np.abs(turns - np.round(turns)) / (self.columns_a_degree, self.rows_a_degree)
        inside = (turns > 0.0) & (turns < (self.columns, self.rows))
        return bool(inside.all() and (gaps > _CLEAR).all())


@dataclass(frozen=True)
class Window:
    """A part of a grid, in whole cells."""

    column: int
    row: int
    columns: int
    rows: int

    @classmethod
    def around(cls, frame: Frame, west: float, south: float, east: float, north: float) -> "Window":
        """Return the cells that a box, which lies in the grid, touches."""
        column, row = frame.column(west), frame.row(south)
        return cls(column, row, frame.column(east) - column + 1, frame.row(north) - row + 1)


@dataclass(frozen=True)
class Built:
    """The grid: for each cell 0 (nobody), n + 1 (all of it is shape n's) or -k (border cell k).

    Border cell k has the rows starts[k - 1] to starts[k] of `pieces`: the shape's number, low and
    high latitude, longitude at the low one, degrees of longitude for each of latitude.
    """

    cells: npt.NDArray[np.int32]
    starts: npt.NDArray[np.int32]
    pieces: Floats


def frame_around(grounds: Grounds) -> Frame:
    """Return a grid around the shapes, as fine as their edges are many."""
    if not len(grounds):
        return Frame(0.0, 0.0, 0, 0, 1.0, 1.0)
    corners = shapely.get_coordinates(grounds)
    (west, south), (east, north) = corners.min(axis=0), corners.max(axis=0)
    wide, high = max(east - west, 1e-4), max(north - south, 1e-4)
    wanted = min(max(_CELLS_AN_EDGE * len(corners), 4_096), _MOST_CELLS)
    size = max(float(np.sqrt(wide * high / wanted)), _SMALLEST_CELL)
    left, columns = _clear_lines(corners[:, 0], float(west), float(wide), size)
    below, rows = _clear_lines(corners[:, 1], float(south), float(high), size)
    return Frame(left, below, columns, rows, 1.0 / size, 1.0 / size)


def _clear_lines(values: Floats, least: float, span: float, size: float) -> tuple[float, int]:
    """Return where the lines begin and how many gaps they leave, clear of every value."""
    for attempt in range(1, 100):
        # Fractions of the golden ratio fall between whatever round numbers people draw by.
        begin = least - size * ((attempt * 0.618033988749895) % 0.9 + 0.05)
        turns = (values - begin) / size
        if float(np.abs(turns - np.round(turns)).min()) * size > _CLEAR:
            break
    return begin, int(np.floor((least + span - begin) / size)) + 1


@dataclass(frozen=True)
class _Edges:
    """Edges from their western to their eastern end, each with the number of its shape."""

    shape: Counts
    west: Floats
    west_y: Floats
    east: Floats
    east_y: Floats

    def at(self, places: Counts) -> "_Edges":
        """Return those at the places."""
        return _Edges(
            self.shape[places],
            self.west[places],
            self.west_y[places],
            self.east[places],
            self.east_y[places],
        )


def pieces_of(grounds: Grounds, frame: Frame, window: Window | None = None) -> Built:
    """Return the grid of the shapes, or that part of it that lies in a window."""
    window = window or Window(0, 0, frame.columns, frame.rows)
    cells = np.zeros(window.rows * window.columns, dtype=np.int32)
    if not len(grounds):
        return Built(cells, np.zeros(1, dtype=np.int32), np.empty((0, 5)))
    drawn, lines = _cut_into_columns(_edges_of(grounds), frame, window)
    spans = _inside_spans(lines)
    cell, row = _spread_over_rows(drawn, frame, window)
    edged = np.zeros(len(cells), dtype=bool)
    edged[cell] = True
    filled, span = _spread_over_rows(spans, frame, window)
    plain = ~edged[filled]
    owner = spans[span, 1].astype(np.int32) + 1
    cells[filled[plain]] = owner[plain]
    # Where two claim the same whole cell, the one written last stands there: both are kept below.
    edged[filled[plain][cells[filled[plain]] != owner[plain]]] = True
    upright = edged[filled]
    keys = np.concatenate([cell, filled[upright]])
    pieces = np.concatenate([drawn[row, 1:], spans[span[upright], 1:]])
    return _gathered(cells, keys, pieces)


def _gathered(cells: npt.NDArray[np.int32], keys: Counts, pieces: Floats) -> Built:
    """Put the pieces of a cell together, in the order of their shapes."""
    if not len(keys):
        return Built(cells, np.zeros(1, dtype=np.int32), np.empty((0, 5)))
    order = np.argsort(keys * (int(pieces[:, 0].max()) + 1) + pieces[:, 0].astype(np.intp))
    keys, pieces = keys[order], np.ascontiguousarray(pieces[order])
    begins = np.flatnonzero(np.concatenate([[True], keys[1:] != keys[:-1]]))
    cells[keys[begins]] = -np.arange(1, len(begins) + 1, dtype=np.int32)
    return Built(cells, np.append(begins, len(keys)).astype(np.int32), pieces)


def _edges_of(grounds: Grounds) -> _Edges:
    kind, corners, offsets = shapely.to_ragged_array(grounds)
    assert kind is shapely.GeometryType.MULTIPOLYGON
    rings, parts, shapes = offsets
    ring_of_shape = np.asarray(parts)[np.asarray(shapes)]
    shape_of_ring = np.repeat(np.arange(len(grounds)), np.diff(ring_of_shape))
    shape_of_corner = np.repeat(shape_of_ring, np.diff(rings))
    keeps = np.ones(len(corners), dtype=bool)
    keeps[np.asarray(rings[1:]) - 1] = False  # A ring's last corner is its first: no edge begins.
    begin = np.flatnonzero(keeps)
    one, other = corners[begin], corners[begin + 1]
    west = np.where(one[:, :1] <= other[:, :1], one, other)
    east = np.where(one[:, :1] <= other[:, :1], other, one)
    return _Edges(shape_of_corner[begin], west[:, 0], west[:, 1], east[:, 0], east[:, 1])


def _cut_into_columns(edges: _Edges, frame: Frame, window: Window) -> tuple[Floats, Floats]:
    """Return the pieces of the edges, and where they cross the lines between columns.

    A piece is (column, shape, low, high, x at low, slope); a crossing (column, shape, latitude),
    its line being the west side of the column.
    """
    first = np.floor((edges.west - frame.west) * frame.columns_a_degree).astype(np.intp)
    last = np.floor((edges.east - frame.west) * frame.columns_a_degree).astype(np.intp)
    end = window.column + window.columns
    if (window.column, end) != (0, frame.columns):
        here = np.flatnonzero((first < end) & (last >= window.column))
        edges, first, last = edges.at(here), first[here], last[here]
    # Nearly every edge lies within one column: the others alone are cut.
    short, long = np.flatnonzero(first == last), np.flatnonzero(first != last)
    whole = edges.at(short)
    edge, step = _repeated(last[long] - first[long] + 1)
    cut = edges.at(long).at(edge)
    column = first[long][edge] + step
    begin_y = np.where(step > 0, _y_at_line(cut, column, frame), cut.west_y)
    inner = column < last[long][edge]
    end_y = np.where(inner, _y_at_line(cut, column + 1, frame), cut.east_y)
    pieces = [
        _sloped(first[short], whole, whole.west_y, whole.east_y),
        _sloped(column, cut, begin_y, end_y),
    ]
    crossings = np.column_stack([column, cut.shape, begin_y])[step > 0]
    return _within(np.concatenate(pieces), window), _within(crossings, window)


def _within(rows: Floats, window: Window) -> Floats:
    """Return those in the window's columns; nearly all are, where it is the whole grid."""
    inside = (rows[:, 0] >= window.column) & (rows[:, 0] < window.column + window.columns)
    return rows if inside.all() else rows[inside]


def _y_at_line(edges: _Edges, column: Counts, frame: Frame) -> Floats:
    """Return the latitude at which each edge, which is not upright, meets a column's west side."""
    x = frame.west + column / frame.columns_a_degree
    climb = (edges.east_y - edges.west_y) / (edges.east - edges.west)
    y: Floats = edges.west_y + (x - edges.west) * climb
    low, high = np.minimum(edges.west_y, edges.east_y), np.maximum(edges.west_y, edges.east_y)
    return np.clip(y, low, high)


def _sloped(column: Counts, edges: _Edges, begin_y: Floats, end_y: Floats) -> Floats:
    pieces = np.empty((len(column), 6))
    run, rise = edges.east - edges.west, edges.east_y - edges.west_y
    level = rise == 0.0
    slope = np.divide(run, rise, out=np.zeros_like(run), where=~level)
    pieces[:, 0], pieces[:, 1] = column, edges.shape
    low = np.minimum(begin_y, end_y)
    pieces[:, 2], pieces[:, 3] = low, np.maximum(begin_y, end_y)
    pieces[:, 4] = edges.west + (low - edges.west_y) * slope
    # A level edge is never crossed; its slope only makes a point on it a matter for GEOS.
    pieces[:, 5] = np.where(level, run / HAIR, slope)
    return pieces


def _inside_spans(crossings: Floats) -> Floats:
    """Return (column, shape, low, high, x, slope) of where a column's west side lies in a shape.

    Along a line, a shape begins and ends by turns. The span stands far west: always crossed.
    """
    column, shape, lat = crossings.T
    order = np.lexsort((lat, shape, column))
    pairs = crossings[order].reshape(-1, 2, 3)
    beside = np.full(len(pairs), -1e6)
    return np.column_stack(
        [pairs[:, 0, 0], pairs[:, 0, 1], pairs[:, 0, 2], pairs[:, 1, 2], beside, beside * 0.0]
    )


def _spread_over_rows(pieces: Floats, frame: Frame, window: Window) -> tuple[Counts, Counts]:
    """Return the window's cells that the pieces touch, and for each the piece."""
    first = np.floor((pieces[:, 2] - frame.south) * frame.rows_a_degree).astype(np.intp)
    last = np.floor((pieces[:, 3] - frame.south) * frame.rows_a_degree).astype(np.intp)
    first = np.maximum(first - window.row, 0)
    last = np.minimum(last - window.row, window.rows - 1)
    piece, step = _repeated(np.maximum(last - first + 1, 0))
    column = pieces[piece, 0].astype(np.intp) - window.column
    return (first[piece] + step) * window.columns + column, piece


def _repeated(counts: Counts) -> tuple[Counts, Counts]:
    """Return for counts (2, 1): indexes (0, 0, 1) and turns (0, 1, 0)."""
    index = np.repeat(np.arange(len(counts)), counts)
    ends = np.cumsum(counts)
    return index, np.arange(len(index)) - np.repeat(ends - counts, counts)
