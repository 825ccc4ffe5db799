"""The near side of the decoding process: a photo in, its copies or a refusal out.

decoder = Decoder()
picture = decoder.derive(file, pixels=12_000_000)
decoder.close()
"""

import json
import logging
import math
import os
import socket
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Sequence
from contextlib import nullcontext
from threading import BoundedSemaphore
from typing import Any, BinaryIO, Protocol

from django.conf import settings

from media.decoding import ANSWER_BYTES, NO_ROOM
from media.errors import Damaged, StorageFull, TooCostly, error_of
from media.exif import Evidence
from media.images import Box, Limits, Picture, derive

logger = logging.getLogger(__name__)

CPU_SECONDS_PER_MEGAPIXEL = 0.1
MEMORY_MB, MEMORY_MB_PER_MEGAPIXEL = 512, 10
FIND_MB, FIND_CPU_SECONDS = 1_024, 8
"""What looking for faces and plates takes beyond decoding; it looks at 1,280 px, whatever came."""
WALL_TIMES, WALL_SECONDS = 20, 60
"""How long a photo may take by the clock: all others on a busy machine go first."""

_LARGE_MB = 1_024
# Very large pictures unfold one at a time: several at once must not fill the memory.
_room = BoundedSemaphore(1)
# Nothing of ours: no database, no key, no bucket. What is freed goes back to the system at once.
_ENVIRONMENT = {
    "PATH": os.defpath,
    "PYTHONPATH": os.pathsep.join([str(settings.BASE_DIR), sysconfig.get_path("purelib")]),
    "OMP_NUM_THREADS": "1",
    "MALLOC_ARENA_MAX": "1",
    "MALLOC_MMAP_THRESHOLD_": "65536",
    "MALLOC_TRIM_THRESHOLD_": "65536",
}
_GRACE = 10.0  # seconds beyond the wall time after which the process itself is taken for dead


class Interrupted(Exception):
    """The decoding process ended for no fault of the file's: try the photo again."""


class Decodes(Protocol):
    """Whoever makes the copies of a photo."""

    def derive(self, file: BinaryIO, *, pixels: int, boxes: Sequence[Box] = ()) -> Picture: ...

    def find(self, file: BinaryIO, *, pixels: int) -> list[dict[str, Any]]: ...


class Decoder:
    """One decoding process, started when it is first needed and again when it was lost.

    For one thread. `last` says what the latest photo took: cpu_seconds, seconds, peak_mb.
    """

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._channel: socket.socket | None = None
        self.last: dict[str, Any] = {}

    def derive(self, file: BinaryIO, *, pixels: int, boxes: Sequence[Box] = ()) -> Picture:
        """Return the copies of a file on disk; `pixels` is what its header claims.

        Raises what `images.derive` does, TooCostly, Damaged, StorageFull and Interrupted.
        """
        said, blobs = self.run("derive", file, pixels=pixels, boxes=[list(box) for box in boxes])
        view_webp, view_jpeg, thumb_webp, thumb_jpeg = blobs
        return Picture(
            view_webp=view_webp,
            view_jpeg=view_jpeg,
            thumb_webp=thumb_webp,
            thumb_jpeg=thumb_jpeg,
            width=int(said["width"]),
            height=int(said["height"]),
            format=str(said["format"]),
            likeness=str(said["likeness"]),
            evidence=Evidence(**said["evidence"]),
        )

    def find(self, file: BinaryIO, *, pixels: int) -> list[dict[str, Any]]:
        """Return what may have to be covered: kind and box of each. Raises as `derive` does."""
        more = {"extra_mb": FIND_MB, "extra_seconds": FIND_CPU_SECONDS}
        found: list[dict[str, Any]] = self.run("find", file, pixels=pixels, **more)[0]["found"]
        return found

    def run(
        self,
        do: str,
        file: BinaryIO,
        *,
        pixels: int,
        extra_mb: int = 0,
        extra_seconds: int = 0,
        **more: Any,
    ) -> tuple[dict[str, Any], list[bytes]]:
        """Have one job done within the limits of so many pixels, and what it needs beyond."""
        own = settings.PHOTO_CPU_SECONDS + extra_seconds
        cpu = math.ceil(own + CPU_SECONDS_PER_MEGAPIXEL * pixels / 1e6)
        memory = MEMORY_MB + extra_mb + int(MEMORY_MB_PER_MEGAPIXEL * pixels / 1e6)
        job = {
            "do": do,
            "pixels": settings.UPLOAD_MAX_PIXELS,
            "cpu_seconds": cpu,
            "wall_seconds": WALL_TIMES * cpu + WALL_SECONDS,
            "memory_mb": min(memory, settings.PHOTO_MEMORY_MB),
            **more,
        }
        with _room if memory > _LARGE_MB else nullcontext(), tempfile.TemporaryFile() as answer:
            self.last = self._ask(job, file.fileno(), answer.fileno())
            self._require_end(self.last)
            return _read(answer)

    def _ask(self, job: dict[str, Any], source: int, answer: int) -> dict[str, Any]:
        os.lseek(source, 0, os.SEEK_SET)
        channel = self._open()
        channel.settimeout(job["wall_seconds"] + _GRACE)
        try:
            socket.send_fds(channel, [json.dumps(job).encode()], [source, answer])
            line = b""
            while not line.endswith(b"\n"):
                piece = channel.recv(4096)
                if not piece:
                    raise ConnectionError
                line += piece
        except OSError as error:
            self.close()
            raise Interrupted from error
        ended: dict[str, Any] = json.loads(line)
        return ended

    def _require_end(self, ended: dict[str, Any]) -> None:
        code = ended["exit"]
        if code == -24:  # SIGXCPU: it had its share of the processor and was not done.
            raise TooCostly
        if code == -9:  # By the clock on a machine with other work, or by want of memory.
            raise Interrupted
        if code == NO_ROOM:
            raise StorageFull
        if code < 0:
            logger.warning("A photo ended its decoder with signal %d.", -code)
            raise Damaged
        if code:
            raise Damaged

    def _open(self) -> socket.socket:
        if self._channel and self._process and self._process.poll() is None:
            return self._channel
        self.close()
        near, far = socket.socketpair()
        with far:
            self._process = subprocess.Popen(  # noqa: S603 - our own module
                # Without `site`, which loads more than the work needs.
                [sys.executable, "-S", "-m", "media.decoding", str(far.fileno())],
                pass_fds=[far.fileno()],
                cwd=settings.BASE_DIR,
                env=_ENVIRONMENT,
                stdin=subprocess.DEVNULL,
            )
        self._channel = near
        return near

    def close(self) -> None:
        """End the process; the next photo starts another."""
        if self._channel:
            self._channel.close()
        if self._process:
            self._process.kill()
            self._process.wait()
        self._channel = self._process = None


def _read(answer: BinaryIO) -> tuple[dict[str, Any], list[bytes]]:
    answer.seek(0)
    said: dict[str, Any] = json.loads(answer.readline(1 << 20))
    if refused := said.get("refused"):
        raise error_of(str(refused), **said["parameters"])
    sizes = [int(size) for size in said["sizes"]]
    if sum(sizes) > ANSWER_BYTES:
        raise Damaged
    return said, [answer.read(size) for size in sizes]


class InThisProcess:
    """Decodes without limits: for pictures that we made ourselves, in the demo and in tests."""

    def derive(self, file: BinaryIO, *, pixels: int, boxes: Sequence[Box] = ()) -> Picture:
        return derive(file, Limits(settings.UPLOAD_MAX_PIXELS), boxes)

    def find(self, file: BinaryIO, *, pixels: int) -> list[dict[str, Any]]:
        return []
