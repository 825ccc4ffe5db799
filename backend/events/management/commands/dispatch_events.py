"""Hand out positions and bring entries to subscribers, until told to stop."""

import signal
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from backend.events.dispatcher import Dispatcher


class Command(BaseCommand):
    help = "Deliver the log to its subscribers; run as many as you like."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("subscribers", nargs="*", help="all of them, if none is named")
        parser.add_argument(
            "--positions-only", action="store_true", help="hand out positions, deliver to nobody"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            names = () if options["positions_only"] else options["subscribers"] or None
            dispatcher = Dispatcher(names)
        except ValueError as error:
            raise CommandError(str(error)) from error
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: dispatcher.request_stop())
        dispatcher.start()
        self.stdout.write("Delivering. Ctrl-C ends it.")
        dispatcher.wait()
        dispatcher.stop()
