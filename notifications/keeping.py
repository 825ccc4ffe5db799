"""Keeping many planned rows at once; those that are there already stay as they are."""

from collections.abc import Sequence
from functools import cache

import orjson
from django.db import connection

from notifications.models import Notification

AT_ONCE = 1_000


def keep(rows: Sequence[Notification]) -> None:
    """Insert what is new: unique per entry, person, transport and address.

    On PostgreSQL many go as one JSON document, in a fraction of the time that a parameter for
    each value takes: an area's alert has twenty thousand rows.
    """
    if connection.vendor != "postgresql" or len(rows) < AT_ONCE:
        Notification.objects.bulk_create(rows, batch_size=AT_ONCE, ignore_conflicts=True)
        return
    columns, statement = _statement()
    given = [{name: getattr(row, field) for field, name in columns} for row in rows]
    with connection.cursor() as cursor:
        cursor.execute(statement, [orjson.dumps(given).decode()])


@cache
def _statement() -> tuple[list[tuple[str, str]], str]:
    """Return each attribute with its column, and the statement that takes the document."""
    fields = [each for each in Notification._meta.concrete_fields if not each.primary_key]
    quoted = connection.ops.quote_name
    columns = [(each.attname, str(each.column)) for each in fields]
    names = ", ".join(quoted(column) for _attribute, column in columns)
    table = quoted(Notification._meta.db_table)
    statement = (
        f"INSERT INTO {table} ({names}) SELECT {names} "  # noqa: S608 - our own names
        f"FROM json_populate_recordset(NULL::{table}, %s::json) ON CONFLICT DO NOTHING"
    )
    return columns, statement
