"""How many senders ended without saying what became of a notification."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("notifications", "0006_each_webhook_a_gateway")]

    operations = [
        migrations.AddField(
            model_name="notification",
            name="lost",
            field=models.PositiveSmallIntegerField(db_default=0, default=0),
        ),
    ]
