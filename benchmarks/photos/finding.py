"""How many number plates are found: `python -m benchmarks.photos.finding`.

Drawn plates as Viet Nam has them, long ones of cars and square ones of motorcycles, set askew
into a photograph, with the light, the blur and the noise of a phone. A drawing is kinder than a
street: what is missed here is missed there too. Of faces there is no picture that we may use.
"""

import random
from functools import lru_cache
from pathlib import Path

import numpy as np
import sklearn.datasets
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from benchmarks.stand import table
from media.finding import find_in

PICTURE = (1280, 854)
EACH = 8
WIDTHS = (60, 90, 140, 220)
KINDS = {"car, one line": (520, 110), "motorcycle, two lines": (190, 140)}
Box = tuple[float, float, float, float]


@lru_cache
def background(name: str) -> Image.Image:
    folder = Path(sklearn.datasets.__file__).parent / "images"
    return Image.open(folder / name).convert("RGB").resize(PICTURE, Image.Resampling.BICUBIC)


def plate(kind: str, chance: random.Random) -> Image.Image:
    """Draw a plate, four times as large as its millimetres."""
    wide, high = (side * 2 for side in KINDS[kind])
    image = Image.new("RGB", (wide, high), chance.choice(["white", "white", "#f2c230"]))
    draw = ImageDraw.Draw(image)
    draw.rounded_rectangle((4, 4, wide - 5, high - 5), 16, outline="black", width=6)
    province, letter = chance.randrange(11, 99), chance.choice("ABCDEFGHKLMNPSTUVXYZ")
    number = f"{chance.randrange(1000):03d}.{chance.randrange(100):02d}"
    if kind.startswith("car"):
        lines = [f"{province}{letter}-{number}"]
    else:
        lines = [f"{province}-{letter}{chance.randrange(1, 10)}", number]
    for turn, line in enumerate(lines):
        size = high // len(lines)
        font = ImageFont.load_default(size * 0.8)
        while draw.textlength(line, font=font) > 0.92 * wide:
            font = ImageFont.load_default(font.size * 0.95)
        at = (wide / 2, high * (turn + 0.5) / len(lines))
        draw.text(at, line, font=font, fill="#111111", anchor="mm", stroke_width=2)
    return image


def street(kind: str, width: int, chance: random.Random) -> tuple[Image.Image, Box]:
    """Return a photograph with a plate so many pixels wide, and where it is."""
    image = background("china.jpg").copy()
    made = plate(kind, chance)
    high = round(width * made.height / made.width)
    x = chance.randrange(40, PICTURE[0] - width - 40)
    y = chance.randrange(PICTURE[1] // 3, PICTURE[1] - high - 40)
    # What a plate hangs on: something darker than it.
    ImageDraw.Draw(image).rounded_rectangle(
        (x - width // 2, y - high, x + width * 3 // 2, y + high * 2), high // 2, fill="#3a3d44"
    )
    made = made.resize((width, high), Image.Resampling.LANCZOS).convert("RGBA")
    turned = made.rotate(chance.uniform(-8, 8), Image.Resampling.BICUBIC, expand=True)
    image.paste(turned, (x, y), turned)
    image = image.filter(ImageFilter.GaussianBlur(chance.uniform(0, 1.0)))
    noise = np.random.default_rng(chance.randrange(1 << 30)).normal(0, 6, (*PICTURE[::-1], 1))
    light = chance.uniform(0.6, 1.1)
    pixels = np.clip(np.asarray(image, dtype=np.float32) * light + noise, 0, 255)
    return Image.fromarray(pixels.astype(np.uint8)), (x, y, turned.width, turned.height)


def covers(found: dict[str, float], box: Box) -> bool:
    """Say whether the greater part of the plate would be painted over."""
    x, y, wide, high = box
    left, top = found["x"] * PICTURE[0], found["y"] * PICTURE[1]
    across = min(left + found["w"] * PICTURE[0], x + wide) - max(left, x)
    down = min(top + found["h"] * PICTURE[1], y + high) - max(top, y)
    return max(0.0, across) * max(0.0, down) > 0.5 * wide * high


def main() -> None:
    chance = random.Random(5)
    rows, wrong = [], 0
    for kind in KINDS:
        hits = []
        for width in WIDTHS:
            hit = 0
            for _turn in range(EACH):
                image, box = street(kind, width, chance)
                found = find_in(image)
                right = [each for each in found if covers(each, box)]
                hit += any(each["kind"] == "plate" for each in right)
                wrong += len(found) - len(right)
            hits.append(f"{hit}/{EACH}")
        rows.append((kind, *hits))
    table(("plates found", *(f"{width} px" for width in WIDTHS)), rows)
    pictures = EACH * len(WIDTHS) * len(KINDS)
    print(f"Wrong finds in {pictures} pictures of 1,280 px: {wrong}")


if __name__ == "__main__":
    main()
