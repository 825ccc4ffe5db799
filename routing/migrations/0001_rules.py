import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="RoutingRule",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=120, unique=True, verbose_name="name")),
                (
                    "categories",
                    models.JSONField(blank=True, default=list, verbose_name="categories"),
                ),
                ("sectors", models.JSONField(blank=True, default=list, verbose_name="sectors")),
                (
                    "areas",
                    models.JSONField(
                        blank=True,
                        default=list,
                        help_text="“outside” stands for a point in no unit.",
                        verbose_name="areas",
                    ),
                ),
                ("levels", models.JSONField(blank=True, default=list, verbose_name="levels")),
                (
                    "priorities",
                    models.JSONField(blank=True, default=list, verbose_name="priorities"),
                ),
                ("channels", models.JSONField(blank=True, default=list, verbose_name="channels")),
                (
                    "answers",
                    models.JSONField(
                        blank=True,
                        default=list,
                        help_text="Such as road=national.",
                        verbose_name="answers",
                    ),
                ),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("unit_committee", "The People's Committee of the unit"),
                            ("agency", "A certain agency"),
                        ],
                        max_length=20,
                        verbose_name="outcome",
                    ),
                ),
                (
                    "supporting",
                    models.JSONField(
                        blank=True,
                        default=list,
                        help_text="Besides those of the category.",
                        verbose_name="supporting agencies",
                    ),
                ),
                (
                    "priority",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("low", "Low"),
                            ("normal", "Normal"),
                            ("high", "High"),
                            ("emergency", "Emergency"),
                        ],
                        max_length=10,
                        verbose_name="sets the priority",
                    ),
                ),
                (
                    "intake",
                    models.CharField(
                        blank=True,
                        choices=[("auto", "Routed at once"), ("review", "Reviewed first")],
                        max_length=10,
                        verbose_name="sets the intake",
                    ),
                ),
                (
                    "why_vi",
                    models.CharField(
                        blank=True, max_length=300, verbose_name="reason in Vietnamese"
                    ),
                ),
                (
                    "why_en",
                    models.CharField(blank=True, max_length=300, verbose_name="reason in English"),
                ),
                ("active", models.BooleanField(default=True, verbose_name="active")),
                ("conditions_digest", models.CharField(editable=False, max_length=64)),
                (
                    "agency",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="accounts.agency",
                        verbose_name="agency",
                    ),
                ),
            ],
            options={
                "verbose_name": "routing rule",
                "verbose_name_plural": "routing rules",
                "ordering": ["name"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("agency__isnull", False), ("outcome", "agency")),
                            models.Q(("agency__isnull", True), ("outcome", "unit_committee")),
                            _connector="OR",
                        ),
                        name="rule_names_an_agency_or_the_unit",
                        violation_error_message="Choose an agency, or the unit's People's Committee; not both.",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("active", True)),
                        fields=("conditions_digest",),
                        name="rule_conditions_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("conditions_digest", ""), _negated=True),
                        name="rule_was_cleaned",
                    ),
                ],
            },
        ),
    ]
