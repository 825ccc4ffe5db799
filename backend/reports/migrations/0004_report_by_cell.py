"""The index of reports by cell, built while reports go on coming in."""

from django.db import migrations, models

INDEX = models.Index(fields=["cell", "-submitted_at"], name="report_by_cell")


def build(apps, schema_editor):
    report = apps.get_model("reports", "Report")
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(INDEX.create_sql(report, schema_editor, concurrently=True))
    else:
        schema_editor.add_index(report, INDEX)


def drop(apps, schema_editor):
    schema_editor.remove_index(apps.get_model("reports", "Report"), INDEX)


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("reports", "0003_report_cell")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunPython(build, drop)],
            state_operations=[migrations.AddIndex("report", INDEX)],
        )
    ]
