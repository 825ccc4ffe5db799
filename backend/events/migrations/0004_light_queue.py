import django.db.models.deletion
from django.db import migrations, models


def vacuum_often(apps, schema_editor):
    """The queue's rows live for milliseconds: their remains must not pile up before a reader."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(
            "ALTER TABLE events_queuedevent SET (autovacuum_vacuum_scale_factor = 0,"
            " autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_cost_delay = 0)"
        )


def vacuum_as_usual(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(
            "ALTER TABLE events_queuedevent RESET (autovacuum_vacuum_scale_factor,"
            " autovacuum_vacuum_threshold, autovacuum_vacuum_cost_delay)"
        )


class Migration(migrations.Migration):
    dependencies = [("events", "0003_names_for_people")]

    operations = [
        migrations.AlterField(
            model_name="logposition",
            name="event",
            field=models.OneToOneField(
                db_constraint=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="place",
                to="events.eventrecord",
            ),
        ),
        migrations.AlterField(
            model_name="queuedevent",
            name="event",
            field=models.OneToOneField(
                db_constraint=False,
                on_delete=django.db.models.deletion.PROTECT,
                primary_key=True,
                serialize=False,
                to="events.eventrecord",
            ),
        ),
        migrations.RunPython(vacuum_often, vacuum_as_usual),
    ]
