"""Notifications in one process, for `serve`: the sender, and in the demo Google's stand-in."""

from django.conf import settings

from notifications.sandbox.server import Sandbox
from notifications.sender import Sender
from notifications.transports import sandbox_folder


class Running:
    """The sender, with the sandbox in front of it where the demo has no FCM project."""

    def __init__(self) -> None:
        self.sandbox = Sandbox(sandbox_folder()) if settings.FCM_SANDBOX else None
        self.sender = Sender()

    def start(self) -> None:
        if self.sandbox:
            self.sandbox.start()
        self.sender.start()

    def stop(self) -> None:
        self.sender.stop()
        if self.sandbox:
            self.sandbox.stop()
