"""A grid that says at once whose a point is, and keeps edges only where boundaries run. Pure.

Whole cells answer by one look. A border cell keeps the pieces of the boundaries inside it, and
the point is in a shape when a ray to the cell's west side crosses that shape's pieces an odd
number of times (the even-odd rule). What the shape does west of the cell is summed up in upright
pieces just outside, so that a ray never leaves its cell.

Floating point cannot decide within a hair of an edge. There the exact predicates of GEOS decide,
so the answers are those of `shapely.intersects_xy` on every point: edges belong to both sides.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry import MultiPolygon

from geo.pieces import HAIR, Built, Frame, Window, frame_around, pieces_of

Numbers = npt.NDArray[np.int32]
Floats = npt.NDArray[np.float64]

NOBODY = -1
_AT_ONCE = 1 << 16
"""Points of a batch worked on at a time, so that what is computed stays in the cache."""


class Cells:
    """Which of some shapes hold a point: shapes are known by their number, low numbers first."""

    def __init__(self, grounds: Sequence[MultiPolygon], before: "Cells | None" = None) -> None:
        """`before` are cells of which some shapes may be here again: the very same objects, in the
        same order. Around few others, the rest of the grid stays as it was.
        """
        self._grounds = np.array(grounds, dtype=object)
        patched = _patched(before, self._grounds) if before else None
        if before and patched:
            self.frame: Frame = before.frame
            built = patched
        else:
            self.frame = frame_around(self._grounds)
            built = pieces_of(self._grounds, self.frame)
        self._cells, self._starts, self._pieces = built.cells, built.starts, built.pieces
        # Memory views hand out plain Python numbers, several times faster than arrays do.
        self._cell_view = _view_of(self._cells)
        self._start_view = _view_of(self._starts)
        self._piece_view = _view_of(self._pieces.reshape(-1))
        self.first = self._asker()

    def holding(self, lat: float, lon: float) -> list[int]:
        """Return the numbers of the shapes that hold the point, edges included, low ones first."""
        frame = self.frame
        row = (lat - frame.south) * frame.rows_a_degree
        column = (lon - frame.west) * frame.columns_a_degree
        if not (0.0 <= row < frame.rows and 0.0 <= column < frame.columns):
            return []
        owner = self._cell_view[int(row) * frame.columns + int(column)]
        if owner > 0:
            return [owner - 1]
        return self._held(-owner, lat, lon) if owner else []

    def _asker(self) -> Callable[[float, float], int]:
        """Return what tells a point's shape: over plain numbers, it looks up no attribute."""
        frame, cells, held_at = self.frame, self._cell_view, self._held
        south, west, rows, columns = frame.south, frame.west, frame.rows, frame.columns
        rows_a_degree, columns_a_degree = frame.rows_a_degree, frame.columns_a_degree

        def first(lat: float, lon: float) -> int:
            """Return the lowest number of those that hold the point, NOBODY for none."""
            row = (lat - south) * rows_a_degree
            column = (lon - west) * columns_a_degree
            if 0.0 <= row < rows and 0.0 <= column < columns:
                owner = cells[int(row) * columns + int(column)]
                if owner >= 0:
                    return owner - 1
                held = held_at(-owner, lat, lon)
                if held:
                    return held[0]
            return NOBODY

        return first

    def _held(self, border: int, lat: float, lon: float) -> list[int]:
        start, end = self._start_view[border - 1], self._start_view[border]
        pieces = iter(self._piece_view[start * 5 : end * 5].tolist())
        above, below = lat + HAIR, lat - HAIR
        held: list[int] = []
        current, odd = -1.0, False
        for number, low, high, x, slope in zip(pieces, pieces, pieces, pieces, pieces, strict=True):
            if number != current:
                if odd:
                    held.append(int(current))
                current, odd = number, False
            if low <= above and high >= below:
                gap = lon - x - (lat - low) * slope
                if gap > 0.0 and low <= lat < high:
                    odd = not odd
                if -HAIR <= gap <= HAIR or abs(gap) <= HAIR * (1.0 + abs(slope)):
                    return self._exactly(border, lat, lon)
        if odd:
            held.append(int(current))
        return held

    def _exactly(self, border: int, lat: float, lon: float) -> list[int]:
        start, end = self._starts[border - 1], self._starts[border]
        near = np.unique(self._pieces[start:end, 0].astype(np.intp))
        held = near[shapely.intersects_xy(self._grounds[near], lon, lat)]
        return [int(number) for number in held]

    def alone_around(self, west: float, south: float, east: float, north: float) -> bool:
        """Say whether the box is known, without a closer look, to lie inside one single shape."""
        frame = self.frame
        low, high = frame.row(south), frame.row(north)
        left, right = frame.column(west), frame.column(east)
        if low < 0 or left < 0 or high >= frame.rows or right >= frame.columns:
            return False
        owner = self._cell_view[low * frame.columns + left]
        return owner > 0 and bool(
            (self._cells.reshape(frame.rows, -1)[low : high + 1, left : right + 1] == owner).all()
        )

    def first_of_many(self, lats: Floats, lons: Floats) -> Numbers:
        """Return for each point what `first` says of it."""
        answer = np.full(len(lats), NOBODY, dtype=np.int32)
        if not len(self._grounds):
            return answer
        for start in range(0, len(lats), _AT_ONCE):
            part = slice(start, start + _AT_ONCE)
            answer[part] = self._firsts(lats[part], lons[part])
        return answer

    def _firsts(self, lats: Floats, lons: Floats) -> Numbers:
        frame = self.frame
        rows = (lats - frame.south) * frame.rows_a_degree
        columns = (lons - frame.west) * frame.columns_a_degree
        known = (rows >= 0) & (rows < frame.rows) & (columns >= 0) & (columns < frame.columns)
        cells = np.where(known, rows, 0).astype(np.intp) * frame.columns
        cells += np.where(known, columns, 0).astype(np.intp)
        owners = np.where(known, self._cells[cells], 0)
        answer: Numbers = (owners - 1).astype(np.int32)
        at_border = np.flatnonzero(owners < 0)
        if len(at_border):
            answer[at_border] = self._border_firsts(
                -owners[at_border], lats[at_border], lons[at_border]
            )
        return answer

    def _border_firsts(self, borders: Numbers, lats: Floats, lons: Floats) -> Numbers:
        """Do for many points what `_held` does for one, a point's pieces side by side."""
        starts = self._starts[borders - 1].astype(np.intp)
        counts = self._starts[borders].astype(np.intp) - starts
        ends = np.cumsum(counts)
        point = np.repeat(np.arange(len(borders)), counts)
        turn = np.arange(ends[-1]) + np.repeat(starts - (ends - counts), counts)
        number, low, high, x, slope = self._pieces.take(turn, axis=0).T
        lat = lats[point]
        gap = lons[point] - x - (lat - low) * slope
        hair = (low <= lat + HAIR) & (high >= lat - HAIR)
        hair &= np.abs(gap) <= HAIR * (1.0 + np.abs(slope))
        crossed = (gap > 0.0) & (low <= lat) & (lat < high)
        answer = _first_odd(point, number, crossed, len(borders))
        for each in np.unique(point[hair]):
            held = self._exactly(int(borders[each]), float(lats[each]), float(lons[each]))
            answer[each] = held[0] if held else NOBODY
        return answer


_MOST_CHANGED = 100
_MOST_OF_GRID = 0.25
"""Shapes, and the part of the grid, that may be new; with more of them all is made anew."""
_MOST_LEFT_OVER = 0.25
"""The part of all pieces that no cell needs any more, after which likewise."""


def _patched(before: Cells, grounds: npt.NDArray[np.object_]) -> Built | None:
    """Return the grid before with what has changed put in; None where all is to be made anew."""
    number_of = {id(ground): number for number, ground in enumerate(grounds)}
    # Where each shape of before is now. One more at the end, for cell 0: nobody's is nobody's.
    now = np.array([*(number_of.get(id(each), NOBODY) for each in before._grounds), NOBODY])
    stay = now[now != NOBODY]
    fresh = np.delete(grounds, stay)
    changed = np.concatenate([fresh, before._grounds[now[:-1] == NOBODY]])
    if len(changed) > _MOST_CHANGED or (np.diff(stay) <= 0).any():
        return None
    if not before.frame.clear_of(fresh):
        return None
    windows = [Window.around(before.frame, *box) for box in shapely.bounds(changed).tolist()]
    if sum(each.rows * each.columns for each in windows) > _MOST_OF_GRID * len(before._cells):
        return None
    return _put_in(before, grounds, now, windows)


def _put_in(
    before: Cells,
    grounds: npt.NDArray[np.object_],
    now: npt.NDArray[np.intp],
    windows: Sequence[Window],
) -> Built | None:
    frame = before.frame
    owners = (now + 1).astype(np.int32)[np.maximum(before._cells, 0) - 1]
    cells = np.where(before._cells < 0, before._cells, owners)
    grid = cells.reshape(frame.rows, frame.columns)
    kept = before._pieces.copy()
    kept[:, 0] = now[kept[:, 0].astype(np.intp)]
    pieces, starts = [kept], [before._starts]
    borders, count = len(before._starts) - 1, len(kept)
    west, south, east, north = shapely.bounds(grounds).T
    for window in windows:
        left, below, right, above = frame.box_of(window)
        here = (west <= right) & (east >= left) & (south <= above) & (north >= below)
        near = np.flatnonzero(here)
        built = pieces_of(grounds[near], frame, window)
        owned = np.append(near + 1, 0).astype(np.int32)[np.maximum(built.cells, 0) - 1]
        part = np.where(built.cells < 0, built.cells - borders, owned)
        rows = slice(window.row, window.row + window.rows)
        columns = slice(window.column, window.column + window.columns)
        grid[rows, columns] = part.reshape(window.rows, window.columns)
        built.pieces[:, 0] = near[built.pieces[:, 0].astype(np.intp)]
        pieces.append(built.pieces)
        starts.append(built.starts[1:] + np.int32(count))
        borders, count = borders + len(built.starts) - 1, count + len(built.pieces)
    all_starts = np.concatenate(starts)
    used = np.zeros(borders, dtype=bool)
    used[-cells[cells < 0] - 1] = True
    if np.diff(all_starts)[~used].sum() > _MOST_LEFT_OVER * count:
        return None
    return Built(cells, all_starts, np.concatenate(pieces))


def _view_of(array: npt.NDArray[Any]) -> memoryview:
    return memoryview(array)  # type: ignore[arg-type]


def _first_odd(
    point: npt.NDArray[np.intp], number: Floats, crossed: npt.NDArray[np.bool_], points: int
) -> Numbers:
    """Return for each point the first number whose pieces were crossed an odd number of times."""
    begins = np.empty(len(point), dtype=bool)
    begins[0] = True
    begins[1:] = (point[1:] != point[:-1]) | (number[1:] != number[:-1])
    groups = np.flatnonzero(begins)
    odd = np.flatnonzero(np.add.reduceat(crossed.astype(np.int32), groups) & 1)
    answer = np.full(points, NOBODY, dtype=np.int32)
    # Written backwards: of several that hold a point, the first is written last and stays.
    answer[point[groups[odd]][::-1]] = number[groups[odd]][::-1].astype(np.int32)
    return answer
