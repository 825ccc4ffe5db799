"""Check the log's chain of hashes, in the archive's files and in the tables."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from backend.events import log
from backend.events.verification import faults


class Command(BaseCommand):
    help = "Compute every hash of the log again and name each entry that was changed or lost."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--tables-only", action="store_true", help="where the archive's files are not at hand"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        count = 0
        files = not options["tables_only"]
        for fault in faults(lambda position: self.stdout.write(f"… {position}"), files=files):
            count += 1
            self.stderr.write(fault)
        if count:
            raise CommandError(f"{count} faults in the log.")
        self.stdout.write(f"The log is whole: {log.head()} entries.")
