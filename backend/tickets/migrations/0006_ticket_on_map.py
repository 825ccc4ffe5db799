"""On PostgreSQL, what a map counts comes from one index alone; built while work goes on.

A map that is zoomed out counts tickets by cell, mostly the open ones: without the row itself,
a million tickets hold it up no more than those that are counted.
"""

from django.db import migrations

BUILD = (
    "CREATE INDEX CONCURRENTLY IF NOT EXISTS ticket_on_map ON tickets_ticket (status, cell)"
    " INCLUDE (lat, lon, category_id, agency_id, priority)"
)


def build(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(BUILD)


def drop(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP INDEX CONCURRENTLY IF EXISTS ticket_on_map")


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("tickets", "0005_ticket_by_cell")]

    operations = [migrations.RunPython(build, drop)]
