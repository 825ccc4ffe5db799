"""Which assets a category is about, if any: a report may name one of them."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("catalogue", "0004_suggestions")]

    operations = [
        migrations.AddField(
            "category",
            "asset_layer",
            models.CharField(
                blank=True,
                db_default="",
                default="",
                help_text="A report of it may name an asset of this layer, such as light.",
                max_length=40,
                verbose_name="asset layer",
            ),
        ),
    ]
