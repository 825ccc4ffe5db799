"""Which asset a report is about, as it was called then."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("reports", "0005_report_words")]

    operations = [
        migrations.AddField("report", "asset", models.JSONField(blank=True, null=True)),
    ]
