"""What a photo says of when and where it was taken. Evidence, never shown with the picture."""

import math
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from PIL import ExifTags, Image

_UNREADABLE = (
    AttributeError,
    IndexError,
    KeyError,
    OverflowError,
    SyntaxError,
    TypeError,
    ValueError,
    ZeroDivisionError,
)


@dataclass(frozen=True)
class Evidence:
    """Time and place by the camera's own account; anything may be missing or wrong.

    `taken_at` is ISO 8601, with a zone only where the camera gave one. `accuracy_m` is a radius.
    """

    taken_at: str | None = None
    lat: float | None = None
    lon: float | None = None
    accuracy_m: float | None = None

    def as_json(self) -> dict[str, Any]:
        return {name: value for name, value in asdict(self).items() if value is not None}


def evidence_of(image: Image.Image) -> Evidence:
    """Return what the picture's EXIF says; what cannot be read counts as not said."""
    try:
        exif = image.getexif()
        details, gps = exif.get_ifd(ExifTags.IFD.Exif), exif.get_ifd(ExifTags.IFD.GPSInfo)
    except (
        Exception
    ):  # A foreign file's block, read by a parser that promises no errors of its own.
        return Evidence()
    lat, lon = _position(gps)
    return Evidence(
        taken_at=_taken_at(details),
        lat=lat,
        lon=lon,
        accuracy_m=_number(gps.get(ExifTags.GPS.GPSHPositioningError)) if lat is not None else None,
    )


def _taken_at(details: dict[int, Any]) -> str | None:
    with suppress(*_UNREADABLE):
        moment = datetime.strptime(  # noqa: DTZ007  The zone, if any, stands in a field of its own.
            _text(details[ExifTags.Base.DateTimeOriginal]), "%Y:%m:%d %H:%M:%S"
        )
        offset = _text(details.get(ExifTags.Base.OffsetTimeOriginal, ""))
        with suppress(ValueError):
            return datetime.fromisoformat(f"{moment.isoformat()}{offset}").isoformat()
        return moment.isoformat()
    return None


def _position(gps: dict[int, Any]) -> tuple[float, float] | tuple[None, None]:
    with suppress(*_UNREADABLE):
        lat = _degrees(gps[ExifTags.GPS.GPSLatitude], gps[ExifTags.GPS.GPSLatitudeRef], "NS")
        lon = _degrees(gps[ExifTags.GPS.GPSLongitude], gps[ExifTags.GPS.GPSLongitudeRef], "EW")
        # 0, 0 is what a phone writes that had no fix.
        if abs(lat) <= 90 and abs(lon) <= 180 and (lat, lon) != (0, 0):
            return lat, lon
    return None, None


def _degrees(parts: Any, reference: Any, letters: str) -> float:
    degrees, minutes, seconds = (float(part) for part in parts)
    value = round(degrees + minutes / 60 + seconds / 3600, 7)
    if not math.isfinite(value):
        raise ValueError(value)
    sign = (1, -1)[letters.index(_text(reference).upper())]
    return sign * value


def _number(value: Any) -> float | None:
    with suppress(*_UNREADABLE):
        number = float(value)
        return round(number, 1) if math.isfinite(number) and number >= 0 else None
    return None


def _text(value: Any) -> str:
    text = value.decode("ascii", "replace") if isinstance(value, bytes) else str(value)
    return text.strip(" \0")
