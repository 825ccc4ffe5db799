"""The index of tickets by cell, built while work goes on."""

from django.db import migrations, models

INDEX = models.Index(fields=["cell", "status"], name="ticket_by_cell")


def build(apps, schema_editor):
    ticket = apps.get_model("tickets", "Ticket")
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(INDEX.create_sql(ticket, schema_editor, concurrently=True))
    else:
        schema_editor.add_index(ticket, INDEX)


def drop(apps, schema_editor):
    schema_editor.remove_index(apps.get_model("tickets", "Ticket"), INDEX)


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("tickets", "0004_ticket_cell")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunPython(build, drop)],
            state_operations=[migrations.AddIndex("ticket", INDEX)],
        )
    ]
