from pathlib import Path

import pytest
from django.core.files.storage import default_storage

from media.storage import originals


@pytest.fixture(autouse=True)
def uploads(settings, tmp_path) -> Path:
    """Files of a test go into a folder of its own."""
    settings.MEDIA_ROOT = tmp_path / "uploads"
    return settings.MEDIA_ROOT


@pytest.fixture
def stored():
    """Name every file among the copies and among the originals."""

    def walk(storage, folder: str = "") -> list[str]:
        try:
            folders, files = storage.listdir(folder)
        except FileNotFoundError:
            return []
        inside = [name for one in folders for name in walk(storage, f"{folder}/{one}".lstrip("/"))]
        return [*(f"{folder}/{name}" for name in files), *inside]

    return lambda: sorted([*walk(default_storage), *walk(originals())])
