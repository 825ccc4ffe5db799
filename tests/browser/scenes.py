"""A street as a citizen takes it, with a hole in it or mended: drawn, so that nobody's photo."""

import io
from random import Random

from PIL import Image, ImageDraw, ImageFilter

WIDTH, HEIGHT = 1200, 900
HORIZON = 330
WALLS = ((214, 196, 160), (190, 120, 96), (226, 222, 206), (150, 172, 160), (206, 176, 120))


def street(*, mended: bool) -> bytes:
    """Return a JPEG of the street; only its grain is another each time."""
    image = Image.new("RGB", (WIDTH, HEIGHT), (196, 214, 226))
    draw = ImageDraw.Draw(image)
    chance = Random(7)
    _houses(draw, chance)
    _road(draw)
    if mended:
        draw.rounded_rectangle((400, 560, 850, 760), 26, fill=(58, 59, 62))
    else:
        draw.ellipse((400, 570, 840, 760), fill=(128, 116, 100))
        draw.ellipse((430, 586, 815, 744), fill=(66, 56, 47))
        draw.ellipse((480, 612, 760, 724), fill=(104, 112, 112))  # the rain in it
    buffer = io.BytesIO()
    grain = Image.effect_noise((WIDTH, HEIGHT), 60).convert("RGB")
    blurred = image.filter(ImageFilter.GaussianBlur(1.2))
    Image.blend(blurred, grain, 0.06).save(buffer, "JPEG", quality=88)
    return buffer.getvalue()


def _houses(draw: ImageDraw.ImageDraw, chance: Random) -> None:
    for left in range(0, WIDTH, 110):
        top, colour = chance.randint(90, 250), chance.choice(WALLS)
        draw.rectangle((left, top, left + 104, HORIZON + 40), fill=colour)
        for row in range(top + 24, HORIZON - 30, 56):
            for column in (left + 18, left + 60):
                draw.rectangle((column, row, column + 24, row + 32), fill=(84, 96, 106))


def _road(draw: ImageDraw.ImageDraw) -> None:
    draw.rectangle((0, HORIZON + 20, WIDTH, HEIGHT), fill=(170, 164, 150))
    draw.polygon([(430, HORIZON), (770, HORIZON), (1320, HEIGHT), (-120, HEIGHT)], (98, 100, 103))
    for near in range(6):
        top = HORIZON + 18 + near * near * 21
        half, deep = 3 + near * 3, 8 + near * 14
        draw.rectangle((600 - half, top, 600 + half, top + deep), fill=(226, 222, 210))
