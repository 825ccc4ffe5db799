"""Remove photos that were uploaded but never sent with a report."""

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from media.services import remove_orphans, remove_unclaimed


class Command(BaseCommand):
    help = "Remove photos that were uploaded but never sent with a report, to be run every day."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--hours",
            type=int,
            default=72,  # a phone without network may hold its report over a weekend
            help="how long a photo may wait for its report (default: 72)",
        )

        parser.add_argument(
            "--orphans",
            action="store_true",
            help="also look through the whole storage for files that belong to no photo",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        before = timezone.now() - timedelta(hours=options["hours"])
        self.stdout.write(f"{remove_unclaimed(before=before)} photos removed.")
        if options["orphans"]:
            self.stdout.write(f"{remove_orphans(before=before)} orphans removed.")
