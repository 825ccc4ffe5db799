"""Each webhook is a gateway by itself, by a longer key."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("notifications", "0005_what_was_folded_into_it")]

    operations = [
        migrations.AlterField(
            model_name="gateway",
            name="transport",
            field=models.CharField(
                max_length=40, primary_key=True, serialize=False, verbose_name="gateway"
            ),
        ),
    ]
