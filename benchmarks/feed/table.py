"""The table, and the one line of JSON under it."""

import json
import statistics
from collections.abc import Sequence

from benchmarks.feed.measures import OUTSTANDING, PACE, Rate, Row, median
from benchmarks.feed.running import CLIENT_CORE, SERVER_CORE
from benchmarks.feed.systems import Nchan, Ours, PlainChannels, SocketIO

HEAD = (
    "system",
    "sockets",
    "a core's deliveries/s",
    "by the clock",
    "in bursts, a core's",
    "by the clock",
    "CPU s/M",
    "p50 ms",
    "p99 ms",
    "kB/socket",
)
WIDTHS = (30, 7, 23, 12, 25, 12, 7, 7, 7, 9)
NOTES = f"""\
server and Redis on core {SERVER_CORE}, clients and writer on core {CLIENT_CORE}
a core's: deliveries for each second of CPU that the server and Redis used, min/median/max;
by the clock: the median a second, which suffers from whatever else runs on this machine
one by one: {OUTSTANDING} events on their way; bursts: 50 at once
delays at {PACE:.0f} events/s or half the rate"""


def show(rows: Sequence[Row], sizes: Sequence[int]) -> None:
    print(NOTES)
    print("  ".join(name.ljust(width) for name, width in zip(HEAD, WIDTHS, strict=True)))
    for row in sorted(rows, key=lambda row: row.sockets):
        cells = (row.name, row.sockets, *(_numbers(row) if row.singles else (row.note or "-",)))
        print("  ".join(str(cell).ljust(w) for cell, w in zip(cells, WIDTHS, strict=False)))
    print(json.dumps(figures(rows, sizes[-1])))


def _numbers(row: Row) -> tuple[str, ...]:
    return (
        *_rates(row.singles),
        *(_rates(row.bursts) if row.bursts else ("-", "-")),
        f"{1e6 / median(row.singles):.1f}",
        f"{row.p50:.1f}",
        f"{row.p99:.1f}",
        f"{row.kb:.1f}",
    )


def _rates(rates: Sequence[Rate]) -> tuple[str, str]:
    values = [rate.a_core for rate in rates]
    three = (min(values), median(rates), max(values))
    clock = statistics.median(rate.by_clock for rate in rates)
    return "/".join(f"{value:,.0f}" for value in three), f"{clock:,.0f}"


def figures(rows: Sequence[Row], size: int) -> dict[str, object]:
    """Return the figures that the project promises, at the larger number of sockets."""
    at = {row.name: row for row in rows if row.sockets == size and row.singles}
    ours, nchan = at.get(Ours.name), at.get(Nchan.name)
    bursts = median(ours.bursts) if ours else None
    best = median(nchan.bursts) if nchan else None
    return {
        "deliveries_per_s": round(median(ours.singles)) if ours else None,
        "burst_deliveries_per_s": round(bursts) if bursts else None,
        "vs_channels_daphne": _ratio(ours, at.get(PlainChannels.name)),
        "vs_nchan": _ratio(ours, nchan),
        "burst_vs_nchan": round(bursts / best, 2) if bursts and best else None,
        "vs_socketio": _ratio(ours, at.get(SocketIO.name)),
        "p50_ms": round(ours.p50, 2) if ours and ours.p50 else None,
        "p99_ms": round(ours.p99, 2) if ours and ours.p99 else None,
        "kb_per_socket": round(ours.kb, 1) if ours and ours.kb else None,
        "server": "daphne",
    }


def _ratio(ours: Row | None, theirs: Row | None) -> float | None:
    return round(median(ours.singles) / median(theirs.singles), 2) if ours and theirs else None
