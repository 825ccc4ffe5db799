from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("events", "0004_light_queue"),
    ]

    operations = [
        migrations.CreateModel(
            name="SweepTurn",
            fields=[
                (
                    "name",
                    models.CharField(
                        max_length=40, primary_key=True, serialize=False, verbose_name="sweep"
                    ),
                ),
                ("next_at", models.DateTimeField(verbose_name="next turn at")),
                (
                    "ran_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="last done at"),
                ),
            ],
            options={
                "verbose_name": "sweep",
                "verbose_name_plural": "sweeps",
            },
        ),
    ]
