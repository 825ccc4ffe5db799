"""Send what is due, until told to stop."""

import ctypes
import os
import signal
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from backend.cores import keep_to_one_core
from notifications.sender import Sender

M_ARENA_MAX = -8  # of mallopt(3)


class Command(BaseCommand):
    # They would load every page's code, which a sender never runs: a third of its memory.
    requires_system_checks = []
    help = "Send planned notifications by every configured transport; run as many as you like."

    def handle(self, *_args: Any, **_options: Any) -> None:
        _spare_memory()
        sender = Sender()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: sender.request_stop())
        try:
            sender.start()
        except FileNotFoundError as error:
            raise CommandError(f"No service account: {error.filename} is not there.") from error
        except ValueError as error:  # no JSON, no key in it, or another kind of it
            raise CommandError(f"FCM_CREDENTIALS is no service account: {error}") from error
        if not sender.names:
            sender.stop()  # its other work, the question after four weeks, has begun
            # Another number than a crash's, so that nobody starts it again in vain.
            raise CommandError(
                "No transport is configured: docs/operations.md has their settings.",
                returncode=os.EX_CONFIG,
            )
        keep_to_one_core()
        self.stdout.write(f"Sending by {', '.join(sender.names)}. Ctrl-C ends it.")
        sender.wait()
        sender.stop()


def _spare_memory() -> None:
    """Let all threads share two heaps: glibc gives each its own, and a hundred of them wait."""
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(M_ARENA_MAX, 2)
