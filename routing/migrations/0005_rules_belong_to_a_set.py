import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("routing", "0004_first_rule_set")]

    operations = [
        migrations.AlterField(
            model_name="routingrule",
            name="rule_set",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="rules",
                to="routing.ruleset",
            ),
        ),
    ]
