"""What the sandbox received, kept in a file: the demo's page reads it, from any process."""

import threading
from collections import deque
from pathlib import Path
from typing import Any

import orjson

from notifications.sandbox.google import Received

NAME = "received.jsonl"
KEPT = 500


class Journal:
    """One line for each message; at the start, all but the last KEPT lines are forgotten."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / NAME
        self._lock = threading.Lock()
        lines = _last_lines(self._path, KEPT)
        self._path.write_bytes(b"".join(lines))
        self._path.chmod(0o600)

    def add(self, received: Received) -> None:
        line = orjson.dumps({"at": received.at, "message": received.message}) + b"\n"
        with self._lock, self._path.open("ab") as file:
            file.write(line)


def newest(folder: Path, limit: int) -> list[dict[str, Any]]:
    """Return the last messages received, newest first: `{"at": seconds, "message": {…}}`."""
    lines = reversed(_last_lines(folder / NAME, limit))
    return [orjson.loads(line) for line in lines if line.endswith(b"\n")]


def _last_lines(path: Path, limit: int) -> list[bytes]:
    try:
        with path.open("rb") as file:
            return list(deque(file, maxlen=limit))
    except FileNotFoundError:
        return []
