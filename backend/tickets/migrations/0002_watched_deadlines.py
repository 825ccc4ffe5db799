from django.conf import settings
from django.db import migrations, models


def begin_to_climb(apps, schema_editor):
    """A deadline that runs already has its ladder before it as a new one has."""
    tickets = apps.get_model("tickets", "Ticket").objects
    tickets.filter(due_at__isnull=False).update(climbs_at=models.F("due_at"))


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
        ("catalogue", "0002_calendars"),
        ("reports", "0001_initial"),
        ("tickets", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="directive",
            name="kind",
            field=models.CharField(
                choices=[("order", "Order"), ("chase", "Chasing")], default="order", max_length=10
            ),
        ),
        migrations.AddField(
            model_name="ticket",
            name="climbs_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="ticket",
            name="due_soon_told",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="ticket",
            name="overdue_told",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="ticket",
            name="rung",
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.RunPython(begin_to_climb, migrations.RunPython.noop),
        migrations.AddIndex(
            model_name="ticket",
            index=models.Index(
                condition=models.Q(("due_at__isnull", False)),
                fields=["due_soon_at"],
                name="ticket_with_a_deadline",
            ),
        ),
    ]
