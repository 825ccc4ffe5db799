from pathlib import Path

import pytest
from django.core.files.storage import default_storage


@pytest.fixture(autouse=True)
def uploads(settings, tmp_path) -> Path:
    """Files of a test go into a folder of its own."""
    settings.MEDIA_ROOT = tmp_path / "uploads"
    return settings.MEDIA_ROOT


@pytest.fixture
def stored():
    """Name every file in the storage."""

    def walk(folder: str = "") -> list[str]:
        try:
            folders, files = default_storage.listdir(folder)
        except FileNotFoundError:
            return []
        inside = [name for one in folders for name in walk(f"{folder}/{one}".lstrip("/"))]
        return sorted([*(f"{folder}/{name}" for name in files), *inside])

    return walk
