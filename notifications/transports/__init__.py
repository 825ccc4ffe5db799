"""The transports that are configured here; one without its settings is off."""

import os
from pathlib import Path

from django.conf import settings

from notifications.sandbox import identity
from notifications.transports.base import Transport


def offered() -> frozenset[str]:
    """Return the names of the transports that notifications may be planned for."""
    switches = {
        "fcm": bool(settings.FCM_CREDENTIALS or settings.FCM_SANDBOX),
        "webpush": bool(settings.VAPID_PRIVATE_KEY),
        "email": bool(settings.EMAIL_HOST),
        "sms": bool(settings.SMS_URL),
        "zalo": bool(settings.ZALO_URL),
        "webhook": bool(settings.WEBHOOK_SECRET),
    }
    return frozenset(name for name, on in switches.items() if on)


def open_transports() -> list[Transport]:
    """Return every configured transport, ready to send.

    Raises FileNotFoundError where the service account is not to be found, or where the demo's
    sandbox was never started.
    """
    on = offered()
    # Loading the libraries takes a second and much memory, so only those who send pay it.
    opened: list[Transport] = []
    if "fcm" in on:
        opened.append(_open_fcm())
    if "webpush" in on:
        from notifications.transports.webpush import WebPush

        opened.append(WebPush(settings.VAPID_PRIVATE_KEY, settings.VAPID_SUBJECT))
    if "email" in on:
        from notifications.transports.email import Email

        opened.append(Email())
    if on & {"sms", "zalo", "webhook"}:
        from notifications.transports.gateway import Gateway, Webhook

        if "sms" in on:
            opened.append(Gateway("sms", settings.SMS_URL, settings.SMS_SECRET))
        if "zalo" in on:
            opened.append(Gateway("zalo", settings.ZALO_URL, settings.ZALO_SECRET))
        if "webhook" in on:
            opened.append(Webhook(settings.WEBHOOK_SECRET))
    return opened


def _open_fcm() -> Transport:
    from notifications.transports.fcm import Fcm

    if settings.FCM_CREDENTIALS:
        return Fcm(Path(settings.FCM_CREDENTIALS))
    folder = sandbox_folder()
    os.environ.update(identity.environment(folder))
    return Fcm(folder / identity.SERVICE_ACCOUNT)


def sandbox_folder() -> Path:
    """Return where the demo's sandbox keeps its keys and what it received."""
    return Path(settings.VAR_DIR) / "fcm"
