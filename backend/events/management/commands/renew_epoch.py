"""Tell every client that the log has another past than it knew."""

from typing import Any

from django.core.management.base import BaseCommand

from backend.events import log


class Command(BaseCommand):
    help = "After a restore: give the log a new epoch, so that clients begin with a new snapshot."

    def handle(self, *_args: Any, **_options: Any) -> None:
        self.stdout.write(f"The log's epoch is {log.renew_epoch()} now.")
