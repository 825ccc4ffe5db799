"""`manage.py recount_cells`: count the tickets by cell anew, for the map that is zoomed out."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from backend.tickets.cell_folding import fold_changes, recount


class Command(BaseCommand):
    help = "Count the tickets by cell anew; work goes on meanwhile, and the figures stay right."

    def handle(self, *args: Any, **options: Any) -> None:
        if connection.vendor != "postgresql":
            raise CommandError("Counts by cell are kept on PostgreSQL alone.")
        recount()
        total = 0
        while taken := fold_changes():
            total += taken
            self.stdout.write(f"{total:,} tickets counted.")
