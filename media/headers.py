"""What a file says it is, read from its first bytes without any decoder.

The request path asks no more than this: plain Python that reads a few hundred bytes, so that a
file made to break a decoder never meets one there. Formats by their own specifications: JPEG
ITU-T T.81 B.2, PNG (W3C), WebP RFC 9649, HEIF ISO/IEC 23008-12 and its boxes ISO/IEC 14496-12.
"""

import io
import struct
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

from media.errors import Animated, Damaged, Empty, NotAPicture, TooManyPixels, TooNarrow

NARROWEST = 50
"""Times as long as wide, beyond which a picture is a sliver; a panorama is 10 to 20."""

_MARKERS = 2_000
_META_BYTES = 4 * 1024 * 1024
_STILL_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"mif1", b"mif2", b"avif", b"MiHE", b"MiPr"}
_MOVING_BRANDS = {b"avis"}
_ORIENTATION = 0x0112


class Header(NamedTuple):
    """Kind of file, and its size in pixels, upright where the header says how it was held."""

    format: str
    width: int
    height: int

    @property
    def pixels(self) -> int:
        return self.width * self.height

    def require_fit(self, most_pixels: int) -> None:
        """Raise TooManyPixels or TooNarrow for what is not worth a decoder's time."""
        if self.pixels > most_pixels:
            raise TooManyPixels(limit_pixels=most_pixels)
        if max(self.width, self.height) > NARROWEST * min(self.width, self.height):
            raise TooNarrow


def read_header(file: BinaryIO) -> Header:
    """Return what the file says it is, by content and never by name.

    Raises Empty, NotAPicture, Animated, Damaged. The file's position is anywhere afterwards.
    """
    file.seek(0)
    start = file.read(32)
    if not start:
        raise Empty
    try:
        header = _by_first_bytes(file, start)
    except (struct.error, IndexError, EOFError) as error:
        raise Damaged from error
    if not (header.width and header.height):
        raise Damaged
    return header


def _by_first_bytes(file: BinaryIO, start: bytes) -> Header:
    if start.startswith(b"\xff\xd8\xff"):
        return _jpeg(file)
    if start.startswith(b"\x89PNG\r\n\x1a\n"):
        return _png(file)
    if start[:4] == b"RIFF" and start[8:12] == b"WEBP":
        return _webp(file)
    if start[4:8] == b"ftyp":
        return _heif(file)
    if start[:6] in (b"GIF87a", b"GIF89a") and _gif_moves(file):
        raise Animated
    raise NotAPicture


def _exactly(file: BinaryIO, size: int) -> bytes:
    data = file.read(size)
    if len(data) < size:
        raise EOFError
    return data


def _jpeg(file: BinaryIO) -> Header:
    file.seek(2)
    turned = False
    for _turn in range(_MARKERS):
        marker = _jpeg_marker(file)
        if 0xD0 <= marker <= 0xD8 or marker == 0x01:
            continue
        (length,) = struct.unpack(">H", _exactly(file, 2))
        if length < 2:
            break
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack_from(">HH", _exactly(file, 5), 1)
            return Header("JPEG", *((height, width) if turned else (width, height)))
        if marker in (0xD9, 0xDA):
            break
        body = file.read(length - 2) if marker == 0xE1 else b""
        if body.startswith(b"Exif\0\0"):
            turned = _exif_orientation(body[6:]) >= 5
        elif marker != 0xE1:
            file.seek(length - 2, io.SEEK_CUR)
    raise Damaged


def _jpeg_marker(file: BinaryIO) -> int:
    if _exactly(file, 1) != b"\xff":
        raise Damaged
    byte = 0xFF
    while byte == 0xFF:  # Any number of fill bytes may stand before a marker.
        byte = _exactly(file, 1)[0]
    return byte


def _exif_orientation(tiff: bytes) -> int:
    """Return 1 to 8, 1 where the block does not say."""
    try:
        order = {b"II": "<", b"MM": ">"}[tiff[:2]]
        (at,) = struct.unpack_from(f"{order}I", tiff, 4)
        (count,) = struct.unpack_from(f"{order}H", tiff, at)
        for entry in range(min(count, 200)):
            tag, _kind, _count, value = struct.unpack_from(
                f"{order}HHIH", tiff, at + 2 + 12 * entry
            )
            if tag == _ORIENTATION:
                return value if 1 <= value <= 8 else 1
    except (KeyError, struct.error):
        pass
    return 1


def _png(file: BinaryIO) -> Header:
    file.seek(8)
    found: tuple[int, int] | None = None
    turned = False
    for _turn in range(_MARKERS):
        size, name = struct.unpack(">I4s", _exactly(file, 8))
        if name == b"IHDR":
            found = struct.unpack_from(">II", _exactly(file, 8))
            size -= 8
        elif name == b"acTL":
            raise Animated
        elif name == b"eXIf":
            block = file.read(min(size, 65_536))
            size -= len(block)
            turned = _exif_orientation(block) >= 5
        elif name in (b"IDAT", b"IEND"):
            break
        file.seek(size + 4, io.SEEK_CUR)
    if found is None:
        raise Damaged
    return Header("PNG", *(found[::-1] if turned else found))


def _webp(file: BinaryIO) -> Header:
    file.seek(12)
    name, _size = struct.unpack("<4sI", _exactly(file, 8))
    body = _exactly(file, 10)
    if name == b"VP8X":
        if body[0] & 0x02:
            raise Animated
        width = int.from_bytes(body[4:7], "little") + 1
        return Header("WEBP", width, int.from_bytes(body[7:10], "little") + 1)
    if name == b"VP8L" and body[0] == 0x2F:
        bits = int.from_bytes(body[1:5], "little")
        return Header("WEBP", (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1)
    if name == b"VP8 " and body[3:6] == b"\x9d\x01\x2a":
        width, height = struct.unpack_from("<HH", body, 6)
        return Header("WEBP", width & 0x3FFF, height & 0x3FFF)
    raise Damaged


def _gif_moves(file: BinaryIO) -> bool:
    """Say whether a GIF holds an animation's control block; stills are no photos either."""
    file.seek(0)
    return file.read(64 * 1024).count(b"\x21\xf9\x04") > 1


Box = tuple[bytes, int, int]
"""Name, where its body begins, and where it ends."""


def _boxes(data: bytes, at: int, end: int) -> Iterator[Box]:
    for _turn in range(_MARKERS):
        if at + 8 > end:
            return
        size, name = struct.unpack_from(">I4s", data, at)
        head = 8
        if size == 1:
            (size,) = struct.unpack_from(">Q", data, at + 8)
            head = 16
        stop = end if size == 0 else at + size
        if stop < at + head or stop > end:
            raise Damaged
        yield name, at + head, stop
        at = stop


def _heif(file: BinaryIO) -> Header:
    file.seek(0)
    (size,) = struct.unpack(">I", _exactly(file, 4))
    brands = _exactly(file, min(max(size - 4, 8), 256))[4:]
    names = {brands[at : at + 4] for at in (0, *range(8, len(brands) - 3, 4))}
    if brands[:4] in _MOVING_BRANDS:
        raise Animated
    if not names & _STILL_BRANDS:
        raise NotAPicture
    width, height, turned = _primary_size(_meta_of(file))
    kind = "AVIF" if b"avif" in names and b"heic" not in names else "HEIF"
    return Header(kind, *((height, width) if turned else (width, height)))


def _meta_of(file: BinaryIO) -> bytes:
    at = 0
    for _turn in range(64):
        file.seek(at)
        size, name = struct.unpack(">I4s", _exactly(file, 8))
        if name == b"meta":
            return _exactly(file, min(size - 8, _META_BYTES) if size else _META_BYTES)[4:]
        if size == 1:
            (size,) = struct.unpack(">Q", _exactly(file, 8))
        if size < 8:
            break
        at += size
    raise Damaged


def _primary_size(meta: bytes) -> tuple[int, int, bool]:
    """Return the primary picture's width and height as stored, and whether it stands on its side.

    Its properties are listed in `ipma`; without one that is read, the largest picture counts.
    """
    primary, properties, owned = None, list[Box](), dict[int, list[int]]()
    for name, at, end in _boxes(meta, 0, len(meta)):
        if name == b"pitm":
            primary = int.from_bytes(meta[at + 4 : min(end, at + (8 if meta[at] else 6))], "big")
        elif name == b"iprp":
            for inner, start, stop in _boxes(meta, at, end):
                if inner == b"ipco":
                    properties = list(_boxes(meta, start, stop))
                elif inner == b"ipma":
                    owned |= _associations(meta[start:stop])
    mine = [properties[index - 1] for index in owned.get(primary or 0, ()) if index]
    sizes = [struct.unpack_from(">II", meta, at + 4) for name, at, _ in mine if name == b"ispe"]
    if not sizes:
        every = [box for box in properties if box[0] == b"ispe"]
        sizes = [struct.unpack_from(">II", meta, at + 4) for _name, at, _ in every]
    if not sizes:
        raise Damaged
    width, height = max(sizes, key=lambda size: size[0] * size[1])
    for name, at, _ in mine:
        if name == b"clap":  # What encoders added to fill their blocks is cut away again.
            wide, wide_by, high, high_by = struct.unpack_from(">IIII", meta, at)
            if wide_by and high_by and wide // wide_by and high // high_by:
                width, height = min(width, wide // wide_by), min(height, high // high_by)
    turns = sum(meta[at] & 3 for name, at, _ in mine if name == b"irot")
    return width, height, turns % 2 == 1


def _associations(box: bytes) -> dict[int, list[int]]:
    version, wide = box[0], box[3] & 1
    (count,) = struct.unpack_from(">I", box, 4)
    at, found = 8, dict[int, list[int]]()
    for _entry in range(min(count, _MARKERS)):
        item_bytes = 2 if version < 1 else 4
        item = int.from_bytes(box[at : at + item_bytes], "big")
        at += item_bytes
        many = box[at]
        at += 1
        step, mask = (2, 0x7FFF) if wide else (1, 0x7F)
        found[item] = [
            int.from_bytes(box[at + step * n : at + step * n + step], "big") & mask
            for n in range(many)
        ]
        at += step * many
    return found
