"""A photo as it may be shown: upright, in sRGB, of a known size, saying nothing of who took it.

Everything here is given bytes from strangers. A decoder is asked only after the header has shown
that the picture fits, and whatever it raises means that the file is damaged.
"""

import io
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from threading import BoundedSemaphore
from typing import BinaryIO, TypeVar

import pillow_heif
from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

from media.errors import Damaged, NotAPicture, TooManyPixels
from media.exif import Evidence, evidence_of

pillow_heif.register_heif_opener()
# Pillow's own guard stays, as the last one, well above the limits that are asked for here.
Image.MAX_IMAGE_PIXELS = 250_000_000

# What cameras, phones and messengers make; each further decoder is one more way in.
FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "HEIF", "AVIF")
VIEW_PX = 2_048
THUMB_PX = 320
_QUALITY = 82
_LARGE_PIXELS = 16_000_000
# Large pictures unfold two at a time: fifty phones that send at once must not fill the memory.
_room = BoundedSemaphore(2)
_T = TypeVar("_T")


@dataclass(frozen=True)
class Limits:
    """How large a picture may be, by its header, and how much of it may be unfolded in memory.

    A JPEG can be unfolded at a half, a quarter or an eighth of its size; the others cannot.
    """

    pixels: int = 200_000_000
    unfolded_pixels: int = 64_000_000


@dataclass(frozen=True)
class Picture:
    """A sanitised photo: two WebP pictures without metadata, and apart from them the evidence.

    `width` and `height` are the original's, upright; `format` is the original's, as Pillow says.
    """

    view: bytes
    thumb: bytes
    width: int
    height: int
    format: str
    evidence: Evidence


def sanitise(source: bytes | BinaryIO, limits: Limits | None = None) -> Picture:
    """Return the photo fit to be shown.

    Of an animation or a burst the first picture is taken: a report shows a moment, and that is
    the one that its sender saw. Raises NotAPicture, TooManyPixels, Damaged.
    """
    limits = limits or Limits()
    file = io.BytesIO(source) if isinstance(source, bytes) else source
    with _opened(file, limits.pixels) as image:
        _require_fit(image.width * image.height, limits.pixels)
        original, kind, evidence = image.size, image.format or "", evidence_of(image)
        turned = _turned(image)
        view = _view(image, limits)
        view.info.clear()
        thumb = view.copy()
        thumb.thumbnail((THUMB_PX, THUMB_PX), Image.Resampling.LANCZOS)
    width, height = reversed(original) if turned else original
    return Picture(_webp(view), _webp(thumb), width, height, kind, evidence)


def _opened(file: BinaryIO, limit: int) -> Image.Image:
    try:
        return Image.open(file, formats=FORMATS)
    except UnidentifiedImageError as error:
        raise NotAPicture from error
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise TooManyPixels(limit_pixels=limit) from error
    except MemoryError:
        raise
    except Exception as error:
        raise Damaged from error


def _require_fit(pixels: int, limit: int) -> None:
    if pixels > limit:
        raise TooManyPixels(limit_pixels=limit)


def _turned(image: Image.Image) -> bool:
    """Say whether upright means swapping width and height (EXIF orientations 5 to 8)."""
    orientation = _decoded(lambda: image.getexif().get(0x0112, 1), otherwise=1)
    return orientation in {5, 6, 7, 8}


def _view(image: Image.Image, limits: Limits) -> Image.Image:
    """Unfold the picture no larger than needed, put it upright and into sRGB."""
    _shrink_on_load(image)
    size = image.width * image.height
    _require_fit(size, limits.unfolded_pixels)
    with _room if size > _LARGE_PIXELS else nullcontext():
        _decoded(image.load)
        # Smaller before anything else: the turn and the colours then cost a fraction.
        pixels = _eight_bits(image)
        pixels.thumbnail((VIEW_PX, VIEW_PX), Image.Resampling.LANCZOS, reducing_gap=3.0)
    # Upright before stripping: the turn is in the metadata that is about to be dropped.
    upright = _decoded(lambda: ImageOps.exif_transpose(pixels), otherwise=pixels)
    return _flat(_in_srgb(upright))


def _shrink_on_load(image: Image.Image) -> None:
    """Let the JPEG decoder itself halve the picture, as often as leaves enough for the view."""
    if image.format not in {"JPEG", "MPO"} or image.info.get("progressive"):
        return  # A progressive JPEG is held whole, whatever is asked of it.
    scale = VIEW_PX / max(image.size)
    if scale < 1:
        # By the picture's own shape: a square wish would be limited by its shorter side.
        # At least one pixel each way: a sliver would be divided by nothing.
        wish = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
        image.draft(None, wish)


def _eight_bits(image: Image.Image) -> Image.Image:
    """Return a picture that can be resized well: no palette, no 16-bit or 1-bit samples."""
    if image.mode.startswith("I"):
        # Pillow clips where it should scale: 65,535 is white, not 255.
        return image.convert("I").point(lambda level: level * (1 / 256)).convert("L")
    if image.mode in {"P", "PA"} or "transparency" in image.info:
        return image.convert("RGBA")
    if image.mode in {"1", "F"}:
        return image.convert("L")
    return image


def _in_srgb(image: Image.Image) -> Image.Image:
    """Return the picture in sRGB: wide colours look dull where nobody reads their profile."""
    profile = image.info.get("icc_profile")
    if profile and image.mode in {"RGB", "RGBA", "L", "CMYK", "LAB"}:
        alpha = image.getchannel("A") if image.mode == "RGBA" else None
        solid = image.convert("RGB") if alpha else image
        try:
            converted = ImageCms.profileToProfile(
                solid,
                ImageCms.ImageCmsProfile(io.BytesIO(profile)),
                ImageCms.createProfile("sRGB"),
                outputMode="RGB",
            )
        except (ImageCms.PyCMSError, OSError, ValueError):
            return image  # An empty or broken profile: the numbers are most likely sRGB already.
        if converted is not None:
            if alpha:
                converted.putalpha(alpha)
            return converted
    return image


def _flat(image: Image.Image) -> Image.Image:
    """Return the picture as RGB, what is transparent as white paper."""
    if image.mode in {"RGBA", "LA", "La", "RGBa"}:
        image = image.convert("RGBA")
        paper = Image.new("RGB", image.size, "white")
        paper.paste(image, mask=image.getchannel("A"))
        return paper
    return image.convert("RGB") if image.mode != "RGB" else image


def _webp(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "WEBP", quality=_QUALITY, method=4, exif=b"", xmp=b"", icc_profile=None)
    return out.getvalue()


def _decoded(step: Callable[[], _T], otherwise: _T | None = None) -> _T:
    """Run a step inside a foreign decoder; whatever fails there is the file's fault."""
    try:
        return step()
    except MemoryError:
        raise
    except Exception as error:
        if otherwise is not None:
            return otherwise
        raise Damaged from error
