"""Photos that come in pieces over a weak network: begun, gone on with after hours, made whole.

Pieces lie among the originals, sealed like them, so any process can take the next one.
"""

import tempfile
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.files.base import ContentFile, File
from django.db import transaction
from django.utils import timezone

from media.errors import (
    Empty,
    MediaError,
    OriginalMissing,
    StorageFull,
    TooLarge,
    TooManyPieces,
    UnknownUpload,
    WrongLength,
)
from media.models import PartialUpload, Upload
from media.services import keep_upload, require_quota
from media.storage import (
    keep_original,
    open_original,
    originals,
    part_name,
    remove_files,
    remove_pieces,
)

_MOST_OPEN = 40
MOST_PIECES = 2_000
"""Of one photo: the largest in pieces of 16 KB."""
_COPY = 256 * 1024


class WrongOffset(MediaError):
    """A piece that does not begin where the last one ended; `offset` says where it does."""

    code = "photo_wrong_offset"

    def __init__(self, offset: int) -> None:
        self.offset = offset
        super().__init__()


def begin(
    *, owner: str, sha256: str, size: int, at: datetime | None = None
) -> tuple[PartialUpload | Upload, bool]:
    """Return the photo with these bytes as far as it is here, and whether it was begun just now.

    What came whole before needs no byte again. Raises Empty, TooLarge, QuotaExceeded.
    """
    if size <= 0:
        raise Empty
    if size > settings.UPLOAD_MAX_BYTES:
        raise TooLarge(limit_bytes=settings.UPLOAD_MAX_BYTES)
    digest = sha256.lower()
    whole = Upload.objects.filter(owner=owner, sha256=digest).first()
    if whole is not None:
        return whole, False
    moment = at or timezone.now()
    require_quota(owner, size + _on_the_way(owner, digest))
    partial, created = PartialUpload.objects.get_or_create(
        owner=owner,
        sha256=digest,
        defaults={"bytes": size, "created_at": moment, "touched_at": moment},
    )
    if partial.bytes != size:  # One of the two lied; the newer word counts.
        drop(partial)
        return begin(owner=owner, sha256=digest, size=size, at=at)
    return partial, created


def _on_the_way(owner: str, digest: str) -> int:
    """Return what the owner's other photos will hold; the oldest beyond forty are let go."""
    rest = list(
        PartialUpload.objects.filter(owner=owner).exclude(sha256=digest).order_by("-touched_at")
    )
    for old in rest[_MOST_OPEN:]:
        drop(old)
    return sum(each.bytes for each in rest[:_MOST_OPEN])


def partial_of(owner: str, upload_id: UUID) -> PartialUpload | Upload:
    """Return the owner's photo, whole or on its way. Raises UnknownUpload."""
    # In this order: one that is made whole between the two looks is seen by the second.
    partial = PartialUpload.objects.filter(owner=owner, pk=upload_id).first()
    found = Upload.objects.filter(owner=owner, pk=upload_id).first() or partial
    if found is None:
        raise UnknownUpload
    return found


def append(
    *, owner: str, upload_id: UUID, start: int, total: int, content: bytes
) -> tuple[PartialUpload | Upload, bool]:
    """Add a piece; with the last one the photo is whole, and judged as one sent at once.

    Returns it, and whether it became whole just now. Two may bring the same pieces at once: both
    get the one photo. Raises WrongOffset, WrongLength, UnknownUpload, TooManyPieces, and what
    `keep_upload` does: then the pieces are gone, but for StorageFull.
    """
    found = partial_of(owner, upload_id)
    try:
        return _appended(found, start, total, content)
    except (UnknownUpload, OriginalMissing):
        # Another request made it whole meanwhile, and took the pieces away.
        whole = Upload.objects.filter(owner=owner, sha256=found.sha256).first()
        if whole is None:
            raise
        return whole, False


def _appended(
    found: PartialUpload | Upload, start: int, total: int, content: bytes
) -> tuple[PartialUpload | Upload, bool]:
    if isinstance(found, Upload):
        return found, False
    if total != found.bytes or start + len(content) > found.bytes:
        raise WrongLength
    if start != found.offset:
        raise WrongOffset(found.offset)
    if len(found.pieces) >= MOST_PIECES and start + len(content) < found.bytes:
        drop(found)
        raise TooManyPieces
    if content:
        found = _with_piece(found, start, content)
    return _whole(found) if found.offset == found.bytes else (found, False)


def _with_piece(partial: PartialUpload, start: int, content: bytes) -> PartialUpload:
    name = part_name(partial.pk, start)
    keep_original(name, ContentFile(content))
    with transaction.atomic():
        row = PartialUpload.objects.select_for_update().filter(pk=partial.pk).first()
        if row is not None and row.offset == start:
            row.offset, row.touched_at = start + len(content), timezone.now()
            row.pieces = [*row.pieces, name]
            row.save(update_fields=["offset", "touched_at", "pieces"])
            return row
    remove_files([name], originals())  # Another request brought the same piece first.
    if row is None:
        raise UnknownUpload
    raise WrongOffset(row.offset)


def _whole(partial: PartialUpload) -> tuple[Upload, bool]:
    with tempfile.TemporaryFile() as joined:
        for name in partial.pieces:
            with open_original(name) as piece:
                while part := piece.read(_COPY):
                    joined.write(part)
        joined.seek(0)
        try:
            kept = keep_upload(
                file=_SizedFile(joined, partial.bytes),
                owner=partial.owner,
                upload_id=partial.pk,
                sha256=partial.sha256,
                size=partial.bytes,
            )
        except StorageFull:
            raise  # The pieces stay: the last one may be sent again.
        except MediaError:
            drop(partial)
            raise
    drop(partial)
    return kept


class _SizedFile(File):  # type: ignore[type-arg]
    """A file without a name, of known size."""

    def __init__(self, file: Any, size: int) -> None:
        super().__init__(file, name="photo")
        self._size = size

    @property
    def size(self) -> int:
        return self._size


def drop(partial: PartialUpload) -> None:
    """Forget a photo that is on its way, with its pieces."""
    PartialUpload.objects.filter(pk=partial.pk).delete()
    transaction.on_commit(lambda: remove_pieces(partial.pk, partial.pieces))


def drop_stale(*, before: datetime) -> int:
    """Forget photos of which no piece came since a moment; returns how many."""
    stale = list(PartialUpload.objects.filter(touched_at__lt=before))
    for partial in stale:
        drop(partial)
    return len(stale)
