"""Counts of tickets by cell, and the changes not yet in them."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tickets", "0006_ticket_on_map")]

    operations = [
        migrations.CreateModel(
            "CellChange",
            [
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("cell", models.BigIntegerField()),
                ("lat", models.FloatField()),
                ("lon", models.FloatField()),
                ("status", models.CharField(max_length=16)),
                ("priority", models.CharField(max_length=10)),
                ("category_id", models.CharField(max_length=10)),
                ("agency_id", models.BigIntegerField(null=True)),
                ("area_code", models.CharField(blank=True, max_length=10)),
                ("n", models.SmallIntegerField()),
            ],
        ),
        migrations.CreateModel(
            "CellCount",
            [
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("of", models.CharField(blank=True, max_length=24)),
                ("level", models.PositiveSmallIntegerField()),
                ("cell", models.BigIntegerField()),
                ("status", models.CharField(max_length=16)),
                ("priority", models.CharField(max_length=10)),
                ("n", models.IntegerField()),
                ("west", models.FloatField()),
                ("south", models.FloatField()),
                ("east", models.FloatField()),
                ("north", models.FloatField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("of", "level", "cell", "status", "priority"), name="cell_count_once"
                    )
                ]
            },
        ),
    ]
