"""Originals at rest: unreadable without the key, and no change goes unnoticed."""

import base64
import io

import pytest

from media import services
from media.errors import OriginalMissing
from media.sealing import MAGIC, SEGMENT, Unreadable, key_from, sealed, unsealed
from media.storage import open_original, originals
from tests.media.pictures import SECRET, photo, upload

KEY, OTHER = bytes(range(32)), bytes(32)


def closed(content: bytes, key: bytes = KEY) -> bytes:
    return b"".join(sealed([content[:10], content[10:]], key))


def opened(content: bytes, *keys: bytes) -> bytes:
    return b"".join(unsealed(io.BytesIO(content), keys or (KEY,)))


@pytest.mark.parametrize("size", [0, 1, SEGMENT - 1, SEGMENT, SEGMENT + 1, 3 * SEGMENT + 7])
def test_what_was_sealed_is_opened_whole(size):
    content = bytes(n % 251 for n in range(size))
    assert opened(closed(content)) == content


def test_a_sealed_file_shows_nothing_and_never_the_same_twice():
    assert SECRET.encode() in photo()
    assert SECRET.encode() not in closed(photo())
    assert closed(photo()) != closed(photo())
    assert closed(photo()).startswith(MAGIC)


def test_an_older_key_still_opens_and_a_strange_one_does_not():
    old = closed(b"x" * 100, OTHER)
    assert opened(old, KEY, OTHER) == b"x" * 100
    with pytest.raises(Unreadable):
        opened(old, KEY)


@pytest.mark.parametrize("at", [5, 15, 30, SEGMENT + 40, -1])
def test_a_changed_byte_is_noticed(at):
    content = bytearray(closed(b"y" * (2 * SEGMENT)))
    content[at] ^= 1
    with pytest.raises(Unreadable):
        opened(bytes(content))


@pytest.mark.parametrize("length", [4, 19, 19 + SEGMENT + 16, 19 + 2 * (SEGMENT + 16), -1])
def test_a_file_that_was_cut_off_is_noticed(length):
    with pytest.raises(Unreadable):
        opened(closed(b"z" * (3 * SEGMENT))[:length])


def test_segments_in_another_order_are_noticed():
    content = closed(bytes(SEGMENT) + b"a" * SEGMENT + b"b")
    head, step = 19, SEGMENT + 16
    swapped = (
        content[:head]
        + content[head + step : head + 2 * step]
        + content[head : head + step]
        + content[head + 2 * step :]
    )
    with pytest.raises(Unreadable):
        opened(swapped)


@pytest.mark.parametrize("text", ["", "abc", "ä", base64.b64encode(bytes(31)).decode()])
def test_a_key_that_is_none_is_refused(text):
    with pytest.raises(ValueError, match=r"base64|bytes"):
        key_from(text)


def test_a_key_is_read_from_either_kind_of_base64():
    key = b"\xff\xfe" * 16
    assert key_from(base64.b64encode(key).decode()) == key
    assert key_from(base64.urlsafe_b64encode(key).decode().rstrip("=")) == key


@pytest.mark.django_db
def test_with_a_key_set_the_original_lies_sealed(settings, uploads):
    settings.PHOTO_KEYS = [KEY]
    kept, _ = services.keep_upload(file=upload(), owner="device:1")
    with originals().open(kept.original_name) as file:
        stored = file.read()
    assert stored.startswith(MAGIC)
    assert SECRET.encode() not in stored
    with open_original(kept.original_name) as plain:
        assert plain.read() == photo()
    settings.PHOTO_KEYS = [OTHER]
    with pytest.raises(OriginalMissing):
        open_original(kept.original_name)
    settings.PHOTO_KEYS = [OTHER, KEY]
    with open_original(kept.original_name) as plain:
        assert plain.read() == photo()
