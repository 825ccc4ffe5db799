"""manage.py train_categories: learn to suggest a category from a report's words."""

from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from backend import clock
from backend.catalogue import guesses
from backend.catalogue.models import CategorySuggestion
from backend.tickets.teaching import taught

KEPT = timedelta(days=365)


class Command(BaseCommand):
    """Write a model of what there is by now; running servers take it within a minute."""

    help = "Learn to suggest categories from the catalogue's words and the province's tickets."

    def handle(self, *args: Any, **options: Any) -> None:
        now = clock.now()
        try:
            model, words, reports = taught(f"{now:%Y%m%d%H%M%S%f}"[:17])
        except ValueError as error:
            raise CommandError(str(error)) from error
        path = guesses.keep(model)
        CategorySuggestion.objects.filter(shown_at__lt=now - KEPT).delete()
        self.stdout.write(
            f"{path}: {len(model.codes)} categories, from {words} texts of the catalogue"
            f" and {reports} of reports, {path.stat().st_size / 1024:.0f} kB"
        )
