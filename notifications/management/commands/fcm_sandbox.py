"""A local FCM for developers."""

import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from notifications.sandbox.server import Sandbox
from notifications.transports import sandbox_folder


class Command(BaseCommand):
    help = "Answer as FCM and Google's token endpoint do, on this machine, until told to stop."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, default=0, help="0 takes any free port")

    def handle(self, *_args: Any, **options: Any) -> None:
        sandbox = Sandbox(sandbox_folder(), port=options["port"])
        try:
            sandbox.start()
        except (OSError, OverflowError) as error:
            raise CommandError(f"Port {options['port']} cannot be had: {error}") from error
        self.stdout.write(f"FCM listens on {sandbox.origin}. A process pushes to it when run as:")
        pairs = {"FCM_CREDENTIALS": str(sandbox.service_account), **sandbox.environment}
        said = " ".join(f"'{name}={value}'" for name, value in pairs.items())
        self.stdout.write(f"  env {said} …")
        self.stdout.write(f"GET {sandbox.origin}/received shows what came.")
        self.stdout.write(
            f"POST {sandbox.origin}/orders tells it to fail, such as "
            '{"fault": "UNREGISTERED", "address": "…", "times": 1}.'
        )
        ended = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: ended.set())
        ended.wait()
        sandbox.stop()
