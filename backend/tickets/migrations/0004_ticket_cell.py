"""Each ticket's H3 cell, filled in for those that are there."""

import h3.api.basic_int as cells
from django.db import migrations, models

RESOLUTION = 12
AT_ONCE = 1_000


def fill(apps, schema_editor):
    tickets = apps.get_model("tickets", "Ticket").objects.order_by()
    ids = list(tickets.filter(cell__isnull=True).values_list("pk", flat=True))
    for start in range(0, len(ids), AT_ONCE):
        part = list(tickets.filter(pk__in=ids[start : start + AT_ONCE]).only("lat", "lon"))
        for ticket in part:
            ticket.cell = cells.latlng_to_cell(ticket.lat, ticket.lon, RESOLUTION)
        tickets.bulk_update(part, ["cell"])


class Migration(migrations.Migration):
    dependencies = [("tickets", "0003_original_looks")]

    operations = [
        migrations.AddField(
            "ticket", "cell", models.BigIntegerField(blank=True, editable=False, null=True)
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
