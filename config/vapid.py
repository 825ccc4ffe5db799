"""The key by which push services know this site (RFC 8292): made once, kept by the province."""

import base64

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.core.exceptions import ImproperlyConfigured

KEY_BYTES = 32


def new_private_key() -> str:
    """Return a new private key as VAPID_PRIVATE_KEY wants it: base64url of 32 bytes."""
    number = ec.generate_private_key(ec.SECP256R1()).private_numbers().private_value
    return _base64url(number.to_bytes(KEY_BYTES, "big"))


def vapid_public_key(private_key: str) -> str:
    """Return the public key that browsers subscribe with, "" where there is no private one.

    Raises ImproperlyConfigured for what is no key.
    """
    if not private_key:
        return ""
    try:
        raw = base64.urlsafe_b64decode(private_key + "=" * (-len(private_key) % 4))
        if len(raw) != KEY_BYTES:
            raise ValueError("it is not 32 bytes long")
        key = ec.derive_private_key(int.from_bytes(raw, "big"), ec.SECP256R1())
    except ValueError as error:
        raise ImproperlyConfigured(
            f"VAPID_PRIVATE_KEY: {error}; manage.py make_vapid_key makes one."
        ) from error
    point = key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return _base64url(point)


def _base64url(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode("ascii")
