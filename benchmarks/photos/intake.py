"""Reports into SQLite by one process: `python -m benchmarks.photos.intake SECONDS [PER_SECOND]`.

As fast as it can, or so many a second. Prints JSON: how many a second were kept, and how long
one took (median and 99th of a hundred, in ms; of a paced one from when it was due). Run in a
VAR_DIR with the province loaded.
"""

import json
import os
import sys
import time
import uuid

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

import django

django.setup()

from backend.accounts import principal as principals
from backend.accounts.services import register_device
from backend.reports.services import Draft, submit_report
from benchmarks.stand import quantile


def main(seconds: float, per_second: float | None) -> None:
    phone = principals.of_device(register_device(platform="web", locale="vi")[0])
    times: list[float] = []
    due = began = time.monotonic()
    while due < began + seconds:
        if per_second:
            time.sleep(max(0.0, due - time.monotonic()))
        draft = Draft(
            id=uuid.uuid4(), category="GT01", text="Ổ gà lớn giữa đường", lat=20.95, lon=107.08
        )
        submit_report(draft=draft, principal=phone)
        times.append(1000 * (time.monotonic() - due))
        due = due + 1 / per_second if per_second else time.monotonic()
    said = {
        "per_s": len(times) / (time.monotonic() - began),
        "p50": quantile(times, 0.5),
        "p99": quantile(times, 0.99),
    }
    print(json.dumps(said))


if __name__ == "__main__":
    main(float(sys.argv[1]), float(sys.argv[2]) if len(sys.argv) > 2 else None)
