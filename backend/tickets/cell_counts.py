"""Tickets counted by cell from what is kept beside them: a million cost no more than their cells.

One statement, so one snapshot. Cells that lie wholly in the box give their count; those that its
edge cuts are looked at again in finer cells, and at last ticket by ticket. What is noted and not
yet taken into the counts is added. So the figures are those of plain counting, at every moment.
"""

from dataclasses import dataclass
from typing import Any

from django.db import connection

from backend.catalogue.models import Priority
from backend.tickets.cell_folding import COARSEST, FINEST
from backend.tickets.lifecycle import OPEN
from geo.hexagons import Box, ranges_over, shift_to

Codes = tuple[str, ...] | None


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Which tickets to count: None means any. `agencies` are the ids of those that lead."""

    box: Box
    statuses: Codes = None
    priorities: Codes = None
    categories: Codes = None
    areas: Codes = None
    agencies: tuple[int, ...] | None = None

    @property
    def kept(self) -> bool:
        """Say whether counts are kept of these: by one kind beside status and priority."""
        kinds = [each for each in (self.categories, self.areas, self.agencies) if each is not None]
        return connection.vendor == "postgresql" and len(kinds) <= 1

    @property
    def of(self) -> list[str]:
        """Under which names they are counted."""
        if self.agencies is not None:
            return [f"agency:{each}" for each in self.agencies]
        if self.categories is not None:
            return [f"category:{each}" for each in self.categories]
        return [""] if self.areas is None else [f"area:{each}" for each in self.areas]


_WITHIN = "t.lon BETWEEN %(west)s AND %(east)s AND t.lat BETWEEN %(south)s AND %(north)s"
# OFFSET 0 keeps the planner to one short look along an index for each range or cell: it cannot
# know how narrow they are, and would rather read a whole level, or every ticket.
_COUNT = """
    WITH over (low, high) AS (SELECT * FROM unnest(%(low)s::bigint[], %(high)s::bigint[])),
    {near},
    edge AS MATERIALIZED (SELECT DISTINCT cell FROM near_{finest} WHERE NOT inside),
    counted (cut, n, urgent) AS (
        {inside}
        UNION ALL
        SELECT t.cell >> %(cut)s, 1, t.urgent FROM edge, LATERAL (
            SELECT t.cell, t.lat, t.lon,
                (t.priority = %(emergency)s AND t.status = ANY(%(open)s)) AS urgent
            FROM tickets_ticket t
            WHERE t.cell BETWEEN edge.cell << %(fine)s AND ((edge.cell + 1) << %(fine)s) - 1
                {kinds}
            OFFSET 0
        ) t
        WHERE {within}
        UNION ALL
        SELECT t.cell >> %(cut)s, t.n,
            (t.priority = %(emergency)s AND t.status = ANY(%(open)s))
            FROM tickets_cellchange t
            WHERE {within} {kinds}
            AND NOT EXISTS (SELECT FROM edge WHERE edge.cell = t.cell >> %(fine)s)
    )
    SELECT cut, sum(n), coalesce(sum(n) FILTER (WHERE urgent), 0)
    FROM counted GROUP BY cut HAVING sum(n) > 0
"""
_NEAR = """
    near_{level} AS MATERIALIZED (
        SELECT c.cell, c.n, c.urgent, (
            c.west >= %(west)s AND c.east <= %(east)s
            AND c.south >= %(south)s AND c.north <= %(north)s
        ) AS inside
        FROM {source}, LATERAL (
            SELECT c.*, (c.priority = %(emergency)s AND c.status = ANY(%(open)s)) AS urgent
            FROM tickets_cellcount c
            WHERE c.of = ANY(%(of)s) AND c.level = {level} AND c.cell BETWEEN {range} {kinds}
            OFFSET 0
        ) c
        WHERE c.east >= %(west)s AND c.west <= %(east)s
            AND c.north >= %(south)s AND c.south <= %(north)s
    )
"""
_INSIDE = "SELECT cell >> {bits}, n, urgent FROM near_{level} WHERE inside"
_CUT = "(SELECT DISTINCT cell FROM near_{former} WHERE NOT inside) AS cut"


def count_by_cell(wanted: Wanted, resolution: int) -> list[tuple[int, int, int]]:
    """Return each cell of that resolution, cut short, with its tickets and its open emergencies.

    Only for what counts are kept of, and for resolutions up to FINEST.
    """
    levels = [max(resolution, COARSEST)]
    while levels[-1] < FINEST:
        levels.append(min(levels[-1] + 2, FINEST))
    formers = [None, *levels]
    kinds = _conditions("c", wanted, ["status", "priority"])
    inside = [
        _INSIDE.format(level=level, bits=shift_to(resolution) - shift_to(level)) for level in levels
    ]
    statement = _COUNT.format(
        near=", ".join(map(_near, levels, formers, [kinds] * len(levels))),
        finest=FINEST,
        inside=" UNION ALL ".join(inside),
        within=_WITHIN,
        kinds=_conditions("t", wanted, list(_FIELDS)),
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, _parameters(wanted, levels[0], resolution))
        return [(int(cut), int(n), int(urgent)) for cut, n, urgent in cursor.fetchall()]


def _near(level: int, former: int | None, kinds: str) -> str:
    """Return the part that finds a level's counts near the box, or where the former one is cut."""
    if former is None:
        return _NEAR.format(level=level, source="over", range="over.low AND over.high", kinds=kinds)
    bits = shift_to(former) - shift_to(level)
    children = f"cut.cell << {bits} AND ((cut.cell + 1) << {bits}) - 1"
    return _NEAR.format(level=level, source=_CUT.format(former=former), range=children, kinds=kinds)


_FIELDS = {
    "status": "statuses",
    "priority": "priorities",
    "category_id": "categories",
    "area_code": "areas",
    "agency_id": "agencies",
}
"""Columns, and what of `Wanted` they are compared with."""


def _conditions(table: str, wanted: Wanted, columns: list[str]) -> str:
    asked = [each for each in columns if getattr(wanted, _FIELDS[each]) is not None]
    return "".join(f" AND {table}.{each} = ANY(%({_FIELDS[each]})s)" for each in asked)


def _parameters(wanted: Wanted, level: int, resolution: int) -> dict[str, Any]:
    west, south, east, north = wanted.box
    lows, highs = zip(*ranges_over(wanted.box, level), strict=True)
    given = {name: list(getattr(wanted, name) or ()) for name in _FIELDS.values()}
    return given | {
        "emergency": Priority.EMERGENCY,
        "open": sorted(OPEN),
        "west": west,
        "south": south,
        "east": east,
        "north": north,
        "low": list(lows),
        "high": list(highs),
        "of": wanted.of,
        "cut": shift_to(resolution),
        "fine": shift_to(FINEST),
    }
