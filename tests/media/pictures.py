"""Small pictures made on the spot, each with one thing about it."""

import io
from typing import Any

import pillow_heif
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import ExifTags, Image, ImageCms

pillow_heif.register_heif_opener()

RED, BLUE = (220, 30, 30), (30, 30, 220)
SECRET = "Nguyen Van A"
"""Stands in metadata here, and must stand nowhere in what is shown."""


# Made once: a profile carries the second in which it was made, and photos must be the same.
SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def halves(width: int = 80, height: int = 40) -> Image.Image:
    """A picture whose left half is red and whose right half is blue."""
    image = Image.new("RGB", (width, height), RED)
    image.paste(BLUE, (width // 2, 0, width, height))
    return image


def exif(**changed: Any) -> Image.Exif:
    """EXIF of a photo taken in Hạ Long in the morning, with its author's name."""
    block = Image.Exif()
    block[ExifTags.Base.Artist] = SECRET
    block[ExifTags.Base.Orientation] = changed.get("orientation", 1)
    details = block.get_ifd(ExifTags.IFD.Exif)
    details[ExifTags.Base.DateTimeOriginal] = changed.get("taken", "2026:03:01 08:15:00")
    if offset := changed.get("offset", "+07:00"):
        details[ExifTags.Base.OffsetTimeOriginal] = offset
    block.get_ifd(ExifTags.IFD.GPSInfo).update(
        changed.get(
            "gps",
            {
                ExifTags.GPS.GPSLatitudeRef: "N",
                ExifTags.GPS.GPSLatitude: (20.0, 57.0, 4.68),
                ExifTags.GPS.GPSLongitudeRef: "E",
                ExifTags.GPS.GPSLongitude: (107.0, 4.0, 29.28),
                ExifTags.GPS.GPSHPositioningError: 12.0,
            },
        )
    )
    return block


def encoded(image: Image.Image, kind: str = "JPEG", **how: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **how)
    return out.getvalue()


def moving(kind: str) -> bytes:
    """Two pictures, one after the other."""
    return encoded(halves(), kind, save_all=True, append_images=[halves().rotate(180)], duration=50)


def photo(**changed: Any) -> bytes:
    """A JPEG with everything in it that a phone writes."""
    xmp = f"<x:xmpmeta xmlns:x='adobe:ns:meta/'>{SECRET}</x:xmpmeta>".encode()
    return encoded(
        halves(),
        exif=exif(**changed),
        xmp=xmp,
        icc_profile=SRGB,
        comment=SECRET.encode(),
        quality=95,
    )


def upload(content: bytes | None = None, name: str = "IMG_0001.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, photo() if content is None else content)


def opened(content: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(content))
    image.load()
    return image


def colour_at(image: Image.Image, x: float, y: float) -> str:
    """Name the colour at a place given in parts of width and height."""
    red, _, blue = image.convert("RGB").getpixel((int(x * image.width), int(y * image.height)))
    return "red" if red > blue + 60 else "blue" if blue > red + 60 else "neither"
