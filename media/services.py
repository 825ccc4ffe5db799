"""Taking in photos, finding them again, and letting go of those that nobody sent with a report."""

import hashlib
import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, BinaryIO, cast
from uuid import UUID

from django.conf import settings
from django.core.files.base import File
from django.db import connection, transaction
from django.utils import timezone

from media.errors import NotAPicture, TooLarge, UnknownUpload
from media.images import Limits, Picture, sanitise
from media.models import Upload
from media.storage import files_kept, folders, remove_files, remove_folder


def keep_upload(
    *, file: "File[Any]", owner: str, at: datetime | None = None
) -> tuple[Upload, bool]:
    """Keep a photo for its owner, and say whether it is new; the same bytes again are the same one.

    The file is read in pieces where it lies, and stored as it is beside two pictures made from
    it. Raises NotAPicture, TooLarge, TooManyPixels, Damaged; nothing is kept then.
    """
    sha256, size = _measure(file)
    known = Upload.objects.filter(owner=owner, sha256=sha256).first()
    if known is not None:
        return known, False
    file.seek(0)
    picture = sanitise(cast(BinaryIO, file.file or file), Limits(pixels=settings.UPLOAD_MAX_PIXELS))
    file.seek(0)
    return _store(file, picture, owner=owner, sha256=sha256, size=size, at=at or timezone.now())


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
        raise NotAPicture
    return digest.hexdigest(), size


def _store(
    file: "File[Any]", picture: Picture, *, owner: str, sha256: str, size: int, at: datetime
) -> tuple[Upload, bool]:
    upload_id = uuid.uuid4()
    with files_kept(upload_id, file, picture) as names:
        upload, created = Upload.objects.get_or_create(
            owner=owner,
            sha256=sha256,
            defaults={
                "id": upload_id,
                "width": picture.width,
                "height": picture.height,
                "bytes": size,
                "evidence": picture.evidence.as_json(),
                "created_at": at,
                **names,
            },
        )
    if not created:  # The same bytes came twice at once, and the other was first.
        remove_files(names.values())
    return upload, created


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
            Upload.objects.select_for_update(skip_locked=_can_skip_locked())
            .filter(claimed_at__isnull=True, created_at__lt=before)
            .order_by("pk")
        )
        Upload.objects.filter(pk__in=[upload.pk for upload in stale]).delete()
        names = [name for upload in stale for name in upload.file_names]
        # After the commit: a row without its files would be a broken photo.
        transaction.on_commit(lambda: remove_files(names))
    return len(stale)


def remove_orphans(*, before: datetime) -> int:
    """Remove files older than a moment whose row was rolled back; return how many folders had any.

    It lists the whole storage: for a quiet hour, not for every day.
    """
    removed = 0
    for folder, upload_id, modified_at in folders():
        if modified_at < before and not Upload.objects.filter(pk=upload_id).exists():
            remove_folder(folder)
            removed += 1
    return removed


def _can_skip_locked() -> bool:
    return bool(connection.features.has_select_for_update_skip_locked)
