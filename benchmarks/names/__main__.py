"""`make bench-names`: searching the country's units, former units and streets."""

import csv
import json
import os
import platform
import random
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import psutil

from geo.folding import folded
from geo.gazetteer import FORMER, STREET, UNIT, Gazetteer, Named

DATA = Path(__file__).resolve().parents[3] / "shared" / "data" / "vn_names"
QUERIES = 1_000 if os.environ.get("QUICK") else 10_000


def rows(name: str) -> Iterator[dict[str, str]]:
    with (DATA / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def names() -> list[Named]:
    units = [Named(UNIT, row["full_name"], "", (row["code"],)) for row in rows("units_2025")]
    former = [
        Named(FORMER, row["old_commune_name"], "", (row["new_commune_code"],))
        for row in rows("commune_merge_old_to_new")
    ]
    old = [Named(FORMER, row["full_name"]) for row in rows("units_pre2025")]
    streets = [
        Named(STREET, row["street"], f"{row['district_type']} {row['district']}, {row['province']}")
        for row in rows("streets_2019")
    ]
    return units + former + old + streets


def typed(known: list[Named]) -> Iterator[tuple[str, str]]:
    """Yield what people type, and which sort it is: whole names, and ever shorter beginnings."""
    chance = random.Random(11)
    for _ in range(QUERIES):
        name = chance.choice(known).name
        yield "whole name", name
        yield "no diacritics", folded(name)
        yield "three letters", folded(name)[-3:]
        yield "one letter", folded(name)[:1]
        yield "two words, turned", " ".join(reversed(folded(name).split()[-2:]))


def main() -> None:
    known = names()
    before = psutil.Process().memory_info().rss
    began = time.perf_counter()
    gazetteer = Gazetteer(known)
    build_s = time.perf_counter() - began
    memory_mb = (psutil.Process().memory_info().rss - before) / 1e6
    spent: dict[str, list[float]] = {}
    for sort, query in typed(known):
        began = time.perf_counter()
        gazetteer.find(query)
        spent.setdefault(sort, []).append((time.perf_counter() - began) * 1000)
    print(
        f"{len(gazetteer):,} names; read in {build_s:.2f} s, {memory_mb:.0f} MB;"
        f" {platform.machine()}, Python {platform.python_version()},"
        f" load {os.getloadavg()[0]:.1f}\n"
    )
    print(f"{'':20} {'p50 ms':>8} {'p99 ms':>8} {'most':>8}")
    for sort, times in spent.items():
        p50, p99 = np.percentile(times, [50, 99])
        print(f"{sort:20} {p50:8.3f} {p99:8.3f} {max(times):8.3f}")
    every = [one for times in spent.values() for one in times]
    p50, p99 = np.percentile(every, [50, 99])
    print(
        json.dumps(
            {
                "names": len(gazetteer),
                "p50_ms": round(float(p50), 3),
                "p99_ms": round(float(p99), 3),
                "max_ms": round(max(every), 2),
                "build_s": round(build_s, 2),
                "memory_mb": round(memory_mb, 1),
            }
        )
    )


if __name__ == "__main__":
    main()
