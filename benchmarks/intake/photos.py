"""A photo as a phone sends it after making it smaller: 300 KB of JPEG."""

import io
import random
from functools import cache

from PIL import Image, ImageFilter

WANTED = 300_000


@cache
def a_photo() -> bytes:
    """Return a JPEG of 1600 × 1200 pixels and about 300 KB."""
    chance = random.Random(1)
    rough = Image.frombytes("RGB", (400, 300), chance.randbytes(400 * 300 * 3))
    image = rough.filter(ImageFilter.GaussianBlur(1)).resize((1600, 1200))
    best = b""
    for quality in range(30, 96, 3):
        buffer = io.BytesIO()
        image.save(buffer, "JPEG", quality=quality)
        best = buffer.getvalue()
        if len(best) >= WANTED:
            break
    return best
