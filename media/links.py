"""Short-lived links to photos: who has one may see that picture, in that size, until it ends.

A link is made only for somebody who may see the photo at that moment. It names the revision of
the copies, so it dies with them; one for the public dies when the photo is withheld again.
"""

import base64
import math
from datetime import datetime
from functools import lru_cache
from io import BytesIO
from typing import Any, NamedTuple
from uuid import UUID

from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage
from django.core.signing import BadSignature, Signer
from django.utils import timezone
from PIL import Image

from media.errors import LinkExpired, LinkInvalid, UnknownPhoto
from media.models import State, Upload, as_jpeg

PATH = "/api/v1/photos/"
CONTENT_TYPE = "image/webp"
_SIZES = {"view": "v", "thumb": "t"}
_PUBLIC = {"view": "V", "thumb": "T"}
_LIFE_HOURS = 2


class Shown(NamedTuple):
    """A picture to be sent: open for reading, its type and name, and whether it is the photo.

    `public` is the photo's id where the link was made for anyone.
    """

    file: "File[Any]"
    content_type: str
    name: str
    final: bool
    public: UUID | None = None


def signed_path(
    upload: Upload, size: str, *, public: bool = False, at: datetime | None = None
) -> str:
    """Return a path to the `view` or the `thumb` that works for two to three hours.

    Within one hour it is always the same, so that browsers can keep the picture. The file as
    it was sent has no link: its metadata says where and when.
    """
    hours = math.ceil((at or timezone.now()).timestamp() / 3600) + _LIFE_HOURS
    letter = (_PUBLIC if public else _SIZES)[size]
    name = base64.urlsafe_b64encode(upload.pk.bytes).rstrip(b"=").decode()
    return PATH + _signer().sign(f"{letter}{hours:x}-{upload.revision:x}-{name}")


def open_signed(token: str, *, webp: bool = True, at: datetime | None = None) -> Shown:
    """Return the picture that a link leads to, as JPEG for those who know no WebP.

    While it is being made, a grey placeholder. Raises LinkInvalid, LinkExpired, UnknownPhoto.
    """
    letter, hours, revision, upload_id = _read(token)
    if (at or timezone.now()).timestamp() >= hours * 3600:
        raise LinkExpired
    upload = Upload.objects.filter(pk=upload_id).first()
    if upload is None or upload.state == State.REFUSED:
        raise UnknownPhoto
    public = letter in _PUBLIC.values()
    if public and upload.released_at is None:
        raise UnknownPhoto
    if revision != upload.revision:
        raise UnknownPhoto
    if upload.state == State.RECEIVED:
        return _placeholder(webp)
    name = upload.view_name if letter in (_SIZES["view"], _PUBLIC["view"]) else upload.thumb_name
    return _copy(name, webp)._replace(public=upload.pk if public else None)


def _copy(name: str, webp: bool) -> Shown:
    # Photos of before there were twins have only the one.
    if not webp and default_storage.exists(as_jpeg(name)):
        name = as_jpeg(name)
    try:
        file = default_storage.open(name)
    except FileNotFoundError as error:
        raise UnknownPhoto from error
    kind = "image/jpeg" if name.endswith(".jpg") else CONTENT_TYPE
    return Shown(file, kind, name, final=True)


def _placeholder(webp: bool) -> Shown:
    kind = "WEBP" if webp else "JPEG"
    content = ContentFile(_grey(kind))
    return Shown(content, f"image/{kind.lower()}", "", final=False)


@lru_cache(maxsize=2)
def _grey(kind: str) -> bytes:
    out = BytesIO()
    Image.new("RGB", (32, 24), (222, 224, 226)).save(out, kind)
    return out.getvalue()


def _read(token: str) -> tuple[str, int, int, UUID]:
    try:
        head, revision, name = _signer().unsign(token).split("-", 2)
        upload_id = UUID(bytes=base64.urlsafe_b64decode(f"{name}=="))
        return head[0], int(head[1:], 16), int(revision, 16), upload_id
    except (BadSignature, ValueError, IndexError) as error:
        raise LinkInvalid from error


def _signer() -> Signer:
    return Signer(salt="media.links", sep=".")
