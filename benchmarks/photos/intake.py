"""Reports into SQLite as fast as one process can: `python -m benchmarks.photos.intake SECONDS`.

Prints how many reports a second were kept. Run in a VAR_DIR with the province loaded.
"""

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


def main(seconds: float) -> None:
    phone = principals.of_device(register_device(platform="web", locale="vi")[0])
    kept, until, began = 0, time.monotonic() + seconds, time.monotonic()
    while time.monotonic() < until:
        draft = Draft(
            id=uuid.uuid4(), category="GT01", text="Ổ gà lớn giữa đường", lat=20.95, lon=107.08
        )
        submit_report(draft=draft, principal=phone)
        kept += 1
    print(kept / (time.monotonic() - began))


if __name__ == "__main__":
    main(float(sys.argv[1]))
