"""Webhooks by a name of their own, for the admin."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("notifications", "0003_question_after_four_weeks")]

    operations = [
        migrations.CreateModel(
            name="Webhook",
            fields=[],
            options={
                "proxy": True,
                "verbose_name": "webhook",
                "verbose_name_plural": "webhooks",
                "indexes": [],
                "constraints": [],
            },
            bases=("notifications.address",),
        ),
    ]
