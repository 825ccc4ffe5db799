"""Where the files of photos lie: copies in Django's default storage, originals apart from them."""

import errno
import logging
import tempfile
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO, cast
from uuid import UUID

from django.conf import settings
from django.core.files.base import ContentFile, File
from django.core.files.storage import FileSystemStorage, Storage, default_storage, storages

from media.errors import OriginalMissing, StorageFull
from media.images import Picture
from media.models import as_jpeg
from media.sealing import Unreadable, is_sealed, sealed, unsealed

log = logging.getLogger(__name__)

ROOT = "photos"
PARTS = "parts"
ENDINGS = {"JPEG": "jpg", "PNG": "png", "WEBP": "webp", "HEIF": "heic", "AVIF": "avif"}
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_PIECE = 256 * 1024


class OriginalsOnDisk(FileSystemStorage):
    """A folder of its own, which no web server shares."""

    @property
    def base_location(self) -> str:
        return str(settings.ORIGINALS_ROOT)

    @property
    def location(self) -> str:
        return str(settings.ORIGINALS_ROOT)


def originals() -> Storage:
    """The storage of what was sent, as it was sent."""
    return storages["originals"]


def folder_of(upload_id: UUID) -> str:
    return f"{ROOT}/{upload_id.hex[:2]}/{upload_id.hex}"


@contextmanager
def _whole_or_nothing(storage: Storage, names: list[str]) -> Iterator[None]:
    """Remove what was written if anything fails; a full disk is refused in words."""
    try:
        yield
    except BaseException as error:
        remove_files(names, storage)
        if isinstance(error, OSError) and error.errno in _FULL:
            raise StorageFull from error
        raise


@contextmanager
def original_kept(upload_id: UUID, kind: str, file: "File[Any]") -> Iterator[str]:
    """Store a file as it was sent and give its name; an error inside the block removes it.

    The name is nobody else's: who brings the same photo at the same moment, and is too late,
    takes only their own file away again. Sealed where the settings hold a key. Raises
    StorageFull.
    """
    name = f"{folder_of(upload_id)}/{_mark()}-original.{ENDINGS[kind]}"
    with _whole_or_nothing(originals(), [name]):
        keep_original(name, file)
        yield name


def keep_original(name: str, file: "File[Any]") -> None:
    """Write one file among the originals. Raises StorageFull; half a file does not stay."""
    with _whole_or_nothing(originals(), [name]):
        if not settings.PHOTO_KEYS:
            _save(originals(), name, file)
            return
        with tempfile.TemporaryFile() as closed:
            for piece in sealed(file.chunks(_PIECE), settings.PHOTO_KEYS[0]):
                closed.write(piece)
            closed.seek(0)
            _save(originals(), name, File(closed))


def open_original(name: str) -> BinaryIO:
    """Return a file on this machine's disk with the bytes as they were sent, to be closed.

    Raises OriginalMissing where it is gone, was changed, or was sealed with another's key.
    """
    stored = _stored(name)
    start = stored.read(4)
    stored.seek(0)
    plain = tempfile.TemporaryFile()  # noqa: SIM115 - the caller closes it
    try:
        with stored:
            closed = is_sealed(start)
            pieces = unsealed(cast(BinaryIO, stored), settings.PHOTO_KEYS)
            for piece in pieces if closed else stored.chunks(_PIECE):
                plain.write(piece)
    except Unreadable as error:
        plain.close()
        raise OriginalMissing from error
    plain.seek(0)
    return cast(BinaryIO, plain)


def has_original(name: str) -> bool:
    """Say whether the file as it was sent is still kept."""
    return bool(name) and (originals().exists(name) or default_storage.exists(name))


def _stored(name: str) -> "File[Any]":
    for storage in (originals(), default_storage):  # Once, originals lay beside their copies.
        with suppress(FileNotFoundError):
            return storage.open(name)
    raise OriginalMissing


def copies_kept(upload_id: UUID, revision: int, picture: Picture) -> dict[str, str]:
    """Store the copies to be shown, and return the fields that name them. Raises StorageFull.

    Two who make the same copies, one of them after a long sleep, do not share a file either.
    """
    start = f"{folder_of(upload_id)}/{revision}-{_mark()}"
    view, thumb = f"{start}-view.webp", f"{start}-thumb.webp"
    wanted = [
        (view, picture.view_webp),
        (as_jpeg(view), picture.view_jpeg),
        (thumb, picture.thumb_webp),
        (as_jpeg(thumb), picture.thumb_jpeg),
    ]
    with _whole_or_nothing(default_storage, [name for name, _content in wanted]):
        for name, content in wanted:
            _save(default_storage, name, ContentFile(content))
    return {"view_name": view, "thumb_name": thumb}


def _mark() -> str:
    return uuid.uuid4().hex[:8]


def part_name(upload_id: UUID, start: int) -> str:
    """Return a name for a piece of a photo that is on its way, which begins at this byte."""
    return f"{PARTS}/{upload_id.hex}/{start:08d}-{_mark()}"


def _save(storage: Storage, name: str, content: "File[Any]") -> None:
    kept = storage.save(name, content)
    if kept != name:
        # A storage that will not overwrite has chosen another name: then ours was taken.
        storage.delete(kept)
        raise FileExistsError(name)


def remove_files(names: Iterable[str], storage: Storage = default_storage) -> None:
    """Remove files, each on its own; one that cannot be removed is logged, and stays unseen."""
    for name in names:
        try:
            storage.delete(name)
        except Exception:
            log.exception("The file %s could not be removed.", name)


def remove_pieces(upload_id: UUID, names: Iterable[str]) -> None:
    """Remove the pieces of a photo, and on a disk their folder, which each photo has for itself."""
    remove_files(names, originals())
    if isinstance(originals(), FileSystemStorage):
        # Not there, or with a piece that comes just now: that is swept up as nobody's.
        with suppress(OSError):
            Path(originals().path(f"{PARTS}/{upload_id.hex}")).rmdir()


def folders(storage: Storage) -> Iterator[tuple[UUID, list[str]]]:
    """Walk through what is kept: the id of each photo, whole or on its way, and its files."""
    for shelf in _inside(ROOT, storage):
        for name in _inside(f"{ROOT}/{shelf}", storage):
            yield UUID(hex=name), _files_in(f"{ROOT}/{shelf}/{name}", storage)
    for name in _inside(PARTS, storage):
        yield UUID(hex=name), _files_in(f"{PARTS}/{name}", storage)


def _inside(folder: str, storage: Storage) -> list[str]:
    try:
        return list(storage.listdir(folder)[0])
    except FileNotFoundError:  # Nothing was ever kept.
        return []


def _files_in(folder: str, storage: Storage) -> list[str]:
    return [f"{folder}/{name}" for name in storage.listdir(folder)[1]]
