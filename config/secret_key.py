"""The key that signs sessions and links, where none was given."""

import os
import secrets
from contextlib import suppress
from pathlib import Path


def secret_key_of(folder: Path) -> str:
    """Return the one key of the machine, made at first start and kept beside the data."""
    path = folder / "secret_key"
    if not path.exists():
        made = path.with_name(f"secret_key.{os.getpid()}")
        made.touch(0o600)
        made.write_text(secrets.token_urlsafe(50), encoding="ascii")
        # Linked whole: a process that starts at the same time never reads half a key.
        with suppress(FileExistsError):
            os.link(made, path)
        made.unlink()
    return path.read_text(encoding="ascii")
