"""`make fuzz-photos`: spoil real photos at random and decode each in the limited process.

Every outcome but a picture or a refusal is a fault; so is a copy that carries metadata. A file
that ended its decoder (a signal, time, memory) is kept in var/fuzz, to be looked at.
"""

import argparse
import io
import os
import random
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

import django

django.setup()

from django.conf import settings
from PIL import Image

from media.errors import MediaError
from media.headers import read_header
from media.isolation import Decoder, Interrupted
from tests.media.mutations import spoilt
from tests.media.pictures import encoded, exif, halves

TRACES = (b"Exif\0\0", b"xmpmeta", b"ICC_PROFILE", b"acspMSFT")


def seeds(folder: str | None) -> list[bytes]:
    if folder:
        found = [path.read_bytes() for path in sorted(Path(folder).rglob("*")) if path.is_file()]
        return [content for content in found if 0 < len(content) < 3_000_000]
    noise = Image.effect_noise((160, 120), 60).convert("RGB")
    return [
        encoded(picture, kind, exif=exif())
        for kind in ("JPEG", "PNG", "WEBP", "AVIF", "HEIF")
        for picture in (halves(), noise)
    ]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--files")
    parser.add_argument("--seed", type=int, default=int(time.time()))
    given = parser.parse_args()
    chance, files, counted = random.Random(given.seed), seeds(given.files), Counter[str]()
    kept = Path(settings.VAR_DIR) / "fuzz"
    kept.mkdir(parents=True, exist_ok=True)
    decoder, faults, until = Decoder(), 0, time.monotonic() + given.seconds
    while time.monotonic() < until:
        content = spoilt(chance.choice(files), chance)
        outcome = one(decoder, content)
        counted[outcome] += 1
        if decoder.last.get("exit") or outcome.startswith("FAULT"):
            (kept / f"{given.seed}-{sum(counted.values())}").write_bytes(content)
        faults += outcome.startswith("FAULT")
    decoder.close()
    print(f"seed {given.seed}: {sum(counted.values())} files, {faults} faults")
    for outcome, times in counted.most_common():
        print(f"{times:9} {outcome}")
    return 1 if faults else 0


def one(decoder: Decoder, content: bytes) -> str:
    """Decode one file as the service does, and say what came of it."""
    decoder.last = {}
    try:
        header = read_header(io.BytesIO(content))
        header.require_fit(20_000_000)
        with tempfile.TemporaryFile() as file:
            file.write(content)
            picture = decoder.derive(file, pixels=header.pixels)
    except MediaError as refusal:
        signal = decoder.last.get("exit") or 0
        return f"{refusal.code}{f' (signal {-signal})' if signal < 0 else ''}"
    except Interrupted:
        return "FAULT interrupted"
    except Exception as error:
        return f"FAULT {error!r}"
    copies = (picture.view_webp, picture.view_jpeg, picture.thumb_webp, picture.thumb_jpeg)
    return "FAULT metadata" if any(t in c for t in TRACES for c in copies) else "picture"


if __name__ == "__main__":
    sys.exit(main())
