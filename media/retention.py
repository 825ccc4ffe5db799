"""How long each class of a photo's data is kept, and whether what is kept is still whole.

Classes: photos that no report claimed; originals, which hold faces, places and serial numbers;
the camera's account; and the copies, which stay as long as the record that they belong to.
"""

import hashlib
from collections.abc import Iterator
from datetime import datetime
from typing import BinaryIO

from django.core.files.storage import default_storage
from django.db import transaction

from media.errors import OriginalMissing
from media.models import State, Upload
from media.services import orphans
from media.storage import open_original, originals, remove_files

_PIECE = 256 * 1024


def remove_old_originals(*, before: datetime) -> int:
    """Remove originals of photos that came before a moment; their copies stay as they are.

    A photo whose original is gone can be covered no more, nor uncovered.
    """
    old = Upload.objects.filter(created_at__lt=before, state=State.READY).exclude(original_name="")
    names = list(old.values_list("original_name", flat=True))
    with transaction.atomic():
        Upload.objects.filter(original_name__in=names).update(original_name="")
        transaction.on_commit(lambda: remove_files(names, originals()))
    return len(names)


def forget_evidence(*, before: datetime) -> int:
    """Forget what cameras said of time and place in photos that came before a moment."""
    return Upload.objects.filter(created_at__lt=before).exclude(evidence={}).update(evidence={})


def faults() -> Iterator[tuple[str, str]]:
    """Yield `(fault, name)` for each file that is missing, changed or nobody's.

    Reads every original whole to compare it with its digest: for a quiet hour.
    """
    for upload in Upload.objects.order_by("created_at").iterator(chunk_size=500):
        yield from _faults_of(upload)
    for storage in (default_storage, originals()):
        for _upload_id, name in orphans(storage):
            yield "orphaned", name


def _faults_of(upload: Upload) -> Iterator[tuple[str, str]]:
    if upload.original_name:
        try:
            with open_original(upload.original_name) as file:
                digest = _digest_of(file)
        except OriginalMissing as error:
            # There, but not to be opened: changed, or sealed with a key that we do not have.
            there = error.__cause__ is not None
            yield "changed" if there else "missing", upload.original_name
        else:
            if digest != upload.sha256:
                yield "changed", upload.original_name
    if upload.state == State.READY:
        for name in (upload.view_name, upload.thumb_name):
            if not default_storage.exists(name):
                yield "missing", name


def _digest_of(file: BinaryIO) -> str:
    digest = hashlib.sha256()
    while piece := file.read(_PIECE):
        digest.update(piece)
    return digest.hexdigest()
