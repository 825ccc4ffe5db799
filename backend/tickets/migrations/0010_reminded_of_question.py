"""For which answer, by when, a reporter was reminded."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tickets", "0009_pressing_tickets")]

    operations = [
        migrations.AddField("ticket", "info_reminded", models.DateTimeField(blank=True, null=True)),
    ]
