"""Faces and number plates that may have to be covered, as proposals to a person.

OpenCV's cascades (Viola and Jones, 2001), whose models come inside its package: old, small, run
on one core without a network, and miss much. docs/photos.md says how much.
"""

from pathlib import Path
from typing import Any, BinaryIO

from PIL import Image

from media.images import Limits, upright

LOOKED_AT_PX = 1_280
"""Larger finds little more, and takes four times as long."""

_MODELS = {
    "face": (
        ("haarcascade_frontalface_alt2.xml", 1.1, 4, 0.012),
        ("haarcascade_profileface.xml", 1.1, 5, 0.02),
    ),
    "plate": (("haarcascade_russian_plate_number.xml", 1.1, 4, 0.02),),
}
_MARGIN = 0.15
_MOST = 40


def find(source: BinaryIO, limits: Limits | None = None) -> list[dict[str, Any]]:
    """Return `{kind, x, y, w, h}` for each find, in parts of the upright picture, 0 to 1.

    Raises as `images.derive` does.
    """
    return find_in(upright(source, limits))


def find_in(image: Image.Image) -> list[dict[str, Any]]:
    """Return what is found in an upright picture."""
    import cv2
    import numpy as np

    folder = Path(cv2.__file__).parent / "data"

    cv2.setNumThreads(1)
    image.thumbnail((LOOKED_AT_PX, LOOKED_AT_PX))
    grey = cv2.equalizeHist(np.asarray(image.convert("L")))
    found: list[dict[str, Any]] = []
    for kind, models in _MODELS.items():
        for name, step, neighbours, smallest in models:
            least = max(20, int(smallest * max(image.size)))
            cascade = cv2.CascadeClassifier(str(folder / name))
            for box in cascade.detectMultiScale(
                grey,
                step,
                neighbours,
                minSize=(least, least // 2) if kind == "plate" else (least, least),
            ):
                found.append({"kind": kind, **_parts(box, image.size)})
    return _without_repeats(found)[:_MOST]


def _parts(box: Any, size: tuple[int, int]) -> dict[str, float]:
    """Return a box with a margin around it, in parts of the picture."""
    left, top, width, height = (float(value) for value in box)
    left, top = max(0.0, left - _MARGIN * width), max(0.0, top - _MARGIN * height)
    width, height = width * (1 + 2 * _MARGIN), height * (1 + 2 * _MARGIN)
    return {
        "x": round(left / size[0], 4),
        "y": round(top / size[1], 4),
        "w": round(min(width, size[0] - left) / size[0], 4),
        "h": round(min(height, size[1] - top) / size[1], 4),
    }


def _without_repeats(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Drop a find of which another of the same kind holds the greater part."""
    kept: list[dict[str, Any]] = []
    for each in sorted(found, key=lambda one: -one["w"] * one["h"]):
        if not any(each["kind"] == other["kind"] and _shared(each, other) > 0.5 for other in kept):
            kept.append(each)
    return kept


def _shared(small: dict[str, Any], large: dict[str, Any]) -> float:
    wide = min(small["x"] + small["w"], large["x"] + large["w"]) - max(small["x"], large["x"])
    high = min(small["y"] + small["h"], large["y"] + large["h"]) - max(small["y"], large["y"])
    return float(max(0.0, wide) * max(0.0, high) / (small["w"] * small["h"]))
