"""On PostgreSQL, what is late or soon will be is counted by place from one index alone."""

from django.db import migrations

BUILD = (
    "CREATE INDEX CONCURRENTLY IF NOT EXISTS ticket_pressing ON tickets_ticket (due_soon_at)"
    " INCLUDE (due_at, cell, lat, lon, status, category_id, agency_id, area_code, priority)"
    " WHERE due_at IS NOT NULL"
)


def build(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(BUILD)


def drop(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP INDEX CONCURRENTLY IF EXISTS ticket_pressing")


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("tickets", "0008_cell_changes_noted")]

    operations = [migrations.RunPython(build, drop)]
