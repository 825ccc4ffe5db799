"""A cursor of PostgreSQL whose statements are parsed and planned once for a connection.

Django binds values on the client's side, so the server sees a new statement each time; for the
few that every change goes through, planning them costs more than running them.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection
from django.db.backends.utils import CursorWrapper
from psycopg import Cursor
from psycopg.types.datetime import TimestamptzLoader


@contextmanager
def prepared() -> Iterator[CursorWrapper]:
    """Lend a cursor within Django's transaction; its errors are Django's."""
    connection.ensure_connection()
    if connection.queries_logged:  # Only Django's own can say afterwards what was asked.
        with connection.cursor() as cursor:
            yield cursor
    else:
        raw: Any = Cursor(connection.connection)
        # Django's own loader of moments is Python; psycopg's is C, and they mean the same in UTC.
        raw.adapters.register_loader("timestamptz", TimestamptzLoader)
        with raw:
            yield connection.make_cursor(raw)
