"""`make bench-feed`: what one server core delivers, ours beside its peers, in one run."""

import os
from concurrent.futures import ThreadPoolExecutor

from benchmarks.feed import sealed, systems
from benchmarks.feed.crowd import Crowd
from benchmarks.feed.measures import REPEATS, Row, burst, delays, single, warm
from benchmarks.feed.running import CLIENT_CORE, Absent, Server, redis
from benchmarks.feed.systems import System
from benchmarks.feed.table import show

SIZES = (500, 2000)
BEFORE = 20
"""Sockets that come before memory is first read: what starts with the first is not theirs."""
PEERS = (systems.Nchan, systems.SocketIO, systems.PlainChannels)


def main() -> None:
    os.sched_setaffinity(0, {CLIENT_CORE})
    bus = redis()
    started: list[System] = []
    running: list[tuple[System, Crowd]] = []
    rows: list[Row] = []
    try:
        # Installers and servers take their time side by side, and ours makes its world meanwhile.
        with ThreadPoolExecutor() as pool:
            others = [pool.submit(begin, kind, bus, started, rows) for kind in PEERS]
            begin(systems.Ours, bus, started, rows)
            for other in others:
                other.result()
        started.sort(key=lambda system: isinstance(system, systems.Ours), reverse=True)
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


def begin(kind: type[System], bus: Server, started: list[System], rows: list[Row]) -> None:
    try:
        started.append(kind(bus))
    except Absent as error:
        rows += [Row(kind.name, size, note=str(error)) for size in SIZES]


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
        warm(system, crowd)
    except OSError as error:
        raise ConnectionError(f"{system.name}: {error}: {system.server.said()}") from error
    row.kb = (system.server.rss() - system.empty) / (row.sockets - BEFORE) / 1024


if __name__ == "__main__":
    sealed.main() if os.environ.get("TLS") == "1" else main()
