"""What is measured of a server with a crowd on it."""

import os
import statistics
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from benchmarks.feed.crowd import Crowd
from benchmarks.feed.systems import System

QUICK = os.environ.get("QUICK") == "1"
REPEATS = 1 if QUICK else 5
SECONDS = 1.5 if QUICK else 2.0
BURSTS = 3 if QUICK else 6
PACE = 20.0
"""Events a second while delays are measured; half of what it can where that is less."""
PACED = 20 if QUICK else 100
OUTSTANDING = 2
"""Events on their way at once: one goes to the sockets while the next is written."""


@dataclass
class Row:
    """What was measured of one system at one number of sockets."""

    name: str
    sockets: int
    singles: list["Rate"] = field(default_factory=list)
    bursts: list["Rate"] = field(default_factory=list)
    p50: float | None = None
    p99: float | None = None
    kb: float | None = None
    note: str = ""


@dataclass(frozen=True)
class Rate:
    """Deliveries a second: of a core of the server's, and as the clock on the wall went."""

    a_core: float
    by_clock: float


@contextmanager
def rating(system: System, crowd: Crowd) -> Iterator[list[Rate]]:
    """Fill the list with the rate of what is done inside."""
    found: list[Rate] = []
    crowd.rest()
    crowd.begin()
    cpu, begun = system.cpu(), time.perf_counter()
    yield found
    spent = time.perf_counter() - begun
    found.append(Rate(crowd.deliveries / (system.cpu() - cpu), crowd.deliveries / spent))


def warm(system: System, crowd: Crowd) -> None:
    """Let one event go to everybody: what comes with the first is nobody's rate."""
    crowd.begin()
    system.publish()
    crowd.all_have(1)


def single(system: System, crowd: Crowd, seconds: float = SECONDS) -> Rate:
    """Return the rate of events one by one."""
    with rating(system, crowd) as found:
        begun, sent = time.perf_counter(), 0
        while time.perf_counter() - begun < seconds or sent < 2:
            system.publish()
            sent += 1
            if not crowd.witness_has(sent - OUTSTANDING + 1):
                break
        if not crowd.all_have(sent):
            print(f"{system.name}: not every event arrived")
    return found[0]


def burst(system: System, crowd: Crowd) -> Rate:
    """Return the rate of events published together, the same again and again."""
    with rating(system, crowd) as found:
        for turn in range(BURSTS):
            system.publish(system.burst)
            if not crowd.all_have((turn + 1) * system.burst):
                print(f"{system.name}: not every event of a burst arrived")
                break
    return found[0]


def median(rates: Sequence[Rate]) -> float:
    """Return the middle one of deliveries a second of a core."""
    return statistics.median(rate.a_core for rate in rates)


def delays(system: System, crowd: Crowd, rate: float) -> tuple[float, float]:
    """Return p50 and p99 of the time from before publishing to a socket's reading, in ms."""
    crowd.rest()
    pace = min(PACE, rate / len(crowd.sockets) / 2)
    count = max(1, min(PACED, int(PACED * pace / PACE)))
    found = sorted(crowd.delays(system.publish, count, 1 / pace))
    return found[len(found) // 2] * 1e3, found[int(len(found) * 0.99)] * 1e3
