"""Keeping a process of many threads on one core of its own.

Of Python's threads one runs at a time. Where they take turns on several cores, each turn wakes
another core and finds its caches cold: a hundred threads that each wait for an answer, as the
sender's do, then cost nearly twice the processor time (docs/benchmarks.md, bench-push).
"""

import os
import random
import socket
from contextlib import suppress

CLAIM = "hien-truong-core"  # names of sockets that stand for cores

_held: list[socket.socket] = []


def keep_to_one_core() -> int | None:
    """Bind all threads of this process, present and to come, to one core; returns its number.

    A core is taken by one process only, until that ends, however it does. Returns None, and binds
    nothing, where all cores are taken, where there is only one, and where the system has no such
    binding. Cores that the operator allowed (CPUAffinity=, taskset) are the only ones considered.
    """
    if not hasattr(os, "sched_setaffinity"):
        return None
    allowed = list(os.sched_getaffinity(0))
    if len(allowed) < 2:
        return None
    # Containers do not see each other's claims: by chance they seldom meet on one core.
    random.shuffle(allowed)
    for core in allowed:
        claim = socket.socket(socket.AF_UNIX)
        try:
            # An abstract name: no file stays behind when the process is killed.
            claim.bind(f"\0{CLAIM}-{core}")
        except OSError:
            claim.close()
            continue
        _held.append(claim)
        for thread in os.listdir("/proc/self/task"):
            with suppress(ProcessLookupError):  # It has ended meanwhile.
                os.sched_setaffinity(int(thread), {core})
        return core
    return None
