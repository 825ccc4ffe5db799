"""`make bench-locate`: the national communes, ours beside PostGIS, STRtree and which-polygon."""

import gc
import json
import os
import platform
import subprocess
import sys
import time
from statistics import median
from typing import Any

import numpy as np
import psutil
import shapely

from benchmarks.locate import peers
from benchmarks.locate.peers import Result, timed
from benchmarks.locate.version import measure
from benchmarks.locate.world import (
    PROVINCES,
    QUICK,
    UNITS,
    Points,
    points_over,
    read_shapes,
    whole_index,
)
from geo.cells import Cells
from geo.places import AreaIndex, Reach

REPEATS = 1 if QUICK else 5
SINGLE = 50_000 if QUICK else 200_000
SLOW = 2_000 if QUICK else 20_000
MANY = 1_000_000


def memory_of_the_index() -> dict[str, float]:
    """Build the whole index in a process of its own: seconds, and megabytes kept and at most."""
    words = [sys.executable, "-m", "benchmarks.locate", "--build"]
    done = subprocess.run(words, check=True, capture_output=True, text=True)
    return dict(json.loads(done.stdout.splitlines()[-1]))


def build() -> None:
    units, provinces = read_shapes(UNITS), read_shapes(PROVINCES)
    gc.collect()
    process = psutil.Process()
    before = process.memory_info().rss
    grounds = sum(
        shapely.get_coordinates([s.ground for s in units + provinces]).nbytes for _ in "1"
    )
    seconds = []
    for turn in range(1 if QUICK else 3):
        began = time.perf_counter()
        index = AreaIndex(units, provinces)
        seconds.append(time.perf_counter() - began)
        if not turn:  # The next ones are built beside it, as a new version is.
            gc.collect()
            kept = process.memory_info().rss - before + grounds
    print(json.dumps({"build_s": median(seconds), "memory_mb": kept / 1e6, "n": len(index.units)}))


def province_build_s(grounds: list[Any]) -> float:
    seconds = []
    for _ in range(max(REPEATS, 3)):
        began = time.perf_counter()
        Cells(grounds)
        seconds.append(time.perf_counter() - began)
    return median(seconds)


def ours(index: AreaIndex, points: Points) -> tuple[Result, Result]:
    cells = index._units.cells
    order = [shape.ref.version_id for shape in index.units]
    alone = timed(cells.first, points, REPEATS)
    alone.answers = [order[n] if n >= 0 else -1 for n in alone.answers]
    alone.name = "grid, the unit of a point"
    reach = Reach()
    full = timed(
        lambda lat, lon: index.find(lat, lon, accuracy_m=12.0, reach=reach),
        points.first(SLOW),
        REPEATS,
    )
    full.name = "grid, the whole answer with doubts at 12 m"
    return alone, full


def batch_s(index: AreaIndex, many: Points) -> float:
    seconds = []
    for _ in range(REPEATS):
        began = time.perf_counter()
        index.units_at(many.lats, many.lons)
        seconds.append(time.perf_counter() - began)
    return median(seconds)


def mismatches(index: AreaIndex, many: Points) -> int:
    """Count the points of which plain shapely says otherwise than the index, of a million."""
    tree = shapely.STRtree([shape.ground for shape in index.units])
    point, unit = tree.query(shapely.points(many.lons, many.lats), predicate="intersects")
    first = np.full(len(many), len(index.units))
    np.minimum.at(first, point, unit)
    first[first == len(index.units)] = -1
    return int((index.units_at(many.lats, many.lons) != first).sum())


def differing(one: Result, other: Result) -> int | None:
    """Count the points that two systems place differently, of those that both were asked."""
    if one.answers is None or other.answers is None:
        return None
    return sum(a != b for a, b in zip(one.answers, other.answers, strict=False))


def ratio(one: Result, other: Result) -> float | None:
    return round(one.rate / other.rate, 2) if one.rate and other.rate else None


def row(result: Result, against: Result) -> str:
    if not result.rate:
        return f"{result.name:44} not measured: {result.why}"
    low, high = min(result.rates), max(result.rates)
    cells = [f"{result.name:44}", f"{result.rate:>10,.0f}", f"{low:>10,.0f}–{high:<10,.0f}"]
    cells += [f"{result.p50_us:>7.2f}", f"{result.p99_us:>8.2f}"]
    cells += [f"{result.build_s:>7.3f}" if result.build_s is not None else " " * 7]
    differ = differing(against, result) if result is not against else None
    cells += [f"{differ:>8}" if differ is not None and result.answers else " " * 8]
    return " ".join(cells) + (f"  ({result.why})" if result.why else "")


def new_version() -> dict[str, Any]:
    """Load a new version under processes that ask, away from the settings of this one."""
    words = [sys.executable, "-m", "benchmarks.locate", "--version"]
    done = subprocess.run(words, check=True, capture_output=True, text=True)
    return dict(json.loads(done.stdout.splitlines()[-1]))


def main() -> None:
    core = min(os.sched_getaffinity(0))
    built = memory_of_the_index()
    version = new_version()
    os.sched_setaffinity(0, {core})
    index = whole_index()
    # In the order of the file, as the peers number them.
    by_file = sorted(index.units, key=lambda shape: shape.ref.version_id)
    grounds = np.array([shape.ground for shape in by_file], dtype=object)
    many = points_over(grounds, MANY)
    single = many.first(SINGLE)
    alone, full = ours(index, single)
    alone.build_s = built["build_s"]
    full.answers = None
    tree = peers.strtree(grounds, many.first(SLOW if QUICK else SINGLE), 1 if QUICK else 3)
    which = peers.which_polygon(single, REPEATS)
    gis = peers.postgis(grounds, many.first(SLOW), 1 if QUICK else 3, core)
    batch, wrong = batch_s(index, many), mismatches(index, many)
    own = [shape.ground for shape in by_file if shape.parent == "22"]
    print(
        f"{len(grounds):,} units, {len(shapely.get_coordinates(grounds)):,} corners;"
        f" {platform.processor() or platform.machine()}, core {core}, Python"
        f" {platform.python_version()}, load {os.getloadavg()[0]:.1f}\n"
    )
    head = f"{'':44} {'points/s':>10} {'least–most':>21} {'p50 µs':>7} {'p99 µs':>8} {'build s':>7}"
    print(head + "   differ")
    for result in (alone, full, which, tree, gis):
        print(row(result, alone))
    own_ms = province_build_s(own) * 1000
    print(f"\na million points in batches: {batch:.3f} s")
    print(
        f"index of the nation: {built['build_s']:.2f} s, {built['memory_mb']:.0f} MB;"
        f" of a province of {len(own)} units: {own_ms:.0f} ms"
    )
    print(f"not as plain shapely says: {wrong} of {MANY:,} points")
    print(
        f"a new version answers in the last process after {version['version_s']} s; of"
        f" {version['version_asked']:,} questions meanwhile {version['version_wrong']} were"
        f" answered wrongly, the longest took {version['version_longest_ms']} ms"
    )
    print(
        "“differ”: points placed in another unit than ours. which-polygon answers with any of"
        " several overlapping units."
    )
    print(
        json.dumps(
            {
                "points_per_s": round(alone.rate or 0),
                "p99_us": round(alone.p99_us or 0, 2),
                "vs_postgis": ratio(alone, gis),
                "vs_strtree": ratio(alone, tree),
                "vs_which_polygon": ratio(alone, which),
                "batch_million_s": round(batch, 3),
                "build_s": round(built["build_s"], 2),
                "memory_mb": round(built["memory_mb"], 1),
                "mismatches": wrong,
                **version,
            }
        )
    )


if __name__ == "__main__":
    if "--build" in sys.argv:
        build()
    elif "--version" in sys.argv:
        print(json.dumps(measure()))
    else:
        main()
