"""Check the log's chain of hashes."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from backend.events import log
from backend.events.verification import faults


class Command(BaseCommand):
    help = "Compute every hash of the log again and name each entry that was changed or lost."

    def handle(self, *_args: Any, **_options: Any) -> None:
        count = 0
        for fault in faults(lambda position: self.stdout.write(f"… {position}")):
            count += 1
            self.stderr.write(fault)
        if count:
            raise CommandError(f"{count} faults in the log.")
        self.stdout.write(f"The log is whole: {log.head()} entries.")
