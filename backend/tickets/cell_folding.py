"""Take what the triggers noted into the counts by cell.

Until then it is counted from the notes themselves, so that figures are right at every moment and
only their cost depends on how often this runs. One process folds at a time.
"""

from collections import Counter
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from django.db import connection, transaction

from geo import hexagons

FINEST, COARSEST = 9, 4
LEVELS = range(COARSEST, FINEST + 1)
AT_ONCE = 100_000
"""Changes in one transaction."""

Key = tuple[str, int, int, str, str]
"""Of what, level, cell, status, priority."""

# Nobody counts meanwhile but readers, who see all of it or nothing.
_ALONE = "LOCK TABLE tickets_cellcount IN SHARE ROW EXCLUSIVE MODE"
_TAKE = """
    WITH taken AS (
        DELETE FROM tickets_cellchange
        WHERE id IN (SELECT id FROM tickets_cellchange ORDER BY id LIMIT %s)
        RETURNING *
    )
    SELECT cell >> %s, status, priority, category_id, agency_id, area_code, sum(n), count(*)
    FROM taken GROUP BY 1, 2, 3, 4, 5, 6
"""
_ADD = """
    INSERT INTO tickets_cellcount AS known
        (of, level, cell, status, priority, n, west, south, east, north)
    SELECT * FROM unnest(
        %s::text[], %s::int[], %s::bigint[], %s::text[], %s::text[], %s::int[],
        %s::float8[], %s::float8[], %s::float8[], %s::float8[]
    )
    ON CONFLICT (of, level, cell, status, priority) DO UPDATE SET n = known.n + excluded.n
"""
_DROP_EMPTY = """
    DELETE FROM tickets_cellcount AS known
    USING unnest(%s::text[], %s::int[], %s::bigint[], %s::text[], %s::text[])
        AS gone (of, level, cell, status, priority)
    WHERE known.n = 0 AND (known.of, known.level, known.cell, known.status, known.priority)
        = (gone.of, gone.level, gone.cell, gone.status, gone.priority)
"""
_NOTE_ALL = """
    INSERT INTO tickets_cellchange
        (cell, lat, lon, status, priority, category_id, agency_id, area_code, n)
    SELECT cell, lat, lon, status, priority, category_id, agency_id, area_code, 1
    FROM tickets_ticket WHERE cell IS NOT NULL
"""


def fold_changes(at_once: int = AT_ONCE) -> int:
    """Take the oldest changes into the counts; returns how many, 0 when none is left."""
    if connection.vendor != "postgresql":
        return 0
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_ALONE)
        cursor.execute(_TAKE, [at_once, hexagons.shift_to(FINEST)])
        kinds = cursor.fetchall()
        counts = _expanded(kinds)
        if counts:
            keys = sorted(counts)
            boxes = [_bounds(cell, level) for _of, level, cell, *_rest in keys]
            cursor.execute(_ADD, [*_columns(keys), [counts[key] for key in keys], *_columns(boxes)])
        fewer = [key for key, n in counts.items() if n < 0]
        if fewer:
            cursor.execute(_DROP_EMPTY, _columns(fewer))
    return sum(taken for *_kind, taken in kinds)


def recount() -> None:
    """Forget all counts and note every ticket as if it came now; folding them is another's work.

    One snapshot: a change committed meanwhile keeps its own note.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        cursor.execute(_ALONE)  # before the snapshot, which the first row read takes
        cursor.execute("DELETE FROM tickets_cellcount")
        cursor.execute("DELETE FROM tickets_cellchange")
        cursor.execute(_NOTE_ALL)


def _of(category: str, agency: int | None, area: str) -> list[str]:
    """Return under which names a ticket is counted."""
    of = ["", f"category:{category}"]
    if agency is not None:
        of.append(f"agency:{agency}")
    return [*of, f"area:{area}"] if area else of


def _expanded(kinds: Iterable[tuple[Any, ...]]) -> Counter[Key]:
    """Add up the changes for each name and level; what adds up to nothing is left out."""
    counts: Counter[Key] = Counter()
    for cut, status, priority, category, agency, area, n, _taken in kinds:
        of = _of(category, agency, area) if n else []
        for level in LEVELS:
            cell = cut >> hexagons.shift_to(level) - hexagons.shift_to(FINEST)
            for each in of:
                counts[each, level, cell, status, priority] += n
    return Counter({key: n for key, n in counts.items() if n})


@lru_cache(maxsize=100_000)
def _bounds(cell: int, level: int) -> hexagons.Box:
    return hexagons.bounds_of(cell, level)


def _columns(rows: list[Any]) -> list[list[Any]]:
    return [list(column) for column in zip(*rows, strict=True)]
