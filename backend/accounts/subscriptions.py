"""What a browser gives us to push to it, looked at before anybody calls it."""

import base64
import re
from typing import Any
from urllib.parse import urlsplit

import orjson
from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings

AUTH_BYTES = 16

_NAME = re.compile(r"[a-z0-9.-]+")  # with a backslash or the like in it, who calls reads another


def origin_of(subscription: Any) -> str:
    """Return scheme and host of the push service.

    Raises ValueError where it is none that we call: https only, at a host of `WEBPUSH_HOSTS`;
    a name there that begins with a dot stands for every host below it. One that is named with
    its port, such as 127.0.0.1:9000, is for tests, and called by plain HTTP too.
    """
    parts = urlsplit(str(subscription["endpoint"]))
    host = (parts.hostname or "").lower()
    exactly = parts.netloc in settings.WEBPUSH_HOSTS and parts.port is not None
    below = any(host.endswith(each) for each in settings.WEBPUSH_HOSTS if each.startswith("."))
    named = below and _NAME.fullmatch(host)
    known = parts.scheme == "https" and (named or host in settings.WEBPUSH_HOSTS)
    if parts.username is not None or not (exactly or known):
        raise ValueError(f"{host or 'This'} is no push service that may be called.")
    return f"{parts.scheme}://{parts.netloc}"


def is_subscription(text: str) -> bool:
    """Say whether the text is a subscription that can be encrypted for and may be called."""
    try:
        subscription = orjson.loads(text)
        origin_of(subscription)
        point = _base64url(subscription["keys"]["p256dh"])
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
        return len(_base64url(subscription["keys"]["auth"])) == AUTH_BYTES
    except (ValueError, TypeError, KeyError):
        return False


def _base64url(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
