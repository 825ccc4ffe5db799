from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("catalogue", "0002_calendars"),
    ]

    operations = [
        migrations.AddField(
            model_name="category",
            name="join_days",
            field=models.PositiveSmallIntegerField(
                default=30, help_text="Older tickets are not offered.", verbose_name="days to join"
            ),
        ),
        migrations.AddField(
            model_name="category",
            name="join_radius_m",
            field=models.PositiveIntegerField(
                default=100,
                help_text="An open ticket so near is offered to join instead of reporting it again.",
                verbose_name="metres to join",
            ),
        ),
    ]
