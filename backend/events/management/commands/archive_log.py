"""Move old entries of the log to compressed files."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from backend import clock
from backend.events import archive, log
from backend.events.archiving import archive_before

MOST_DAYS = 100 * 365


class Command(BaseCommand):
    help = "Move the log's old entries to LOG_ARCHIVE_DIR; may be ended and run again at any time."

    def add_arguments(self, parser: CommandParser) -> None:
        which = parser.add_mutually_exclusive_group(required=True)
        which.add_argument("--before", type=date.fromisoformat, metavar="YYYY-MM-DD")
        which.add_argument("--keep-days", type=int, metavar="N")

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            for manifest in archive_before(_moment(**options)):
                self.stdout.write(f"{manifest.file}: {manifest.first} to {manifest.last}")
        except archive.Broken as error:
            raise CommandError(f"{error} Its rows were not deleted.") from error
        except OSError as error:
            told = f"{archive.folder()} cannot be written: {error.strerror}."
            raise CommandError(f"{told} No row was deleted without its file.") from error
        self.stdout.write(f"What is before {log.oldest()} is in {archive.folder()}.")


def _moment(*, before: date | None, keep_days: int | None, **_others: Any) -> datetime:
    if before is not None:
        return timezone.make_aware(datetime.combine(before, time()))
    assert keep_days is not None
    if keep_days < 1:
        raise CommandError("Keep at least one day.")
    # Whoever would keep more than there ever was keeps everything.
    return clock.now() - timedelta(days=min(keep_days, MOST_DAYS))
