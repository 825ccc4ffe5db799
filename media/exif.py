"""What a photo says of when and where it was taken. Evidence, never shown with the picture."""

import math
from contextlib import suppress
from datetime import datetime
from typing import Any, NamedTuple

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


class Evidence(NamedTuple):
    """Time and place by the camera's own account; anything may be missing or wrong.

    `taken_at` and `changed_at` are ISO 8601, with a zone only where the camera gave one;
    `accuracy_m` is a radius; `heading` is where the camera looked, in degrees from north.
    Serial numbers and names of people are not kept.
    """

    taken_at: str | None = None
    changed_at: str | None = None
    lat: float | None = None
    lon: float | None = None
    accuracy_m: float | None = None
    heading: float | None = None
    make: str | None = None
    model: str | None = None
    software: str | None = None

    def as_json(self) -> dict[str, Any]:
        return {name: value for name, value in self._asdict().items() if value is not None}


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
        taken_at=_moment(
            details.get(ExifTags.Base.DateTimeOriginal),
            details.get(ExifTags.Base.OffsetTimeOriginal),
        ),
        changed_at=_moment(exif.get(ExifTags.Base.DateTime), details.get(ExifTags.Base.OffsetTime)),
        lat=lat,
        lon=lon,
        accuracy_m=_number(gps.get(ExifTags.GPS.GPSHPositioningError)) if lat is not None else None,
        heading=_heading(gps.get(ExifTags.GPS.GPSImgDirection)),
        make=_short(exif.get(ExifTags.Base.Make)),
        model=_short(exif.get(ExifTags.Base.Model)),
        software=_short(exif.get(ExifTags.Base.Software)),
    )


def _moment(text: Any, zone: Any) -> str | None:
    with suppress(*_UNREADABLE):
        moment = datetime.strptime(  # noqa: DTZ007  The zone, if any, stands in a field of its own.
            _text(text), "%Y:%m:%d %H:%M:%S"
        )
        offset = _text(zone or "")
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


def _heading(value: Any) -> float | None:
    degrees = _number(value)
    return degrees if degrees is not None and degrees <= 360 else None


def _short(value: Any) -> str | None:
    """Return a maker's or a program's name, None for what is no such text."""
    with suppress(*_UNREADABLE):
        text = _text(value or "")
        return text[:60] if text and text.isprintable() else None
    return None


def _text(value: Any) -> str:
    text = value.decode("ascii", "replace") if isinstance(value, bytes) else str(value)
    return text.strip(" \0")
