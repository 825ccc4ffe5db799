"""SMS, Zalo and webhooks: one signed HTTP call a message, to a gateway of the province's choice.

The body is JSON. `X-Signature` is "v1=" and the hexadecimal HMAC-SHA-256, keyed with the shared
secret, of `X-Timestamp`, a full stop and the body; `Idempotency-Key` is the same whenever a
message is sent again. docs/operations.md describes both sides.
"""

import hashlib
import hmac
import re
import time
from collections.abc import Sequence
from typing import Any

import orjson

from notifications.sms import cost
from notifications.transports import calls
from notifications.transports.base import Push, Result

AT_ONCE = 10
URGENT_AT_ONCE = 10  # twice what a single webhook has in a call

_STAMP = re.compile(r"[0-9]{1,12}")  # a header may hold any letter, and a number of any length


class Gateway:
    """Sends text messages to `url`; the receiver's number or id is the push's address."""

    batch = 50
    lanes = 1

    def __init__(self, name: str, url: str, secret: str) -> None:
        self.name = name
        self._url = url
        self._secret = secret
        self._calls = calls.OneByOne(AT_ONCE, name, urgent_at_once=URGENT_AT_ONCE)
        self._session = calls.Session(AT_ONCE + URGENT_AT_ONCE)

    def send(self, pushes: Sequence[Push]) -> list[Result]:
        return self._calls.send(pushes, self._post)

    def close(self) -> None:
        self._calls.close()
        self._session.close()

    def url_for(self, push: Push) -> str:
        return self._url

    def content_of(self, push: Push) -> dict[str, Any]:
        priced = cost(push.text)
        return {
            "id": push.id,
            "channel": self.name,
            "to": push.address,
            "text": push.text,
            "alphabet": priced.alphabet,
            "segments": priced.segments,
            "urgent": push.urgent,
            "valid_seconds": int(push.lives.total_seconds()),
        }

    def _post(self, push: Push) -> Result:
        body = orjson.dumps(self.content_of(push))
        headers = {
            "Content-Type": "application/json",
            "Idempotency-Key": push.id,
            **signature(self._secret, body),
        }
        response = self._session.post(
            self.url_for(push), data=body, headers=headers, timeout=calls.TIMEOUT
        )
        return calls.read(response, push.address, gone=frozenset({410}))


class Webhook(Gateway):
    """Tells another system: the push's address is its URL, which an administrator entered."""

    def __init__(self, secret: str) -> None:
        super().__init__("webhook", "", secret)

    def url_for(self, push: Push) -> str:
        return push.address

    def content_of(self, push: Push) -> dict[str, Any]:
        return {
            "id": push.id,
            "title": push.title,
            "body": push.body,
            "link": push.link,
            "urgent": push.urgent,
            **push.data,
        }


def signature(secret: str, body: bytes, moment: int | None = None) -> dict[str, str]:
    """Return the two headers by which the receiver knows who sent the body, and when."""
    stamp = str(int(time.time()) if moment is None else moment)
    signed = hmac.new(secret.encode(), stamp.encode() + b"." + body, hashlib.sha256)
    return {"X-Timestamp": stamp, "X-Signature": f"v1={signed.hexdigest()}"}


def is_signed(secret: str, body: bytes, stamp: str, given: str, patience: int = 300) -> bool:
    """Say whether a call to us was signed with the secret within the last `patience` seconds."""
    if not secret or not _STAMP.fullmatch(stamp) or abs(time.time() - int(stamp)) > patience:
        return False
    right = signature(secret, body, int(stamp))["X-Signature"]
    return hmac.compare_digest(right.encode(), given.encode())
