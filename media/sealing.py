"""Originals at rest: AES-256-GCM in segments, so that a large file needs little memory.

The layout follows the STREAM construction (Hoang, Reyhanitabar, Rogaway, Vizár, 2015): each
segment's nonce holds its number and whether it is the last, so that none can be dropped, put
in another order, or cut off unnoticed.

    "HTS1" │ key id, 8 │ nonce prefix, 7 │ segment │ segment │ …
"""

import base64
import hashlib
import os
from collections.abc import Iterable, Iterator, Sequence
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

MAGIC = b"HTS1"
SEGMENT = 64 * 1024
_TAG = 16
_HEAD = len(MAGIC) + 8 + 7


class Unreadable(Exception):
    """Changed, cut off, or sealed with a key that is not ours."""


def key_from(text: str) -> bytes:
    """Return a key from base64 (URL-safe or not). Raises ValueError unless it is 32 bytes."""
    try:
        key = base64.urlsafe_b64decode(text.replace("+", "-").replace("/", "_") + "==")
    except ValueError as error:  # binascii's own among them
        raise ValueError("This is no base64.") from error
    if len(key) != 32:
        raise ValueError(f"A key has 32 bytes, this one {len(key)}.")
    return key


def sealed(pieces: Iterable[bytes], key: bytes) -> Iterator[bytes]:
    """Yield what is to be stored for these pieces of a file."""
    prefix, cipher = os.urandom(7), AESGCM(key)
    yield MAGIC + _id(key) + prefix
    waiting, number = bytearray(), 0
    for piece in pieces:
        waiting += piece
        while len(waiting) > SEGMENT:  # One is always kept back: the last is marked as such.
            yield cipher.encrypt(_nonce(prefix, number, last=False), bytes(waiting[:SEGMENT]), None)
            del waiting[:SEGMENT]
            number += 1
    yield cipher.encrypt(_nonce(prefix, number, last=True), bytes(waiting), None)


def is_sealed(start: bytes) -> bool:
    return start.startswith(MAGIC)


def unsealed(file: BinaryIO, keys: Sequence[bytes]) -> Iterator[bytes]:
    """Yield the file's own bytes. Raises Unreadable, perhaps after some were given."""
    head = file.read(_HEAD)
    key = next((each for each in keys if _id(each) == head[4:12]), None)
    if len(head) < _HEAD or key is None:
        raise Unreadable
    cipher, prefix, number = AESGCM(key), head[12:], 0
    segment = file.read(SEGMENT + _TAG)
    while True:
        following = file.read(SEGMENT + _TAG)
        try:
            yield cipher.decrypt(_nonce(prefix, number, last=not following), segment, None)
        except InvalidTag as error:
            raise Unreadable from error
        if not following:
            return
        segment, number = following, number + 1


def _id(key: bytes) -> bytes:
    return hashlib.sha256(b"key id" + key).digest()[:8]


def _nonce(prefix: bytes, number: int, *, last: bool) -> bytes:
    return prefix + number.to_bytes(4, "big") + bytes([last])
