"""Drawings that stand in for photos, each marked as one: flat shapes, before the work and after."""

import io
import random
from collections.abc import Callable
from functools import lru_cache

from PIL import Image, ImageDraw, ImageFont

CANVAS, SIZE = (800, 600), (480, 360)
CAPTION = "anh minh hoa"
"""“Ảnh minh hoạ” as Pillow's own font can write it; the two marks that it lacks are drawn."""

Draw = ImageDraw.ImageDraw
SKY, NIGHT, RAIN = "#bcd7ea", "#16213a", "#8795a1"
ROAD, KERB, GRASS, SOIL = "#5d6066", "#b9b4a8", "#7fa35b", "#9a7046"
WATER, HOUSE, ROOF, DARK = "#5b8fb0", "#e7dcc4", "#a5492f", "#26282c"


@lru_cache(maxsize=256)
def draw_scene(name: str, *, after: bool, variant: int) -> bytes:
    """Return a JPEG of the scene; a variant is the same place in another light and order."""
    chance = random.Random(f"{name}{variant}")  # noqa: S311 - a drawing, no secret
    image = Image.new("RGB", CANVAS, SKY)
    draw = ImageDraw.Draw(image)
    SCENES[name](draw, chance, after)
    light = chance.uniform(0.8, 1.1)
    image = image.resize(SIZE, Image.Resampling.BICUBIC).point(
        [min(255, int(level * light)) for level in range(256)] * 3
    )
    _caption(ImageDraw.Draw(image))
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=80)
    return buffer.getvalue()


def _caption(draw: Draw) -> None:
    size = 30
    font = ImageFont.load_default(size)
    x, y = 24, SIZE[1] - 52
    draw.rectangle((0, y - 14, SIZE[0], SIZE[1]), fill="#ffffff")
    draw.text((x, y), CAPTION, font=font, fill=DARK)
    first = draw.textlength(CAPTION[0], font=font)
    last = draw.textlength(CAPTION[:-1], font=font) + draw.textlength(CAPTION[-1], font=font) / 2
    # The hook above the first letter and the dot below the last.
    hook = x + first / 2
    draw.arc((hook - 4, y - 3, hook + 4, y + 5), 180, 60, fill=DARK, width=2)
    draw.line((hook, y + 5, hook, y + 8), fill=DARK, width=2)
    draw.ellipse((x + last - 2, y + size + 1, x + last + 2, y + size + 5), fill=DARK)


def _street(draw: Draw, chance: random.Random, sky: str = SKY) -> None:
    """Houses along a road, the ground that most scenes share."""
    draw.rectangle((0, 0, 800, 330), fill=sky)
    x = -chance.randrange(60)
    while x < 800:
        wide, high = chance.randrange(90, 170), chance.randrange(90, 210)
        wall = DARK if sky == NIGHT else HOUSE
        draw.rectangle((x, 330 - high, x + wide, 330), fill=wall, outline=KERB)
        draw.polygon(
            [(x - 8, 330 - high), (x + wide + 8, 330 - high), (x + wide // 2, 290 - high)], ROOF
        )
        draw.rectangle((x + 20, 290 - high // 2, x + 50, 320 - high // 2), fill="#8fb3c9")
        x += wide + chance.randrange(30)
    draw.rectangle((0, 330, 800, 380), fill=KERB)
    draw.rectangle((0, 380, 800, 600), fill="#2c2e33" if sky == NIGHT else ROAD)
    for dash in range(0, 800, 120):
        draw.rectangle((dash, 470, dash + 60, 478), fill="#e9e6da")


def _heap(draw: Draw, chance: random.Random, colours: list[str], count: int = 60) -> None:
    for _turn in range(count):
        x, y = int(chance.gauss(400, 110)), int(chance.triangular(330, 470, 450))
        side = chance.randrange(14, 44)
        draw.ellipse((x, y, x + side, y + side), fill=chance.choice(colours), outline=DARK)


def _road(draw: Draw, chance: random.Random, after: bool) -> None:
    _street(draw, chance)
    for _turn in range(3):
        x, y, wide = (
            chance.randrange(120, 560),
            chance.randrange(400, 480),
            chance.randrange(90, 200),
        )
        fill = "#4a4c52" if after else SOIL
        draw.ellipse((x, y, x + wide, y + wide // 3), fill=fill, outline=DARK, width=3)


def _manhole(draw: Draw, chance: random.Random, after: bool) -> None:
    _street(draw, chance)
    draw.ellipse(
        (290, 410, 510, 500), fill="#77797f" if after else "#0d0d0f", outline=KERB, width=8
    )
    if after:
        for x in range(320, 490, 24):
            draw.line((x, 425, x, 485), fill=DARK, width=4)


def _lights(draw: Draw, chance: random.Random, after: bool) -> None:
    _street(draw, chance)
    draw.rectangle((395, 150, 407, 420), fill=DARK)
    draw.rectangle((372, 90, 430, 240), fill=DARK)
    for turn, colour in enumerate(("#c8352b", "#e0b020", "#2f9e54")):
        lit = turn == (2 if after else 1)
        y = 100 + turn * 46
        draw.ellipse((384, y, 420, y + 36), fill=colour if lit else "#4b4e54")


def _street_scene(draw: Draw, chance: random.Random, after: bool) -> None:
    _street(draw, chance)
    for turn in range(1 if after else 5):
        x = 60 + turn * 150
        colour = chance.choice(["#b03a2e", "#2e5f8a", "#dddddd", "#39424e"])
        draw.rounded_rectangle((x, 350, x + 130, 405), 14, fill=colour)
        draw.rounded_rectangle((x + 25, 320, x + 105, 360), 12, fill=colour)
        for wheel in (x + 25, x + 85):
            draw.ellipse((wheel, 390, wheel + 28, 418), fill=DARK)


def _works(draw: Draw, chance: random.Random, after: bool) -> None:
    _street(draw, chance)
    draw.polygon([(120, 480), (300, 360), (520, 370), (690, 490)], fill=ROAD if after else SOIL)
    for x in range(140, 660, 90) if after else (180, 540):
        draw.polygon([(x, 470), (x + 34, 470), (x + 17, 410)], fill="#e0702a")


def _night(draw: Draw, chance: random.Random, after: bool) -> None:
    _street(draw, chance, NIGHT)
    for x in (160, 400, 640):
        draw.rectangle((x, 150, x + 8, 380), fill="#0c0f16")
        draw.rectangle((x, 150, x + 60, 158), fill="#0c0f16")
        if after:
            draw.polygon([(x + 50, 160), (x - 20, 400), (x + 130, 400)], fill="#8d8348")
            draw.ellipse((x + 42, 152, x + 66, 176), fill="#ffeeaa")


def _storm(draw: Draw, chance: random.Random, after: bool) -> None:
    _street(draw, chance, RAIN)
    if after:
        draw.ellipse((360, 340, 430, 390), fill="#7a5230")
        return
    draw.line((120, 520, 640, 360), fill="#6b4a2b", width=30)
    for _turn in range(50):
        x, y = chance.randrange(430, 720), chance.randrange(290, 430)
        draw.ellipse((x, y, x + 60, y + 40), fill=chance.choice(["#4d7a3a", "#5f8f47", "#3f6a31"]))


def _water(draw: Draw, chance: random.Random, after: bool) -> None:
    _street(draw, chance)
    if not after:
        draw.polygon([(0, 600), (80, 400), (760, 420), (800, 600)], fill=WATER)
        for _turn in range(60):
            x = 400 + chance.randrange(-60, 60)
            draw.line((400, 390, x, chance.randrange(180, 380)), fill="#d8ecf6", width=3)
    draw.rectangle((380, 380, 424, 400), fill="#3d566b")


def _drain(draw: Draw, chance: random.Random, after: bool) -> None:
    _street(draw, chance)
    draw.rectangle((250, 385, 560, 460), fill="#1c1d20")
    for x in range(262, 556, 26):
        draw.rectangle((x, 390, x + 12, 455), fill="#83868c")
    if not after:
        _heap(draw, chance, ["#7a6a3c", "#557a3d", "#c9c4b4"], 40)


def _flood(draw: Draw, chance: random.Random, after: bool) -> None:
    _street(draw, chance, RAIN)
    if not after:
        draw.rectangle((0, 345, 800, 600), fill="#7d7462")
        for _turn in range(40):
            x, y = chance.randrange(800), chance.randrange(360, 540)
            draw.line((x, y, x + 60, y), fill="#a59b86", width=3)


def _rubbish(draw: Draw, chance: random.Random, after: bool) -> None:
    _street(draw, chance)
    if not after:
        _heap(draw, chance, ["#2f6fa0", "#d8d8d8", "#c0392b", "#2c2c2c", "#d9b44a"])


def _rubble(draw: Draw, chance: random.Random, after: bool) -> None:
    _street(draw, chance)
    if not after:
        _heap(draw, chance, ["#b5694a", "#c9bda8", "#8c8479"], 80)


def _smoke(draw: Draw, chance: random.Random, after: bool) -> None:
    draw.rectangle((0, 0, 800, 600), fill=SKY)
    draw.rectangle((0, 360, 800, 600), fill=GRASS)
    draw.ellipse((330, 400, 470, 450), fill=DARK)
    for turn in range(0 if after else 70):
        x, y = 400 + int(chance.gauss(0, 20 + turn * 2)), 400 - turn * 5
        grey = 90 + turn
        draw.ellipse((x - 40, y - 30, x + 40, y + 30), fill=(grey, grey, grey))


def _sea(draw: Draw, chance: random.Random, after: bool) -> None:
    draw.rectangle((0, 0, 800, 260), fill=SKY)
    for x in range(-40, 800, 130):
        draw.polygon(
            [(x, 260), (x + 60, 130 + chance.randrange(60)), (x + 150, 260)], fill="#6d8577"
        )
    draw.rectangle((0, 260, 800, 600), fill=WATER)
    draw.polygon([(280, 360), (560, 360), (520, 420), (320, 420)], fill="#7c4a2d")
    draw.rectangle((360, 310, 480, 360), fill=HOUSE)
    for turn in range(0 if after else 6):
        x = 60 + turn * 120
        draw.ellipse((x, 470, x + 150, 500), fill="#3a3f3c")


def _tree(draw: Draw, chance: random.Random, after: bool) -> None:
    _street(draw, chance)
    draw.polygon([(385, 420), (415, 420), (430 if after else 470, 170), (400, 170)], fill="#6b4a2b")
    for _turn in range(25 if after else 70):
        x, y = int(chance.gauss(430, 70)), int(chance.gauss(150, 45))
        draw.ellipse((x - 35, y - 26, x + 35, y + 26), fill=chance.choice(["#4d7a3a", "#5f8f47"]))


def _park(draw: Draw, chance: random.Random, after: bool) -> None:
    draw.rectangle((0, 0, 800, 300), fill=SKY)
    draw.rectangle((0, 300, 800, 600), fill=GRASS)
    draw.line((240, 470, 320, 200, 560, 200, 640, 470), fill="#8a2f2f", width=14)
    for x, low in ((380, 420), (500, 420 if after else 330)):
        draw.line((x, 200, x, low), fill=DARK, width=4)
        draw.line((x + 50, 200, x + 50, 420), fill=DARK, width=4)
        draw.line((x, low, x + 50, 420), fill="#6b4a2b", width=10)


def _stalls(draw: Draw, chance: random.Random, after: bool) -> None:
    _street(draw, chance)
    for turn in range(0 if after else 6):
        x = 20 + turn * 130
        draw.polygon(
            [(x, 330), (x + 120, 330), (x + 100, 285), (x + 20, 285)],
            fill=chance.choice(["#c0392b", "#2e7d5b", "#d9a441"]),
        )
        draw.rectangle((x + 15, 380, x + 105, 425), fill="#8b6b47")


def _slide(draw: Draw, chance: random.Random, after: bool) -> None:
    draw.rectangle((0, 0, 800, 600), fill=RAIN)
    draw.polygon([(0, 420), (0, 60), (420, 120), (800, 420)], fill=GRASS)
    draw.rectangle((0, 420, 800, 600), fill=ROAD)
    draw.polygon([(160, 90), (330, 110), (470, 420), (180, 420)], fill="#7d8f6a" if after else SOIL)
    if not after:
        _heap(draw, chance, [SOIL, "#7c5a37", "#b08a5c"], 90)


def _school(draw: Draw, chance: random.Random, after: bool) -> None:
    _street(draw, chance)
    draw.rectangle((140, 130, 660, 330), fill="#f0d9a0", outline=ROOF, width=6)
    for x in range(170, 640, 80):
        draw.rectangle((x, 170, x + 46, 220), fill="#8fb3c9")
    draw.rectangle((360, 240, 440, 330), fill="#6d4c33")
    if after:
        for x in range(250, 560, 44):
            draw.rectangle((x, 400, x + 22, 560), fill="#f2f2f2")


def _office(draw: Draw, chance: random.Random, after: bool) -> None:
    draw.rectangle((0, 0, 800, 600), fill="#e8e4da")
    draw.rectangle((80, 330, 720, 480), fill="#8b6b47")
    for turn in range(3 if after else 14):
        x, y = 140 + chance.randrange(460), 300 - turn * 8
        draw.rectangle((x, y, x + 110, y + 30), fill="#fbfaf5", outline="#9d9788")


SCENES: dict[str, Callable[[Draw, random.Random, bool], None]] = {
    "road": _road,
    "manhole": _manhole,
    "lights": _lights,
    "street": _street_scene,
    "works": _works,
    "night": _night,
    "storm": _storm,
    "water": _water,
    "drain": _drain,
    "flood": _flood,
    "rubbish": _rubbish,
    "rubble": _rubble,
    "smoke": _smoke,
    "sea": _sea,
    "tree": _tree,
    "park": _park,
    "stalls": _stalls,
    "slide": _slide,
    "school": _school,
    "office": _office,
}
