"""Each report's H3 cell and its text without diacritics, filled in for those that are there."""

import re
import unicodedata

import h3.api.basic_int as cells
from django.db import migrations, models

RESOLUTION = 12
AT_ONCE = 1_000


def folded(text):
    # As geo.folding had it on the day of this migration.
    plain = unicodedata.normalize("NFD", text.casefold()).replace("đ", "d")
    letters = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return re.sub(r"[^\w]+|_+", " ", letters).strip()


def fill(apps, schema_editor):
    reports = apps.get_model("reports", "Report").objects.order_by()
    ids = list(reports.filter(cell__isnull=True).values_list("pk", flat=True))
    for start in range(0, len(ids), AT_ONCE):
        part = list(reports.filter(pk__in=ids[start : start + AT_ONCE]).only("text", "lat", "lon"))
        for report in part:
            report.cell = cells.latlng_to_cell(report.lat, report.lon, RESOLUTION)
            report.folded = folded(report.text)
        reports.bulk_update(part, ["cell", "folded"])


class Migration(migrations.Migration):
    dependencies = [("reports", "0002_report_drill")]

    operations = [
        migrations.AddField(
            "report", "cell", models.BigIntegerField(blank=True, editable=False, null=True)
        ),
        migrations.AddField(
            "report", "folded", models.TextField(blank=True, default="", editable=False)
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
