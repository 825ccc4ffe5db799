"""Short-lived links to photos: who has one may see that picture, in that size, until it ends."""

import base64
import math
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.files.base import File
from django.core.files.storage import default_storage
from django.core.signing import BadSignature, Signer
from django.utils import timezone

from media.errors import LinkExpired, LinkInvalid, UnknownPhoto
from media.models import Upload

PATH = "/api/v1/photos/"
CONTENT_TYPE = "image/webp"
_SIZES = {"view": "v", "thumb": "t"}
_LIFE_HOURS = 2


def signed_path(upload_id: UUID, size: str, *, at: datetime | None = None) -> str:
    """Return a path to the `view` or the `thumb` that works for two to three hours.

    Within one hour it is always the same, so that browsers and proxies can keep the picture.
    The file as it was sent has no link: its metadata says where and when.
    """
    hours = math.ceil((at or timezone.now()).timestamp() / 3600) + _LIFE_HOURS
    name = base64.urlsafe_b64encode(upload_id.bytes).rstrip(b"=").decode()
    return PATH + _signer().sign(f"{_SIZES[size]}{hours:x}-{name}")


def open_signed(token: str, *, at: datetime | None = None) -> "tuple[File[Any], str]":
    """Return the picture that a link leads to, open for reading, and its content type.

    Raises LinkInvalid, LinkExpired, UnknownPhoto.
    """
    size, hours, upload_id = _read(token)
    if (at or timezone.now()).timestamp() >= hours * 3600:
        raise LinkExpired
    upload = Upload.objects.filter(pk=upload_id).only("view_name", "thumb_name").first()
    if upload is None:
        raise UnknownPhoto
    name = upload.view_name if size == _SIZES["view"] else upload.thumb_name
    try:
        return default_storage.open(name), CONTENT_TYPE
    except FileNotFoundError as error:
        raise UnknownPhoto from error


def _read(token: str) -> tuple[str, int, UUID]:
    try:
        head, _, name = _signer().unsign(token).partition("-")
        return head[0], int(head[1:], 16), UUID(bytes=base64.urlsafe_b64decode(f"{name}=="))
    except (BadSignature, ValueError, IndexError) as error:
        raise LinkInvalid from error


def _signer() -> Signer:
    return Signer(salt="media.links", sep=".")
