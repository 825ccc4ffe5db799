"""`make bench-feed`: what one server core delivers, ours beside its peers, in one run."""

import os

from benchmarks.feed import sealed, systems
from benchmarks.feed.crowd import Crowd
from benchmarks.feed.measures import REPEATS, Row, burst, delays, single
from benchmarks.feed.running import CLIENT_CORE, Absent, Server, redis
from benchmarks.feed.systems import System
from benchmarks.feed.table import show

SIZES = (500, 2000)
BEFORE = 20
"""Sockets that come before memory is first read: what starts with the first is not theirs."""
KINDS = (systems.Ours, systems.Nchan, systems.SocketIO, systems.PlainChannels)


def main() -> None:
    os.sched_setaffinity(0, {CLIENT_CORE})
    bus = redis()
    running: list[tuple[System, Crowd]] = []
    rows: list[Row] = []
    try:
        started = [begun for kind in KINDS if (begun := begin(kind, bus, rows))]
        running = [(system, system.crowd()) for system in started if ready(system, rows)]
        for size in SIZES:
            rows += measured_at(size, running)
    finally:
        for _system, crowd in running:
            crowd.close()
        for system in started:
            system.stop()
        bus.stop()
    show(rows, SIZES)


def begin(kind: type[System], bus: Server, rows: list[Row]) -> System | None:
    try:
        return kind(bus)
    except Absent as error:
        rows += [Row(kind.name, size, note=str(error)) for size in SIZES]
        return None


def ready(system: System, rows: list[Row]) -> bool:
    try:
        system.server.wait()
    except Absent as error:
        rows += [Row(system.name, size, note=str(error)) for size in SIZES]
        return False
    return True


def measured_at(size: int, running: list[tuple[System, Crowd]]) -> list[Row]:
    """Measure all by turns, so that what else the machine does meets each of them."""
    rows = [Row(system.name, size) for system, _crowd in running]
    for row, (system, crowd) in zip(rows, running, strict=True):
        grow(row, system, crowd)
    for _turn in range(REPEATS):
        for row, (system, crowd) in zip(rows, running, strict=True):
            row.singles.append(single(system, crowd))
            if system.burst:
                row.bursts.append(burst(system, crowd))
    for row, (system, crowd) in zip(rows, running, strict=True):
        row.p50, row.p99 = delays(system, crowd, min(rate.by_clock for rate in row.singles))
    return rows


def grow(row: Row, system: System, crowd: Crowd) -> None:
    if not crowd.sockets:
        crowd.grow(BEFORE)
        single(system, crowd, 0.2)
        system.empty = system.server.rss()
    try:
        crowd.grow(row.sockets)
        single(system, crowd, 0.2)
    except OSError as error:
        raise ConnectionError(f"{system.name}: {error}: {system.server.said()}") from error
    row.kb = (system.server.rss() - system.empty) / (row.sockets - BEFORE) / 1024


if __name__ == "__main__":
    sealed.main() if os.environ.get("TLS") == "1" else main()
