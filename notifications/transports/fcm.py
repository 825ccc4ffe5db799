"""Firebase Cloud Messaging, by firebase-admin itself: the only module that imports it.

How its errors are read follows the list of error codes in Google's reference of the HTTP v1
API. Retries on the wire (one for a lost connection, four for 500, 503 and where Retry-After
is said) are the library's own; what comes out of it here has been through them.
"""

import threading
import warnings
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import firebase_admin
from firebase_admin import credentials, exceptions, messaging
from google.auth.exceptions import GoogleAuthError
from google.auth.transport.requests import Request

from notifications.transports import calls
from notifications.transports.base import Outcome, Push, Result, kept, wait_said

HTTP_TIMEOUT = 10.0  # seconds for each attempt to connect and for each answer
APNS_KEY_BYTES = 64  # of apns-collapse-id, by Apple's documentation
# The library keeps 100 connections open; each costs most of a megabyte for the authorities that
# it trusts. 50 messages 50 ms away are 1,000 a second, more than one process can make requests of.
AT_ONCE = 50
URGENT_AT_ONCE = 10  # all fifty may be waiting out FCM's Retry-After
QUOTA_WAIT = timedelta(minutes=1)  # what FCM asks for where it names no time

# Apps register by token; the library already prefers installation ids and says so each time.
warnings.filterwarnings("ignore", "Message.token is deprecated", DeprecationWarning)

_names = count(1)


class Fcm:
    """Pushes to apps that registered a token with FCM."""

    name = "fcm"
    # Two lanes, so that while one waits out Retry-After or is marked, the other goes on. Taken
    # and marked so many at a time, a push costs the database less than half of thirty at a time.
    batch = 120
    lanes = 2

    def __init__(self, service_account: Path) -> None:
        account = credentials.Certificate(str(service_account))
        self._access = account.get_credential()
        self._refreshing = threading.Lock()
        self._app = firebase_admin.initialize_app(
            account,
            options={"httpTimeout": HTTP_TIMEOUT},
            name=f"notifications-{next(_names)}",
        )
        # send_each does the same by as many new threads for each call, which cost a fifth more.
        self._calls = calls.OneByOne(AT_ONCE, self.name, urgent_at_once=URGENT_AT_ONCE)

    def send(self, pushes: Sequence[Push]) -> list[Result]:
        self._refresh()
        return self._calls.send(pushes, self._push)

    def close(self) -> None:
        """Let go of the app; nothing can be sent afterwards."""
        self._calls.close()
        firebase_admin.delete_app(self._app)

    def _refresh(self) -> None:
        """Get an access token once, where every thread would otherwise get one for itself."""
        with self._refreshing, suppress(GoogleAuthError):  # each push would then say so itself
            if not self._access.valid:
                self._access.refresh(Request())

    def _push(self, push: Push) -> Result:
        try:
            messaging.send(_message(push), app=self._app)
        except ValueError as error:
            return Result(
                outcome=Outcome.REFUSED, error=kept(f"not encodable: {error}", push.address)
            )
        except Exception as error:  # The library names its own; others come from below it.
            return _result(error, push.address)
        return Result(outcome=Outcome.SENT)


def _message(push: Push) -> messaging.Message:
    seconds = int(push.lives.total_seconds())
    https = push.link.startswith("https://")  # FCM takes no other link
    apns_key = push.collapse_key.encode()[:APNS_KEY_BYTES].decode(errors="ignore")
    return messaging.Message(
        token=push.address,
        notification=messaging.Notification(title=push.title, body=push.body),
        data={**push.data, "link": push.link, "tag": push.collapse_key},
        android=messaging.AndroidConfig(
            collapse_key=push.collapse_key,
            priority="high" if push.urgent else "normal",
            ttl=push.lives,
            notification=messaging.AndroidNotification(tag=push.collapse_key),
        ),
        apns=messaging.APNSConfig(
            headers={
                "apns-collapse-id": apns_key,
                "apns-priority": "10" if push.urgent else "5",
                "apns-expiration": str(int(datetime.now(UTC).timestamp()) + seconds),
            },
            payload=messaging.APNSPayload(aps=messaging.Aps(thread_id=push.collapse_key)),
        ),
        webpush=messaging.WebpushConfig(
            headers={"TTL": str(seconds), "Urgency": "high" if push.urgent else "normal"},
            notification=messaging.WebpushNotification(tag=push.collapse_key),
            fcm_options=messaging.WebpushFCMOptions(link=push.link) if https else None,
        ),
    )


REFUSALS = (
    messaging.SenderIdMismatchError,
    messaging.ThirdPartyAuthError,
    exceptions.InvalidArgumentError,
    exceptions.PermissionDeniedError,
    exceptions.NotFoundError,
)


def _result(error: Exception, address: str) -> Result:
    said = kept(f"{type(error).__name__}: {error}", address, 500)
    if isinstance(error, messaging.UnregisteredError) or _names_the_token(error):
        return Result(outcome=Outcome.GONE, error=said)
    # A mismatch of senders is as final for this push, but may be our own wrong credentials:
    # no address is forgotten for it.
    if isinstance(error, REFUSALS):
        return Result(outcome=Outcome.REFUSED, error=said)
    wait = _retry_after(error)
    if wait is None and isinstance(error, exceptions.ResourceExhaustedError):
        wait = QUOTA_WAIT
    return Result(outcome=Outcome.LATER, error=said, wait=wait)


def _names_the_token(error: Exception) -> bool:
    """Say whether a 400 is about the address and not about what we wrote."""
    if not isinstance(error, exceptions.InvalidArgumentError) or error.http_response is None:
        return False
    try:
        body: Any = error.http_response.json()
        details = body["error"].get("details", [])
        fields = {
            violation.get("field")
            for detail in details
            for violation in detail.get("fieldViolations", [])
        }
    except (ValueError, KeyError, TypeError, AttributeError):
        return False
    return fields == {"message.token"}


def _retry_after(error: Exception) -> timedelta | None:
    response = getattr(error, "http_response", None)
    return None if response is None else wait_said(response.headers.get("Retry-After"))
