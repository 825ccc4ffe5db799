"""On PostgreSQL, the words and number of each report can be looked up; built while work goes on.

Whole words in an index of the database's own: an extension such as pg_trgm is not ours to create.
"""

from django.db import migrations

BUILD = (
    "CREATE INDEX CONCURRENTLY IF NOT EXISTS report_by_words ON reports_report USING gin"
    " (to_tsvector('simple', folded || ' ' || lower(replace(report_no, '-', ' '))))"
)


def build(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(BUILD)


def drop(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP INDEX CONCURRENTLY IF EXISTS report_by_words")


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("reports", "0004_report_by_cell")]

    operations = [migrations.RunPython(build, drop)]
