import datetime

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
        ("catalogue", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="CalendarDay",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("day", models.DateField(verbose_name="day")),
                ("worked", models.BooleanField(verbose_name="worked")),
                (
                    "reason",
                    models.CharField(
                        blank=True, max_length=200, verbose_name="reason or legal act"
                    ),
                ),
                (
                    "agency",
                    models.ForeignKey(
                        blank=True,
                        help_text="Empty: it holds for all.",
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        to="accounts.agency",
                        verbose_name="agency",
                    ),
                ),
            ],
            options={
                "verbose_name": "special day",
                "verbose_name_plural": "special days",
                "ordering": ["-day"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("agency", "day"), name="calendar_day_once_for_an_agency"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("agency__isnull", True)),
                        fields=("day",),
                        name="calendar_day_once_for_all",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="OfficeHours",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "weekday",
                    models.PositiveSmallIntegerField(
                        choices=[
                            (0, "Monday"),
                            (1, "Tuesday"),
                            (2, "Wednesday"),
                            (3, "Thursday"),
                            (4, "Friday"),
                            (5, "Saturday"),
                            (6, "Sunday"),
                            (7, "Public holidays"),
                        ],
                        verbose_name="day of the week",
                    ),
                ),
                ("opens", models.TimeField(verbose_name="from")),
                (
                    "shuts",
                    models.TimeField(
                        help_text="00:00 is midnight, the end of the day.", verbose_name="until"
                    ),
                ),
                (
                    "agency",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        to="accounts.agency",
                        verbose_name="agency",
                    ),
                ),
            ],
            options={
                "verbose_name": "office hours",
                "verbose_name_plural": "office hours",
                "ordering": ["agency", "weekday", "opens"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("agency", "weekday", "opens"), name="office_hours_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("shuts__gt", models.F("opens")),
                            ("shuts", datetime.time(0, 0)),
                            _connector="OR",
                        ),
                        name="office_hours_end_after_they_begin",
                    ),
                ],
            },
        ),
    ]
