"""A photo as it may be shown: upright, in sRGB, of a known size, saying nothing of who took it.

Everything here is given bytes from strangers, and runs in a process of its own (`decoding`),
which knows no Django and whose memory is counted: so a library is loaded when a file needs it.
"""

import io
import math
import warnings
from collections.abc import Callable, Sequence
from typing import BinaryIO, NamedTuple, TypeVar

from PIL import Image, ImageOps, UnidentifiedImageError

from media.errors import Animated, Damaged, NotAPicture, TooManyPixels
from media.exif import Evidence, evidence_of
from media.headers import Header, read_header

# Pillow's own guard stays, as the last one, well above the limits that are asked for here.
Image.MAX_IMAGE_PIXELS = 250_000_000

# What cameras, phones and messengers make; each further decoder is one more way in.
FORMATS = ("JPEG", "PNG", "WEBP", "HEIF", "AVIF")
VIEW_PX = 2_048
THUMB_PX = 320
NEARLY = 0.95
"""Of VIEW_PX: a view that the JPEG decoder itself can halve to this is not decoded whole."""

# WebP is most of the work. At 82 and effort 2 it takes twice the time and a third more bytes.
_WEBP_QUALITY, _JPEG_QUALITY = 75, 82
_WEBP_EFFORT = 0
_COVER = (24, 24, 24)
_T = TypeVar("_T")

Box = tuple[float, float, float, float]
"""Left, top, width and height in parts of the upright picture, 0 to 1."""


class Limits(NamedTuple):
    """How many pixels a picture may have by its header."""

    pixels: int = 200_000_000


class Picture(NamedTuple):
    """A photo to be shown: encoded without metadata, and apart from that the evidence.

    `width` and `height` are the original's, upright; `format` is the original's; `likeness` is
    a hash of how it looks, 16 hexadecimal digits.
    """

    view_webp: bytes
    view_jpeg: bytes
    thumb_webp: bytes
    thumb_jpeg: bytes
    width: int
    height: int
    format: str
    likeness: str
    evidence: Evidence = Evidence()


def derive(
    source: bytes | BinaryIO, limits: Limits | None = None, boxes: Sequence[Box] = ()
) -> Picture:
    """Return the photo fit to be shown, with what lies in the boxes covered.

    Of a burst the primary picture is taken. Raises NotAPicture, Animated, TooManyPixels,
    TooNarrow, Damaged.
    """
    file = io.BytesIO(source) if isinstance(source, bytes) else source
    limits = limits or Limits()
    header = read_header(file)
    header.require_fit(limits.pixels)
    file.seek(0)
    view, size, evidence = _read(file, header, limits)
    looks = likeness(view)
    if boxes:
        _cover(view, boxes)
    # WebP first: its encoder takes a copy of the whole, when least else is held.
    view_webp = _webp(view)
    view_jpeg = _jpeg(view)
    view.thumbnail((THUMB_PX, THUMB_PX), Image.Resampling.LANCZOS, reducing_gap=2.0)
    return Picture(
        view_webp, view_jpeg, _webp(view), _jpeg(view), *size, header.format, looks, evidence
    )


def upright(source: BinaryIO, limits: Limits | None = None) -> Image.Image:
    """Return the view itself, for those who look for something in it. Raises as `derive` does."""
    limits = limits or Limits()
    header = read_header(source)
    header.require_fit(limits.pixels)
    source.seek(0)
    return _read(source, header, limits)[0]


def _read(
    file: BinaryIO, header: Header, limits: Limits
) -> tuple[Image.Image, tuple[int, int], Evidence]:
    with _opened(file, header.format, limits.pixels) as image:
        _require_still(image)
        Header(header.format, *image.size).require_fit(limits.pixels)
        evidence = evidence_of(image)
        width, height = image.size
        turned = _turned(image)
        view = _view(image)
    view.info.clear()
    return view, (height, width) if turned else (width, height), evidence


def _opened(file: BinaryIO, kind: str, limit: int) -> Image.Image:
    if kind == "HEIF":
        import pillow_heif

        pillow_heif.register_heif_opener()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Pillow speaks of spoilt EXIF, and of size.
            return Image.open(file, formats=[kind])
    except UnidentifiedImageError as error:
        raise (Damaged if kind in FORMATS else NotAPicture) from error
    except Image.DecompressionBombError as error:
        raise TooManyPixels(limit_pixels=limit) from error
    except MemoryError:
        raise
    except Exception as error:
        raise Damaged from error


def _require_still(image: Image.Image) -> None:
    """A burst in HEIF and the further pictures of an MPO are stills beside a still."""
    if image.format not in {"MPO", "HEIF"} and getattr(image, "is_animated", False):
        raise Animated


def _turned(image: Image.Image) -> bool:
    """Say whether upright means swapping width and height (EXIF orientations 5 to 8)."""
    orientation = _decoded(lambda: image.getexif().get(0x0112, 1), otherwise=1)
    return orientation in {5, 6, 7, 8}


def _view(image: Image.Image) -> Image.Image:
    """Unfold the picture no larger than needed, put it upright and into sRGB."""
    _shrink_on_load(image)
    _decoded(image.load)
    # Smaller before anything else: the turn and the colours then cost a fraction.
    pixels = _eight_bits(image)
    pixels.thumbnail((VIEW_PX, VIEW_PX), Image.Resampling.LANCZOS, reducing_gap=3.0)
    # Upright before stripping: the turn is in the metadata that is about to be dropped.
    _decoded(lambda: ImageOps.exif_transpose(pixels, in_place=True) or True, otherwise=True)
    return _flat(_in_srgb(pixels))


def _shrink_on_load(image: Image.Image) -> None:
    """Let the JPEG decoder itself halve the picture, as often as leaves enough for the view."""
    if image.format not in {"JPEG", "MPO"}:
        return
    scale = NEARLY * VIEW_PX / max(image.size)
    if scale < 1:
        # By the picture's own shape: a square wish would be limited by its shorter side.
        # At least one pixel each way: a sliver would be divided by nothing.
        wish = (max(1, int(image.width * scale)), max(1, int(image.height * scale)))
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
    if not profile or image.mode not in {"RGB", "RGBA", "L", "CMYK", "LAB"}:
        return image
    from PIL import ImageCms

    alpha = image.getchannel("A") if image.mode == "RGBA" else None
    solid = image.convert("RGB") if alpha else image
    try:
        converted = ImageCms.profileToProfile(
            solid,
            ImageCms.ImageCmsProfile(io.BytesIO(profile)),
            ImageCms.createProfile("sRGB"),
            outputMode="RGB",
            inPlace=solid.mode == "RGB",  # A second copy of the whole would be the most held.
        )
    except (ImageCms.PyCMSError, OSError, ValueError):
        return image  # An empty or broken profile: the numbers are most likely sRGB already.
    converted = converted or solid  # None where it was done in place.
    if alpha:
        converted.putalpha(alpha)
    return converted


def _flat(image: Image.Image) -> Image.Image:
    """Return the picture as RGB, what is transparent as white paper."""
    if image.mode in {"RGBA", "LA", "La", "RGBa"}:
        image = image.convert("RGBA")
        paper = Image.new("RGB", image.size, "white")
        paper.paste(image, mask=image.getchannel("A"))
        return paper
    return image.convert("RGB") if image.mode != "RGB" else image


def _cover(image: Image.Image, boxes: Sequence[Box]) -> None:
    """Paint over the boxes. Not blurred: what is blurred can be guessed back."""
    from PIL import ImageDraw

    draw = ImageDraw.Draw(image)
    for left, top, width, height in boxes:
        corners = (
            int(left * image.width),
            int(top * image.height),
            max(int(left * image.width), math.ceil((left + width) * image.width) - 1),
            max(int(top * image.height), math.ceil((top + height) * image.height) - 1),
        )
        draw.rectangle(corners, fill=_COVER)


def likeness(image: Image.Image) -> str:
    """Return a 64-bit difference hash (N. Krawetz, 2013), what imagehash.dhash returns
    for a picture of at most 256 pixels.

    Copies that were made smaller or compressed again differ in few bits.
    """
    # Coarser first, where there is enough of it: grey of the whole would cost 3 MB more.
    coarse = image.reduce(8) if min(image.size) >= 256 else image
    small = coarse.convert("L").resize((9, 8), Image.Resampling.LANCZOS)
    pixels = small.tobytes()
    bits = 0
    for row in range(8):
        for column in range(8):
            at = row * 9 + column
            bits = bits << 1 | (pixels[at + 1] > pixels[at])
    return f"{bits:016x}"


def _webp(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(
        out,
        "WEBP",
        quality=_WEBP_QUALITY,
        method=_WEBP_EFFORT,
        exif=b"",
        xmp=b"",
        icc_profile=None,
    )
    return out.getvalue()


def _jpeg(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=_JPEG_QUALITY, optimize=False, exif=b"", icc_profile=None)
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
