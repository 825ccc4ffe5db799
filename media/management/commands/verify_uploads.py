"""Compare what the storage holds with what the record says of it."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from media.retention import faults


class Command(BaseCommand):
    help = "Name every file of a photo that is missing, changed, or belongs to none."

    def handle(self, *args: Any, **options: Any) -> None:
        found = 0
        for fault, name in faults():
            self.stdout.write(f"{fault}: {name}")
            found += 1
        if found:
            raise CommandError(f"{found} files are not as the record says.")
        self.stdout.write("Every file is there, unchanged, and belongs to a photo.")
