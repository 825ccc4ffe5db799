"""A cursor of PostgreSQL whose statements are parsed and planned once for a connection.

Django binds values on the client's side, so the server sees a new statement each time; for the
few that every change goes through, planning them costs more than running them. The cursor is
kept with its connection: making one takes longer than sending a statement by it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.utils import CursorWrapper
from psycopg import Cursor
from psycopg.types.datetime import TimestamptzLoader

KEPT = "prepared_cursor"


@contextmanager
def prepared() -> Iterator[CursorWrapper]:
    """Lend a cursor within Django's transaction; its errors are Django's.

    On SQLite, and where queries are logged, it is Django's own.
    """
    connection: Any = connections[DEFAULT_DB_ALIAS]
    connection.ensure_connection()
    # Only Django's own can say afterwards what was asked.
    if connection.vendor != "postgresql" or connection.queries_logged:
        with connection.cursor() as cursor:
            yield cursor
        return
    raw = getattr(connection, KEPT, None)
    if raw is None or raw.connection is not connection.connection:
        raw = _made(connection.connection)
    setattr(connection, KEPT, None)  # lent: who asks meanwhile gets another
    yield connection.make_cursor(raw)
    setattr(connection, KEPT, raw)  # after an error it is not


def _made(connection: Any) -> Any:
    raw: Any = Cursor(connection)
    # Django's own loader of moments is Python; psycopg's is C, and they mean the same in UTC.
    raw.adapters.register_loader("timestamptz", TimestamptzLoader)
    return raw
