"""Let go of photos that have had their time: by class of data, each with its own."""

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from media.partials import drop_stale
from media.retention import forget_evidence, remove_old_originals
from media.services import remove_orphans, remove_unclaimed

MOST_HOURS = 100 * 365 * 24


class Command(BaseCommand):
    help = "Remove photos whose time is over, to be run every day."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--hours",
            type=int,
            default=settings.KEEP_UNCLAIMED_HOURS,
            help="how long a photo may wait for its report, 0 for ever (default: %(default)s)",
        )
        parser.add_argument(
            "--orphans",
            action="store_true",
            help="also look through the whole storage for files that belong to no photo",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        hours = options["hours"]
        if not 0 <= hours <= MOST_HOURS:
            raise CommandError(f"--hours is 0 to {MOST_HOURS}; {hours} is not.")
        before = now - timedelta(hours=hours)
        if hours:
            self.stdout.write(f"{remove_unclaimed(before=before)} photos that no report claimed.")
            self.stdout.write(f"{drop_stale(before=before)} photos that never came whole.")
        if days := settings.KEEP_ORIGINALS_DAYS:
            removed = remove_old_originals(before=now - timedelta(days=days))
            self.stdout.write(f"{removed} originals older than {days} days.")
        if days := settings.KEEP_EVIDENCE_DAYS:
            forgotten = forget_evidence(before=now - timedelta(days=days))
            self.stdout.write(f"{forgotten} cameras' accounts older than {days} days.")
        if options["orphans"]:
            # Files of who is at work just now are orphans to look at, so these have an hour.
            before = now - timedelta(hours=max(1, hours))
            self.stdout.write(f"{remove_orphans(before=before)} orphans.")
