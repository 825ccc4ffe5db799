import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="agency",
            name="successor",
            field=models.ForeignKey(
                blank=True,
                help_text="Who takes over what this agency did, once it is no longer active.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="predecessors",
                to="accounts.agency",
                verbose_name="successor",
            ),
        ),
    ]
