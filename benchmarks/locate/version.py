"""How soon a new version of the national boundaries answers in every process, and what waits.

A database of its own, two processes that go on asking where points lie, and one that loads a
version in which two units have changed their ground. Until it is taken in, each point must lie
where it lay; afterwards, where it lies now; and no question may wait for the change.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from shapely.geometry import shape

from benchmarks.locate.world import PROVINCES, UNITS

READERS = 2
POINTS = 400
PAUSE = 0.001  # seconds between two questions: some hundreds a second in each process
PATIENCE = 60
LONG_BEFORE = date(2025, 7, 1)


def _setup(folder: str) -> None:
    os.environ["DATABASE_URL"] = f"sqlite:///{folder}/units.sqlite3"
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    import django

    django.setup()


def _hearts(features: list[dict[str, Any]]) -> list[tuple[float, float, str]]:
    """Return a point in the middle of each of some units, and the unit's code."""
    chosen = np.random.default_rng(5).choice(len(features), POINTS, replace=False)
    hearts = []
    for each in [features[number] for number in chosen]:
        heart = shape(each["geometry"]).representative_point()
        hearts.append((heart.y, heart.x, each["properties"]["code"]))
    return hearts


def read(folder: str) -> None:
    """Ask where the points lie until told to stop; print what was seen, in moments of the clock."""
    _setup(folder)
    from geo import locator

    asked = json.loads(Path(folder, "points.json").read_text(encoding="utf-8"))
    locator.watch()

    def where(lat: float, lon: float) -> str:
        area = locator.locate(lat, lon).area
        return area.code if area else ""

    was = [where(lat, lon) for lat, lon in asked["points"]]
    (moved_lat, moved_lon), becomes = asked["moved"], asked["becomes"]
    before, now = where(moved_lat, moved_lon), time.perf_counter
    print("ready", flush=True)
    seen, wrong, count, at = 0.0, 0, 0, 0
    spent = []
    stop = Path(folder, "stop")
    while count % 100 or not stop.exists():
        time.sleep(PAUSE)
        lat, lon = asked["points"][at]
        began = now()
        code = where(lat, lon)
        spent.append(now() - began)
        wrong += code != was[at]
        code = where(moved_lat, moved_lon)
        if seen:
            wrong += code != becomes
        elif code == becomes:
            seen = time.time()
            Path(folder, f"seen-{os.getpid()}").touch()
        else:
            wrong += code != before
        at, count = (at + 1) % len(was), count + 1
    p999 = float(np.percentile(spent, 99.9))
    told = {"seen": seen, "longest": max(spent), "p999": p999, "n": count, "wrong": wrong}
    print(json.dumps(told))


def measure() -> dict[str, Any]:
    """Return seconds until the last process answers anew, the longest wait, wrong answers."""
    with tempfile.TemporaryDirectory() as folder:
        _setup(folder)
        from django.core.management import call_command

        from geo.services import load_boundaries

        call_command("migrate", verbosity=0)
        files = [json.loads(path.read_text(encoding="utf-8")) for path in (PROVINCES, UNITS)]
        for collection in files:
            load_boundaries(collection, valid_from=LONG_BEFORE)
        features = files[1]["features"]
        one, other = _neighbours(features)
        hearts = [each for each in _hearts(features) if each[2] not in (_code(one), _code(other))]
        lat, lon = _heart(one)
        asked = {"points": [each[:2] for each in hearts], "moved": [lat, lon],
                 "becomes": _code(other)}  # fmt: skip
        Path(folder, "points.json").write_text(json.dumps(asked), encoding="utf-8")
        words = [sys.executable, "-m", "benchmarks.locate.version", folder]
        readers = [
            subprocess.Popen(words, stdout=subprocess.PIPE, text=True) for _ in range(READERS)
        ]
        for each in readers:
            assert each.stdout is not None
            assert each.stdout.readline() == "ready\n"
        swapped = [
            {**one, "geometry": other["geometry"]},
            {**other, "geometry": one["geometry"]},
        ]
        today = date.today() - timedelta(days=1)
        load_boundaries({"type": "FeatureCollection", "features": swapped}, valid_from=today)
        committed = time.time()
        while len(list(Path(folder).glob("seen-*"))) < READERS:
            if time.time() > committed + PATIENCE:
                break
            time.sleep(0.1)
        time.sleep(1)  # some questions more, by the new version
        Path(folder, "stop").touch()
        told = [json.loads(each.communicate(timeout=30)[0]) for each in readers]
    return {
        "version_s": round(max(each["seen"] for each in told) - committed, 2)
        if all(each["seen"] for each in told)
        else None,
        "version_longest_ms": round(max(each["longest"] for each in told) * 1000, 1),
        "version_p999_ms": round(max(each["p999"] for each in told) * 1000, 2),
        "version_asked": sum(each["n"] for each in told) * 2,
        "version_wrong": sum(each["wrong"] for each in told),
    }


def _code(feature: dict[str, Any]) -> str:
    return str(feature["properties"]["code"])


def _heart(feature: dict[str, Any]) -> tuple[float, float]:
    heart = shape(feature["geometry"]).representative_point()
    return heart.y, heart.x


def _neighbours(features: list[dict[str, Any]]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return two units whose middles lie in no other unit, since published ones overlap."""
    from geo import locator

    sure = [one for one in features[:50] if len(locator.locate(*_heart(one)).candidates) == 1]
    return sure[0], sure[1]


if __name__ == "__main__":
    read(sys.argv[1])
