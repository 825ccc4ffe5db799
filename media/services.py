"""Taking in photos, finding them again, and letting go of those that nobody sent with a report."""

import hashlib
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any, BinaryIO, cast
from uuid import UUID

from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import Storage, default_storage
from django.db import connection, transaction
from django.db.models import Sum
from django.utils import timezone

from media.errors import Empty, HashMismatch, QuotaExceeded, TooLarge, UnknownUpload, WrongLength
from media.headers import Header, read_header
from media.models import PartialUpload, Upload
from media.storage import (
    folders,
    original_kept,
    originals,
    remove_files,
)

QUOTA_SPAN = timedelta(days=1)

arrived: list[Callable[[], None]] = []
"""Called in this process after a photo came; those in other processes look by themselves."""


def keep_upload(
    *,
    file: "File[Any]",
    owner: str,
    at: datetime | None = None,
    upload_id: UUID | None = None,
    sha256: str = "",
    size: int | None = None,
) -> tuple[Upload, bool]:
    """Keep a photo for its owner, and say whether it is new; the same bytes again are the same one.

    The file is read in pieces where it lies and judged by its header alone: what is to be shown
    is made afterwards, by `developing`. `sha256` and `size` are what was announced. Raises
    Empty, NotAPicture, Animated, TooLarge, TooManyPixels, TooNarrow, Damaged, WrongLength,
    HashMismatch, QuotaExceeded, StorageFull; nothing is kept then.
    """
    digest, length = _measure(file)
    if size is not None and size != length:
        raise WrongLength
    if sha256 and sha256.lower() != digest:
        raise HashMismatch
    known = Upload.objects.filter(owner=owner, sha256=digest).first()
    if known is not None:
        return known, False
    file.seek(0)
    header = read_header(cast(BinaryIO, file.file or file))
    header.require_fit(settings.UPLOAD_MAX_PIXELS)
    require_quota(owner, length)
    file.seek(0)
    return _store(file, header, owner=owner, sha256=digest, size=length, at=at, upload_id=upload_id)


def _measure(file: "File[Any]") -> tuple[str, int]:
    """Return the digest and the size of the file, refusing it as soon as it is too large."""
    limit = settings.UPLOAD_MAX_BYTES
    digest, size = hashlib.sha256(), 0
    for piece in file.chunks():
        size += len(piece)
        if size > limit:
            raise TooLarge(limit_bytes=limit)
        digest.update(piece)
    if not size:
        raise Empty
    return digest.hexdigest(), size


def require_quota(owner: str, coming: int) -> None:
    """Refuse what would be more than one sender may send in a day. Raises QuotaExceeded."""
    since = timezone.now() - QUOTA_SPAN
    sent = Upload.objects.filter(owner=owner, created_at__gte=since).aggregate(all=Sum("bytes"))
    if (sent["all"] or 0) + coming > settings.UPLOAD_QUOTA_BYTES:
        raise QuotaExceeded(limit_bytes=settings.UPLOAD_QUOTA_BYTES)


def _store(
    file: "File[Any]",
    header: Header,
    *,
    owner: str,
    sha256: str,
    size: int,
    at: datetime | None,
    upload_id: UUID | None,
) -> tuple[Upload, bool]:
    new_id = upload_id or uuid.uuid4()
    with original_kept(new_id, header.format, file) as name:
        upload, created = Upload.objects.get_or_create(
            owner=owner,
            sha256=sha256,
            defaults={
                "id": new_id,
                "width": header.width,
                "height": header.height,
                "bytes": size,
                "original_name": name,
                "created_at": at or timezone.now(),
            },
        )
    if created:
        transaction.on_commit(_tell_arrived)
    else:  # The same bytes came twice at once, and the other was first.
        remove_files([name], originals())
    return upload, created


def _tell_arrived() -> None:
    for listener in tuple(arrived):
        listener()


def uploads_of(owner: str, ids: Iterable[UUID]) -> list[Upload]:
    """Return the owner's photos in the order asked for, each once.

    Raises UnknownUpload if any is not there or is somebody else's.
    """
    wanted = list(dict.fromkeys(ids))
    found = Upload.objects.filter(owner=owner).in_bulk(wanted)
    if len(found) < len(wanted):
        raise UnknownUpload
    return [found[upload_id] for upload_id in wanted]


def claim_uploads(uploads: Sequence[Upload], *, at: datetime | None = None) -> None:
    """Mark photos as part of the record, so that they are not swept away; twice is as once.

    Raises UnknownUpload if one was swept away in between.
    """
    ids = {upload.pk for upload in uploads}
    with transaction.atomic():
        # In one order, so that two reports that share photos do not wait for each other.
        locked = Upload.objects.select_for_update().filter(pk__in=ids).order_by("pk")
        if len(locked) < len(ids):
            raise UnknownUpload
        Upload.objects.filter(pk__in=ids, claimed_at__isnull=True).update(
            claimed_at=at or timezone.now()
        )


def remove_unclaimed(*, before: datetime) -> int:
    """Remove the photos that came before a moment and never became part of a report."""
    with transaction.atomic():
        stale = list(
            Upload.objects.select_for_update(skip_locked=can_skip_locked())
            .filter(claimed_at__isnull=True, created_at__lt=before)
            .order_by("pk")
        )
        Upload.objects.filter(pk__in=[upload.pk for upload in stale]).delete()
        copies = [name for upload in stale for name in upload.copy_names]
        sent = [upload.original_name for upload in stale]
        # After the commit: a row without its files would be a broken photo.
        transaction.on_commit(lambda: remove_files(copies))
        transaction.on_commit(lambda: remove_files(sent, originals()))
    return len(stale)


def remove_orphans(*, before: datetime) -> int:
    """Remove files older than a moment that no row names; return of how many photos there were any.

    Their row was rolled back, or who made them was killed before the row named them. It lists the
    whole storage: for a quiet hour, not for every day.
    """
    removed = set()
    for storage in (default_storage, originals()):
        for upload_id, name in orphans(storage):
            if storage.get_modified_time(name) < before:
                remove_files([name], storage)
                removed.add(upload_id)
    return len(removed)


def orphans(storage: Storage) -> Iterator[tuple[UUID, str]]:
    """Yield each file that no row names, with the id of the photo in whose folder it lies."""
    for upload_id, names in folders(storage):
        known = _names_of(upload_id)
        for name in names:
            if name not in known:
                yield upload_id, name


def _names_of(upload_id: UUID) -> set[str]:
    whole = Upload.objects.filter(pk=upload_id).first()
    partial = PartialUpload.objects.filter(pk=upload_id).first()
    return {
        *((whole.original_name, *whole.copy_names) if whole else ()),
        *(partial.pieces if partial else ()),
    }


def can_skip_locked() -> bool:
    return bool(connection.features.has_select_for_update_skip_locked)
