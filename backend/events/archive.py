"""Old entries move from the tables to compressed files, with their chain of hashes.

A file holds one stretch of positions as JSON lines; a manifest beside it says from which hash it
goes on and with which it ends. A stretch is written, brought to the disk, read back and checked
before its rows are deleted: a run that is killed loses nothing, and the next one does it again.

What is still needed stays in the tables although it is in the files too: the entries of a thing
that is not at rest (an app says which, by `needs`), and those set aside for a person.
"""

import fcntl
import gzip
import hashlib
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import orjson
from django.conf import settings

from backend.events.positions import Fact, chained

Needed = Callable[[set[str], datetime], set[str]]
"""Of these streams, those that were not at rest since that moment."""

_needed: list[Needed] = []


def needs(judge: Needed) -> Needed:
    """Let an app say which streams are to stay readable at once."""
    _needed.append(judge)
    return judge


def needed_of(streams: set[str], since: datetime) -> set[str]:
    """Return those of the streams that some app needs."""
    return set().union(*(judge(streams, since) for judge in _needed)) if streams else set()


class Broken(RuntimeError):
    """A file of the archive is not what was written."""


class Kept(NamedTuple):
    """An entry of a file, in its place."""

    position: int
    fact: Fact
    hash: bytes


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """What a file holds: positions `first` to `last`; hashes in hexadecimal."""

    file: str
    first: int
    last: int
    previous: str
    hash: str
    sha256: str
    format: int = 1


def folder() -> Path:
    return Path(settings.LOG_ARCHIVE_DIR)


@contextmanager
def alone() -> Iterator[None]:
    """Hold the folder for one run; the next would take its files for what a killed one left.

    Raises Broken where another run has it. One that is killed lets it go.
    """
    folder().mkdir(parents=True, exist_ok=True)
    with (folder() / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Broken("Somebody else archives at the same time.") from None
        yield


def manifests() -> list[Manifest]:
    """Return all that are there, in the order of their positions."""
    found = [Manifest(**orjson.loads(path.read_bytes())) for path in folder().glob("log-*.json")]
    return sorted(found, key=lambda manifest: manifest.first)


def write(entries: Sequence[Kept], previous: bytes) -> Manifest:
    """Write a stretch and its manifest, and read it back. Raises Broken if it differs."""
    folder().mkdir(parents=True, exist_ok=True)
    first, last = entries[0].position, entries[-1]
    name = f"log-{first:012}-{last.position:012}.jsonl.gz"
    # No name and no time inside: the same entries give the same bytes.
    packed = gzip.compress(b"".join(map(_line, entries)), 6, mtime=0)
    _bring_to_disk(folder() / name, packed)
    manifest = Manifest(
        file=name,
        first=first,
        last=last.position,
        previous=previous.hex(),
        hash=last.hash.hex(),
        sha256=hashlib.sha256(packed).hexdigest(),
    )
    if list(read_file(manifest)) != list(entries):
        raise Broken(f"{name} does not hold what was written.")
    _bring_to_disk(folder() / f"{name.partition('.')[0]}.json", orjson.dumps(asdict(manifest)))
    return manifest


def read_file(manifest: Manifest) -> Iterator[Kept]:
    """Yield the file's entries, each hash computed again. Raises Broken at the first fault."""
    try:
        packed = (folder() / manifest.file).read_bytes()
    except FileNotFoundError:
        raise Broken(f"{manifest.file} is missing.") from None
    if hashlib.sha256(packed).hexdigest() != manifest.sha256:
        raise Broken(f"{manifest.file} was changed.")
    previous, position = bytes.fromhex(manifest.previous), manifest.first - 1
    for line in gzip.decompress(packed).splitlines():
        position += 1
        entry = _entry(line)
        previous = chained(previous, position, entry.fact)
        if (entry.position, entry.hash) != (position, previous):
            raise Broken(f"Entry {position} in {manifest.file} is not what was recorded.")
        yield entry
    if (position, previous.hex()) != (manifest.last, manifest.hash):
        raise Broken(f"{manifest.file} ends at {position}, not at {manifest.last}.")


def forget_unfinished(archived: int) -> None:
    """Remove what a run left that was killed before its rows were deleted."""
    for path in folder().glob("log-*"):
        if path.suffix == ".part" or int(path.name.split("-")[1]) > archived:
            path.unlink()


def _line(entry: Kept) -> bytes:
    said: dict[str, Any] = {"position": entry.position, **entry.fact._asdict()}
    return orjson.dumps(said | {"hash": entry.hash.hex()}, option=orjson.OPT_APPEND_NEWLINE)


def _entry(line: bytes) -> Kept:
    said = orjson.loads(line)
    position, hash_ = said.pop("position"), bytes.fromhex(said.pop("hash"))
    return Kept(position, Fact(**said | {"at": datetime.fromisoformat(said["at"])}), hash_)


def _bring_to_disk(path: Path, content: bytes) -> None:
    """All of it or nothing: written beside, synchronised, renamed, and the folder too."""
    part = path.with_name(path.name + ".part")
    with part.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
    above = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(above)
    finally:
        os.close(above)
