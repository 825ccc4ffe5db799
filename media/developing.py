"""From what was sent to what may be shown: claimed by a lease, decoded apart, settled at once.

Any number of processes may develop. What a killed one had in hand is taken up by another when
its lease ends; a photo that ends its developer again and again is refused.
"""

import logging
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import DatabaseError, transaction
from django.db.models import F, Q
from django.utils import timezone

from media.errors import MediaError, OriginalMissing, StorageFull, TooCostly
from media.images import Box, Picture
from media.isolation import Decodes, Interrupted
from media.models import LikenessPart, State, Upload
from media.services import can_skip_locked
from media.storage import copies_kept, open_original, remove_files

logger = logging.getLogger(__name__)

LEASE = timedelta(seconds=10)
"""How long a claim lasts that is not renewed: then another takes up what a killed one had."""
RENEW_EVERY = 3.0  # seconds
LATER = timedelta(minutes=10)
"""After which a photo is tried again whose decoder was lost: by want of memory, most likely."""
ATTEMPTS = 3


@dataclass(frozen=True)
class Developed:
    """What became of a photo: copies with their names, or the code of a refusal."""

    upload: Upload
    picture: Picture | None = None
    names: dict[str, str] | None = None
    refusal: str = ""


def claim() -> Upload | None:
    """Take the oldest photo that waits, for the length of a lease; None where none waits."""
    moment = timezone.now()
    with transaction.atomic():
        upload = (
            Upload.objects.select_for_update(skip_locked=can_skip_locked())
            .filter(Q(lease_until=None) | Q(lease_until__lt=moment), state=State.RECEIVED)
            .order_by("created_at")
            .first()
        )
        if upload is not None:
            upload.lease_until, upload.attempts = moment + LEASE, upload.attempts + 1
            upload.save(update_fields=["lease_until", "attempts"])
    return upload


def renew(upload: Upload) -> None:
    """Let this claim last for another lease; a photo that another has by now stays theirs."""
    mine = Upload.objects.filter(
        pk=upload.pk, revision=upload.revision, attempts=upload.attempts, state=State.RECEIVED
    )
    mine.update(lease_until=timezone.now() + LEASE)


def waiting() -> bool:
    """Say whether any photo may be claimed now: asked without a lock, before `claim`."""
    free = Q(lease_until=None) | Q(lease_until__lt=timezone.now())
    return Upload.objects.filter(free, state=State.RECEIVED).exists()


def develop(upload: Upload, decoder: Decodes) -> Developed | None:
    """Make the copies of a photo that was claimed; None where it is to be tried again.

    Nothing of the row is changed yet: that is `settle`, in one transaction with what is told.
    Raises StorageFull: nothing is wrong with the photo then, and it is no attempt.
    """
    try:
        return _developed(upload, decoder)
    except StorageFull:
        if upload.attempts:
            with suppress(DatabaseError), transaction.atomic():  # whose disk may be the same
                mine = Upload.objects.filter(pk=upload.pk, attempts=upload.attempts)
                mine.update(attempts=F("attempts") - 1)
        raise


def _developed(upload: Upload, decoder: Decodes) -> Developed | None:
    try:
        with open_original(upload.original_name) as file:
            picture = decoder.derive(
                file, pixels=upload.width * upload.height, boxes=boxes_of(upload)
            )
    except Interrupted:
        logger.warning("Photo %s: the decoder was lost, attempt %d.", upload.pk, upload.attempts)
        if upload.attempts >= ATTEMPTS:
            return Developed(upload, refusal=TooCostly.code)
        Upload.objects.filter(pk=upload.pk, revision=upload.revision).update(
            lease_until=timezone.now() + LATER
        )
        return None
    except OriginalMissing as error:
        logger.error("Photo %s has no original.", upload.pk)
        return Developed(upload, refusal=error.code)
    except StorageFull:
        raise
    except MediaError as error:
        logger.info("Photo %s was refused: %s.", upload.pk, error.code)
        return Developed(upload, refusal=error.code)
    return Developed(upload, picture, copies_kept(upload.pk, upload.revision, picture))


def boxes_of(upload: Upload) -> Sequence[Box]:
    return [(box["x"], box["y"], box["w"], box["h"]) for box in upload.boxes]


def settle(made: Developed) -> bool:
    """Write down what became of a photo; False where it was changed meanwhile, and waits again.

    In the caller's transaction. What was made for an older revision is removed.
    """
    upload = made.upload
    mine = Upload.objects.filter(pk=upload.pk, revision=upload.revision, state=State.RECEIVED)
    if made.picture is None or made.names is None:
        changed = mine.update(state=State.REFUSED, refusal=made.refusal, lease_until=None)
        return bool(changed)
    changed = mine.update(
        state=State.READY, refusal="", lease_until=None, attempts=0, **_said(made.picture, made)
    )
    if not changed:
        stale = Upload(id=upload.pk, **made.names).copy_names
        transaction.on_commit(lambda: remove_files(stale))
        return False
    _keep_likeness(upload, made.picture.likeness)
    return True


def _said(picture: Picture, made: Developed) -> dict[str, Any]:
    return {
        "width": picture.width,
        "height": picture.height,
        "evidence": picture.evidence.as_json(),
        "likeness": picture.likeness,
        **(made.names or {}),
    }


def _keep_likeness(upload: Upload, likeness: str) -> None:
    LikenessPart.objects.filter(upload=upload).delete()
    LikenessPart.objects.bulk_create(
        LikenessPart(upload=upload, part=part, bits=int(likeness[4 * part : 4 * part + 4], 16))
        for part in range(4)
    )


def begin_again(upload: Upload, *, boxes: Sequence[dict[str, float]]) -> None:
    """Take the copies away and let new ones be made with these boxes covered.

    For a row that the caller has locked. Until then nothing of the photo is shown.
    """
    old = upload.copy_names
    Upload.objects.filter(pk=upload.pk).update(
        state=State.RECEIVED,
        refusal="",
        boxes=list(boxes),
        revision=F("revision") + 1,
        view_name="",
        thumb_name="",
        attempts=0,
        lease_until=None,
    )
    upload.refresh_from_db()
    transaction.on_commit(lambda: remove_files(old))


def develop_here(upload: Upload) -> Upload:
    """Develop a photo at once, in this process and without limits.

    For pictures of our own making: the demo's, and those of tests. Nothing is told.
    """
    from media.isolation import InThisProcess

    made = develop(upload, InThisProcess())
    if made is not None:
        with transaction.atomic():
            settle(made)
    Upload.objects.filter(pk=upload.pk).update(found=[])
    upload.refresh_from_db()
    return upload


def next_to_look_through() -> Upload | None:
    """Return a ready photo in which nobody has looked yet for faces and plates."""
    if not settings.PHOTO_FINDING:
        return None
    unseen = Upload.objects.filter(state=State.READY, found__isnull=True, attempts__lt=ATTEMPTS)
    return unseen.order_by("created_at").first()


def look_through(upload: Upload, decoder: Decodes) -> None:
    """Look for faces and number plates and keep what was found, to be proposed to a person.

    What cannot be looked through stays not looked through: nothing was found in it, and nobody
    may take it for clean.
    """
    try:
        with open_original(upload.original_name) as file:
            found = decoder.find(file, pixels=upload.width * upload.height)
    except StorageFull:
        raise
    except (MediaError, Interrupted):
        logger.warning("Photo %s could not be looked through.", upload.pk)
        Upload.objects.filter(pk=upload.pk).update(attempts=F("attempts") + 1)
        return
    Upload.objects.filter(pk=upload.pk, found__isnull=True).update(found=found)
