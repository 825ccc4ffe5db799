"""The transports that are configured here; one without its settings is off."""

import os
from pathlib import Path

from django.conf import settings

from notifications.sandbox import identity
from notifications.transports.base import Transport


def offered() -> frozenset[str]:
    """Return the names of the transports that pushes may be planned for."""
    return frozenset({"fcm"} if settings.FCM_CREDENTIALS or settings.FCM_SANDBOX else ())


def open_transports() -> list[Transport]:
    """Return every configured transport, ready to send.

    Raises FileNotFoundError where the service account is not to be found, or where the demo's
    sandbox was never started.
    """
    if "fcm" not in offered():
        return []
    # Loading firebase-admin takes a second, so only those who send pay it.
    from notifications.transports.fcm import Fcm

    if settings.FCM_CREDENTIALS:
        return [Fcm(Path(settings.FCM_CREDENTIALS))]
    folder = sandbox_folder()
    os.environ.update(identity.environment(folder))
    return [Fcm(folder / identity.SERVICE_ACCOUNT)]


def sandbox_folder() -> Path:
    """Return where the demo's sandbox keeps its keys and what it received."""
    return Path(settings.VAR_DIR) / "fcm"
