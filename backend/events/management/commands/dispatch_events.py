"""Hand out positions and bring entries to subscribers, until told to stop."""

import signal
from collections.abc import Sequence
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from backend.events.apart import Apart, DeliveryEnded
from backend.events.dispatcher import Dispatcher


class Command(BaseCommand):
    help = "Deliver the log to its subscribers; run as many as you like."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("subscribers", nargs="*", help="all of them, if none is named")
        parser.add_argument(
            "--positions-only", action="store_true", help="hand out positions, deliver to nobody"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        names = () if options["positions_only"] else options["subscribers"] or None
        try:
            running = _running(names)
        except ValueError as error:
            raise CommandError(str(error)) from error
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: running.request_stop())
        self.stdout.write("Delivering. Ctrl-C ends it.")
        try:
            running.run()
        except DeliveryEnded as error:
            raise CommandError(str(error)) from error


def _running(names: Sequence[str] | None) -> Dispatcher | Apart:
    """Return what is to run. Raises ValueError for a subscriber that nobody knows."""
    alone = Dispatcher(names)
    return alone if names == () or connection.vendor == "sqlite" else Apart(names)
