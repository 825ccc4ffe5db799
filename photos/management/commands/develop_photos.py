"""Make what is shown of the photos that come in, until told to stop."""

import signal
from typing import Any

from django.core.management.base import BaseCommand

from photos.developer import Developer


class Command(BaseCommand):
    help = "Make the copies of photos that are shown; run as many as you like."

    def handle(self, *_args: Any, **_options: Any) -> None:
        developer = Developer()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: developer.request_stop())
        self.stdout.write("Developing photos. Ctrl-C ends it.")
        developer.run()
