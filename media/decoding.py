"""The program that decodes: a small process that forks a smaller one for each photo.

It is started by `isolation`, knows no Django, no database and no secret, and reads jobs from a
socket: a line of JSON with two descriptors, the file to read and the file for the answer. Each
photo is decoded in a fork with hard limits, so a file that crashes, hangs or swells its decoder
loses only itself. The answer is a line of JSON and then bytes; nothing in it is ever executed.
"""

import gc
import json
import os
import resource
import select
import signal
import socket
import sys
import time
from contextlib import suppress
from typing import Any, BinaryIO

# What most photos need is loaded once, before the forks; the rest when a file asks for it.
from PIL import JpegImagePlugin, WebPImagePlugin  # noqa: F401

from media.errors import MediaError, TooCostly
from media.images import Limits, derive

NICE = 10
"""Photos can wait: requests on the same cores go first, nine parts to one."""

NO_ROOM = 75  # EX_TEMPFAIL of sysexits.h
"""How a fork ends that could not write its answer: the photo may be as good as any."""

ANSWER_BYTES = 64 * 1024 * 1024
Blobs = list[bytes]


def derive_job(job: dict[str, Any], source: BinaryIO) -> tuple[dict[str, Any], Blobs]:
    """Make the copies to be shown."""
    boxes = [tuple(box) for box in job["boxes"]]
    picture = derive(source, Limits(job["pixels"]), boxes)
    facts = {
        "width": picture.width,
        "height": picture.height,
        "format": picture.format,
        "likeness": picture.likeness,
        "evidence": picture.evidence.as_json(),
    }
    blobs = [picture.view_webp, picture.view_jpeg, picture.thumb_webp, picture.thumb_jpeg]
    return facts, blobs


def find_job(job: dict[str, Any], source: BinaryIO) -> tuple[dict[str, Any], Blobs]:
    """Look for what may have to be covered."""
    from media.finding import find

    return {"found": find(source, Limits(job["pixels"]))}, []


def hang_job(job: dict[str, Any], source: BinaryIO) -> tuple[dict[str, Any], Blobs]:
    """Do what a file made to break decoders does: for the tests of the limits alone."""
    match job["how"]:
        case "spin":
            while True:
                pass
        case "sleep":
            time.sleep(3600)
        case "swell":
            return {"size": len(bytearray(1 << 40))}, []
        case "crash":
            os.kill(os.getpid(), signal.SIGSEGV)
        case "environment":
            return {"names": sorted(os.environ)}, []
    raise ValueError(job["how"])


JOBS = {"derive": derive_job, "find": find_job, "hang": hang_job}


def main(channel: socket.socket) -> None:
    """Serve jobs one after another until the other side closes."""
    os.nice(NICE)
    gc.collect()
    gc.freeze()  # What is there before the forks is never looked through again.
    while True:
        line, descriptors, _flags, _address = socket.recv_fds(channel, 1 << 20, 2)
        if not line:
            return
        try:
            ended = _in_a_fork(json.loads(line), *descriptors)
        finally:
            for descriptor in descriptors:
                os.close(descriptor)
        channel.sendall(json.dumps(ended).encode() + b"\n")


def _in_a_fork(job: dict[str, Any], source: int, answer: int) -> dict[str, Any]:
    started = time.monotonic()
    # The child alone holds the writing end: that it is closed says that the child has ended.
    alive, held = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(alive)
        _child(job, source, answer)
    os.close(held)
    over = not select.select([alive], [], [], job["wall_seconds"])[0]
    if over:
        os.kill(child, signal.SIGKILL)
    os.close(alive)
    _pid, status, used = os.wait4(child, 0)
    return {
        "over": over,
        "exit": os.waitstatus_to_exitcode(status),
        "seconds": round(time.monotonic() - started, 3),
        "cpu_seconds": round(used.ru_utime + used.ru_stime, 3),
        "peak_mb": round(used.ru_maxrss / 1024, 1),
    }


def _child(job: dict[str, Any], source: int, answer: int) -> None:
    code = 1
    try:
        _limit(job)
        with os.fdopen(source, "rb", closefd=False) as file:
            said, blobs = _answer(job, file)
        code = NO_ROOM
        with os.fdopen(answer, "wb", closefd=False) as out:
            out.write(json.dumps({**said, "sizes": [len(blob) for blob in blobs]}).encode())
            out.write(b"\n")
            out.writelines(blobs)
        code = 0
    finally:
        os._exit(code)  # No cleaning up of what belongs to the parent.


def _limit(job: dict[str, Any]) -> None:
    cpu, memory = job["cpu_seconds"], job["memory_mb"] * 1024 * 1024
    # First SIGXCPU, which says why; a second later the end that nothing can catch.
    resource.setrlimit(resource.RLIMIT_CPU, (cpu, cpu + 1))
    with suppress(ValueError, OSError):  # macOS knows no limit of this kind.
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_FSIZE, (ANSWER_BYTES, ANSWER_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _answer(job: dict[str, Any], file: BinaryIO) -> tuple[dict[str, Any], Blobs]:
    try:
        return JOBS[job["do"]](job, file)
    except MediaError as refusal:
        return {"refused": refusal.code, "parameters": refusal.parameters}, []
    except MemoryError:
        return {"refused": TooCostly.code, "parameters": {}}, []


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, who then closes.
    main(socket.socket(fileno=int(sys.argv[1])))
