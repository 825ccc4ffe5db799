"""Where the files of photos lie: Django's default storage, on disk or in a bucket."""

import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage

from media.images import Picture

log = logging.getLogger(__name__)

_ROOT = "photos"
_ENDINGS = {
    "JPEG": "jpg",
    "MPO": "jpg",
    "PNG": "png",
    "WEBP": "webp",
    "GIF": "gif",
    "HEIF": "heic",
    "AVIF": "avif",
}


@contextmanager
def files_kept(
    upload_id: UUID, original: "File[Any]", picture: Picture
) -> Iterator[dict[str, str]]:
    """Store the three files and give their names; an error inside the block removes them again."""
    folder = f"{_ROOT}/{upload_id.hex[:2]}/{upload_id.hex}"
    wanted: list[tuple[str, str, File[Any]]] = [
        ("original_name", f"{folder}/original.{_ENDINGS[picture.format]}", original),
        ("view_name", f"{folder}/view.webp", ContentFile(picture.view)),
        ("thumb_name", f"{folder}/thumb.webp", ContentFile(picture.thumb)),
    ]
    names: dict[str, str] = {}
    try:
        for field, name, content in wanted:
            names[field] = default_storage.save(name, content)
        yield names
    except BaseException:
        remove_files(names.values())
        raise


def remove_files(names: Iterable[str]) -> None:
    """Remove files, each on its own; one that cannot be removed is logged, and stays unseen."""
    for name in names:
        try:
            default_storage.delete(name)
        except Exception:
            log.exception("The file %s could not be removed.", name)


def folders() -> Iterator[tuple[str, UUID, datetime]]:
    """Walk through the folders that hold files: path, upload id, and the newest file's time."""
    try:
        shelves, _ = default_storage.listdir(_ROOT)
    except FileNotFoundError:  # Nothing was ever kept.
        return
    for shelf in shelves:
        for name in default_storage.listdir(f"{_ROOT}/{shelf}")[0]:
            folder = f"{_ROOT}/{shelf}/{name}"
            times = [default_storage.get_modified_time(file) for file in _files_in(folder)]
            if times:
                yield folder, UUID(hex=name), max(times)


def remove_folder(folder: str) -> None:
    """Remove the files of one upload."""
    remove_files(_files_in(folder))


def _files_in(folder: str) -> list[str]:
    return [f"{folder}/{name}" for name in default_storage.listdir(folder)[1]]
