"""`make bench-photos`: a table, and as the last line one JSON object."""

import io
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

QUICK = os.environ.get("QUICK") == "1"
TURNS = 5 if QUICK else 25
SECONDS = 4.0 if QUICK else 20.0
PACE = 50.0  # reports a second: ten times the busiest hour of a province, in one process
FOLDER = tempfile.TemporaryDirectory(prefix="bench-photos-")
os.environ.update(
    VAR_DIR=FOLDER.name, DJANGO_SETTINGS_MODULE="config.settings", VIPS_CONCURRENCY="1"
)
os.environ.pop("DATABASE_URL", None)
os.environ.pop("REDIS_URL", None)

import django

django.setup()

import numpy as np
from django.core.management import call_command
from PIL import Image

from media.isolation import Decoder

PIXELS = 12_000_000


def make_photo(path: Path) -> None:
    """Write 4,000 × 3,000 pixels in about 4 MB: soft shapes under a sensor's noise."""
    chance = np.random.default_rng(1)
    shapes = Image.fromarray(chance.integers(0, 255, (94, 125, 3), dtype=np.uint8))
    soft = np.asarray(shapes.resize((4000, 3000), Image.Resampling.BICUBIC), dtype=np.float32)
    noisy = soft + chance.normal(0, 7, (3000, 4000, 1))
    Image.fromarray(np.clip(noisy, 0, 255).astype(np.uint8)).save(path, quality=88)


def peer(name: str, path: Path) -> dict[str, float] | None:
    """Return a contender's figures, None where it is not installed."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.photos.contenders", name, str(path), str(TURNS)],
        capture_output=True,
        text=True,
        check=False,
    )
    return json.loads(done.stdout) if done.returncode == 0 else None


def ours(path: Path) -> dict[str, float]:
    """Return what a photo takes, with the process around it, on one core."""
    decoder, rows, wall = Decoder(), [], []
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {max(before)})  # Inherited by the decoder.
    try:
        for turn in range(TURNS + 1):
            with path.open("rb") as file:
                at, used = time.perf_counter(), time.process_time()
                decoder.derive(file, pixels=PIXELS)
                if turn:
                    own = 1000 * (time.process_time() - used)
                    wall.append(1000 * (time.perf_counter() - at))
                    rows.append((1000 * decoder.last["cpu_seconds"] + own, decoder.last["peak_mb"]))
    finally:
        decoder.close()
        os.sched_setaffinity(0, before)
    return {
        "cpu": statistics.median(row[0] for row in rows),
        "wall": statistics.median(wall),
        "peak": max(row[1] for row in rows),
    }


def develop_until(stop: threading.Event, path: Path, done: list[float]) -> None:
    decoder = Decoder()
    try:
        while not stop.is_set():
            with path.open("rb") as file:
                decoder.derive(file, pixels=PIXELS)
            done.append(time.monotonic())
    finally:
        decoder.close()


def rate_of_photos(path: Path, meanwhile: Any) -> tuple[float, Any]:
    """Return photos a second by two decoders while something else is done, and its result."""
    stop, done = threading.Event(), list[float]()
    threads = [
        threading.Thread(target=develop_until, args=(stop, path, done)) for _lane in range(2)
    ]
    for thread in threads:
        thread.start()
    while len(done) < 2:  # Both processes are warm.
        time.sleep(0.05)
    began, before = time.monotonic(), len(done)
    result = meanwhile()
    rate = (len(done) - before) / (time.monotonic() - began)
    stop.set()
    for thread in threads:
        thread.join()
    return rate, result


def intake(*pace: float) -> dict[str, float]:
    words = [str(each) for each in (SECONDS, *pace)]
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.photos.intake", *words],
        capture_output=True,
        text=True,
        check=True,
    )
    said: dict[str, float] = json.loads(done.stdout)
    return said


def say_together(rows: list[tuple[str, float | None, dict[str, float] | None]]) -> None:
    print(f"\n{'a second, and ms a report':44}{'photos':>9}{'reports':>9}{'p50':>7}{'p99':>7}")
    for name, photos, reports in rows:
        made = f"{photos:9.1f}" if photos is not None else f"{'–':>9}"
        sent = (
            f"{reports['per_s']:9.0f}{reports['p50']:7.1f}{reports['p99']:7.1f}"
            if reports
            else f"{'–':>9}"
        )
        print(f"{name:44}{made}{sent}")
    print()


def table(rows: list[tuple[str, dict[str, float] | None]]) -> None:
    print(f"{'4000 × 3000, view and thumbnail':44}{'CPU ms':>9}{'wall ms':>9}{'peak MB':>9}")
    for name, row in rows:
        if row is None:
            print(f"{name:44}{'not installed':>27}")
        else:
            print(f"{name:44}{row['cpu']:9.0f}{row['wall']:9.0f}{row['peak']:9.1f}")


def main() -> None:
    path = Path(FOLDER.name) / "photo.jpg"
    make_photo(path)
    print(f"one photo: {path.stat().st_size / 1e6:.1f} MB; load {os.getloadavg()[0]:.1f}\n")
    mine, naive = ours(path), peer("pillow", path)
    same, wider, jpegs = (peer(name, path) for name in ("vips-2000", "vips-2048", "vips-jpeg"))
    table(
        [
            ("ours, process and fork included", mine),
            ("libvips, asked for the same 2000 px", same),
            ("libvips, asked for 2048 px", wider),
            ("libvips, 2000 px, JPEG without WebP", jpegs),
            ("naive Pillow, 2048 px", naive),
        ]
    )
    call_command("migrate", verbosity=0)
    call_command("load_province", "provinces/quang-ninh", stdout=io.StringIO())
    alone = intake()
    photos_alone, _nothing = rate_of_photos(path, lambda: time.sleep(SECONDS))
    photos, beside = rate_of_photos(path, intake)
    photos_paced, paced = rate_of_photos(path, lambda: intake(PACE))
    say_together(
        [
            ("reports alone, as fast as one process can", None, alone),
            ("two decoders alone", photos_alone, None),
            ("both, as fast as they can", photos, beside),
            (f"both, reports at {PACE:.0f} a second", photos_paced, paced),
        ]
    )
    print(
        json.dumps(
            {
                "ms_per_photo": round(mine["cpu"]),
                "vs_libvips": round(mine["cpu"] / same["cpu"], 2) if same else None,
                "vs_naive_pillow": round(mine["cpu"] / naive["cpu"], 2) if naive else None,
                "peak_mb": mine["peak"],
                "photos_per_s": round(photos, 1),
                "intake_kept": round(beside["per_s"] / alone["per_s"], 2),
            }
        )
    )


if __name__ == "__main__":
    main()
