"""Send what is due, until told to stop."""

import signal
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from notifications.sender import Sender


class Command(BaseCommand):
    help = "Send planned notifications by every configured transport; run as many as you like."

    def handle(self, *_args: Any, **_options: Any) -> None:
        sender = Sender()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: sender.request_stop())
        try:
            names = sender.start()
        except FileNotFoundError as error:
            raise CommandError(f"No service account: {error.filename} is not there.") from error
        if not names:
            raise CommandError("No transport is configured: set FCM_CREDENTIALS.")
        self.stdout.write(f"Sending by {', '.join(names)}. Ctrl-C ends it.")
        sender.wait()
        sender.stop()
