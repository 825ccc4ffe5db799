"""Web Push (RFC 8030) with VAPID (RFC 8292), encrypted by pywebpush (RFC 8291).

A browser's subscription needs no Firebase project: the browser's own push service takes the
message, and cannot read it. Only services that `WEBPUSH_HOSTS` names are called, since the
endpoint is whatever a client told us.
"""

import base64
import hashlib
import time
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import orjson
from py_vapid import Vapid02
from pywebpush import WebPusher, WebPushException

from backend.accounts.subscriptions import origin_of
from notifications.transports import calls
from notifications.transports.base import Outcome, Push, Result, kept

AT_ONCE = 20
URGENT_AT_ONCE = 5
RECORD_BYTES = 3_500  # what is left of 4,096 after encryption, with room
VAPID_LIVES = 12 * 3600  # seconds; RFC 8292 allows 24 h
RENEWED_EVERY = 3600


class WebPush:
    """Pushes to browsers that subscribed with our public key."""

    name = "webpush"
    batch = 100
    lanes = 2

    def __init__(self, private_key: str, subject: str) -> None:
        self._vapid = Vapid02.from_string(private_key=private_key)
        self._subject = subject
        self._calls = calls.OneByOne(AT_ONCE, self.name, urgent_at_once=URGENT_AT_ONCE)
        self._session = calls.Session(AT_ONCE + URGENT_AT_ONCE)

    def send(self, pushes: Sequence[Push]) -> list[Result]:
        return self._calls.send(pushes, self._push)

    def close(self) -> None:
        self._calls.close()
        self._session.close()

    def _push(self, push: Push) -> Result:
        try:
            subscription = orjson.loads(push.address)
            origin = origin_of(subscription)
            # The library's own way to send reads all that is answered.
            encrypted = WebPusher(subscription).encode(orjson.dumps(content_of(push)))
            response = self._session.post(
                subscription["endpoint"],
                data=encrypted["body"],
                headers={
                    **self._authorization(origin, int(time.time() // RENEWED_EVERY)),
                    "Content-Encoding": "aes128gcm",
                    "TTL": str(int(push.lives.total_seconds())),
                    "Urgency": "high" if push.urgent else "normal",
                    "Topic": topic_of(push.collapse_key),
                },
                timeout=calls.TIMEOUT,
            )
        except (ValueError, TypeError, KeyError, AttributeError, WebPushException) as error:
            # Nobody could ever push to it: it is no subscription, or leads where it may not.
            said = kept(f"{type(error).__name__}: {error}", push.address)
            return Result(outcome=Outcome.GONE, error=said)
        return calls.read(response, push.address)

    @lru_cache(maxsize=64)  # noqa: B019 - one transport lives as long as its process
    def _authorization(self, origin: str, _hour: int) -> dict[str, str]:
        claims = {"aud": origin, "sub": self._subject, "exp": int(time.time()) + VAPID_LIVES}
        signed: dict[str, str] = self._vapid.sign(claims)
        return signed


def content_of(push: Push) -> dict[str, Any]:
    """Return what the service worker shows (web/src/sw/push.ts)."""
    body = push.body.encode()[:RECORD_BYTES].decode(errors="ignore")
    data = {**push.data, "link": push.link, "tag": push.collapse_key}
    return {"title": push.title, "body": body, "data": data}


def topic_of(collapse_key: str) -> str:
    """Return the key as RFC 8030 takes it: at most 32 letters of base64url."""
    digest = hashlib.sha256(collapse_key.encode()).digest()
    return base64.urlsafe_b64encode(digest)[:32].decode("ascii")
