"""What was folded into a notification, indexed for the database's own check when one is deleted."""

from django.db import migrations, models

INDEX = models.Index(
    fields=["folded_into"],
    condition=models.Q(folded_into__isnull=False),
    name="notification_folded_into",
)


def build(apps, schema_editor):
    notification = apps.get_model("notifications", "Notification")
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(INDEX.create_sql(notification, schema_editor, concurrently=True))
    else:
        schema_editor.add_index(notification, INDEX)


def drop(apps, schema_editor):
    schema_editor.remove_index(apps.get_model("notifications", "Notification"), INDEX)


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("notifications", "0004_webhook")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunPython(build, drop)],
            state_operations=[migrations.AddIndex("notification", INDEX)],
        )
    ]
