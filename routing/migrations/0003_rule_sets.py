import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_successors"),
        ("routing", "0002_titles_for_people"),
    ]

    operations = [
        migrations.CreateModel(
            name="DutyRoster",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(max_length=20, unique=True, verbose_name="code")),
                ("name_vi", models.CharField(max_length=120, verbose_name="Vietnamese name")),
                ("name_en", models.CharField(max_length=120, verbose_name="English name")),
            ],
            options={
                "verbose_name": "duty roster",
                "verbose_name_plural": "duty rosters",
                "ordering": ["code"],
            },
        ),
        migrations.CreateModel(
            name="DutyShift",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("begins_at", models.DateTimeField(verbose_name="from")),
                ("ends_at", models.DateTimeField(verbose_name="until")),
            ],
            options={
                "verbose_name": "duty shift",
                "verbose_name_plural": "duty shifts",
                "ordering": ["-begins_at"],
            },
        ),
        migrations.CreateModel(
            name="Publication",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("from_at", models.DateTimeField(verbose_name="in force from")),
                ("rollback", models.BooleanField(default=False, verbose_name="rolled back to")),
                ("reason", models.CharField(blank=True, max_length=300, verbose_name="reason")),
                ("made_by", models.CharField(max_length=64, verbose_name="made by")),
                ("made_at", models.DateTimeField(verbose_name="made at")),
                (
                    "withdrawn_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="withdrawn at"),
                ),
            ],
            options={
                "verbose_name": "publication",
                "verbose_name_plural": "publications",
                "ordering": ["-from_at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="RuleSet",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField(unique=True, verbose_name="number")),
                ("note", models.CharField(blank=True, max_length=300, verbose_name="note")),
                ("made_by", models.CharField(max_length=64, verbose_name="made by")),
                ("made_at", models.DateTimeField(verbose_name="made at")),
                ("file_digest", models.CharField(blank=True, editable=False, max_length=64)),
            ],
            options={
                "verbose_name": "rule set",
                "verbose_name_plural": "rule sets",
                "ordering": ["-number"],
            },
        ),
        migrations.RemoveConstraint(
            model_name="routingrule",
            name="rule_names_an_agency_or_the_unit",
        ),
        migrations.RemoveConstraint(
            model_name="routingrule",
            name="rule_conditions_once",
        ),
        migrations.AddField(
            model_name="routingrule",
            name="ack_minutes",
            field=models.PositiveIntegerField(
                blank=True, null=True, verbose_name="minutes to acknowledge"
            ),
        ),
        migrations.AddField(
            model_name="routingrule",
            name="assets",
            field=models.JSONField(
                blank=True,
                default=list,
                help_text="Such as road:national.",
                verbose_name="asset classes",
            ),
        ),
        migrations.AddField(
            model_name="routingrule",
            name="clock",
            field=models.CharField(
                blank=True,
                choices=[("clock", "Clock hours, day and night"), ("working", "Working hours")],
                max_length=10,
                verbose_name="hours counted",
            ),
        ),
        migrations.AddField(
            model_name="routingrule",
            name="days",
            field=models.JSONField(
                blank=True,
                default=list,
                help_text="Such as 06-01..10-31, or 2026-06-01..2026-06-30.",
                verbose_name="days",
            ),
        ),
        migrations.AddField(
            model_name="routingrule",
            name="hours",
            field=models.JSONField(
                blank=True,
                default=list,
                help_text="working, off, or such as 22:00-06:00.",
                verbose_name="hours",
            ),
        ),
        migrations.AddField(
            model_name="routingrule",
            name="reporters",
            field=models.JSONField(blank=True, default=list, verbose_name="reporters"),
        ),
        migrations.AddField(
            model_name="routingrule",
            name="resolve_minutes",
            field=models.PositiveIntegerField(
                blank=True, null=True, verbose_name="minutes to resolve"
            ),
        ),
        migrations.AlterField(
            model_name="routingrule",
            name="name",
            field=models.CharField(max_length=120, verbose_name="name"),
        ),
        migrations.AlterField(
            model_name="routingrule",
            name="outcome",
            field=models.CharField(
                choices=[
                    ("unit_committee", "The People's Committee of the unit"),
                    ("agency", "A certain agency"),
                    ("roster", "The holder of a duty roster"),
                ],
                max_length=20,
                verbose_name="outcome",
            ),
        ),
        migrations.AddField(
            model_name="routingrule",
            name="roster",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                to="routing.dutyroster",
                verbose_name="duty roster",
            ),
        ),
        migrations.AddField(
            model_name="dutyshift",
            name="agency",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                to="accounts.agency",
                verbose_name="agency",
            ),
        ),
        migrations.AddField(
            model_name="dutyshift",
            name="roster",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="shifts",
                to="routing.dutyroster",
                verbose_name="duty roster",
            ),
        ),
        migrations.AddField(
            model_name="ruleset",
            name="based_on",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                to="routing.ruleset",
            ),
        ),
        migrations.AddField(
            model_name="publication",
            name="rule_set",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="publications",
                to="routing.ruleset",
            ),
        ),
        migrations.AddField(
            model_name="routingrule",
            name="rule_set",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="rules",
                to="routing.ruleset",
            ),
        ),
        migrations.AddConstraint(
            model_name="routingrule",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("agency__isnull", False), ("outcome", "agency"), ("roster__isnull", True)
                    ),
                    models.Q(
                        ("agency__isnull", True),
                        ("outcome", "unit_committee"),
                        ("roster__isnull", True),
                    ),
                    models.Q(
                        ("agency__isnull", True), ("outcome", "roster"), ("roster__isnull", False)
                    ),
                    _connector="OR",
                ),
                name="rule_names_an_agency_or_the_unit",
                violation_error_message="Choose one: an agency, the unit's People's Committee, or a duty roster.",
            ),
        ),
        migrations.AddConstraint(
            model_name="routingrule",
            constraint=models.UniqueConstraint(
                condition=models.Q(("active", True)),
                fields=("rule_set", "conditions_digest"),
                name="rule_conditions_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="routingrule",
            constraint=models.UniqueConstraint(
                fields=("rule_set", "name"), name="rule_name_once_in_a_set"
            ),
        ),
        migrations.AddConstraint(
            model_name="dutyshift",
            constraint=models.CheckConstraint(
                condition=models.Q(("ends_at__gt", models.F("begins_at"))),
                name="duty_shift_ends_after_it_begins",
            ),
        ),
    ]
