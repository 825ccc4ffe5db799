"""What is shown of a photo: upright, in sRGB, of a known size, and without a word of metadata."""

import contextlib
import csv
import struct
import tracemalloc
import zlib

import imagehash
import pytest
from PIL import Image, ImageCms
from PIL.JpegImagePlugin import JpegImageFile

from media import images
from media.errors import Animated, Damaged, MediaError, NotAPicture, TooManyPixels, TooNarrow
from media.headers import Header
from media.images import THUMB_PX, VIEW_PX, Limits, derive, likeness
from media.likeness import distance
from tests.media.pictures import (
    BLUE,
    RED,
    SECRET,
    colour_at,
    encoded,
    exif,
    halves,
    moving,
    opened,
    photo,
)

# What metadata would say, in any block: long enough not to turn up in pixels by chance.
TRACES = [b"Exif\0\0", b"xmpmeta", b"http://", b"Apple", b"acspMSFT", SECRET.encode()]


def parts_of_webp(content: bytes) -> list[bytes]:
    """Return the names of all chunks; together they must be the whole file."""
    names, at = [], 12
    while at < len(content):
        name, size = struct.unpack_from("<4sI", content, at)
        names.append(name)
        at += 8 + size + size % 2
    assert at == len(content)
    return names


def require_clean(content: bytes) -> Image.Image:
    """Open a shown picture, after reading every byte of it for what should not be there."""
    for trace in TRACES:
        assert trace not in content
    # Pixels and nothing else: no EXIF, XMP, ICCP or VP8X chunk, and nothing after the end.
    assert parts_of_webp(content) == [b"VP8 "]
    image = opened(content)
    assert (image.format, image.mode) == ("WEBP", "RGB")
    assert not image.getexif()
    assert "icc_profile" not in image.info
    return image


def test_a_photo_is_shown_without_its_metadata():
    source = photo()
    assert all(trace in source for trace in (b"Exif", b"xmpmeta", SECRET.encode()))
    picture = derive(source)
    assert (picture.width, picture.height, picture.format) == (80, 40, "JPEG")
    for shown in (picture.view_webp, picture.thumb_webp):
        image = require_clean(shown)
        assert (colour_at(image, 0.25, 0.5), colour_at(image, 0.75, 0.5)) == ("red", "blue")


@pytest.mark.parametrize(
    ("orientation", "size", "red_at"),
    [
        (1, (80, 40), (0.25, 0.5)),
        (2, (80, 40), (0.75, 0.5)),
        (3, (80, 40), (0.75, 0.5)),
        (4, (80, 40), (0.25, 0.5)),
        (5, (40, 80), (0.5, 0.25)),
        (6, (40, 80), (0.5, 0.25)),
        (7, (40, 80), (0.5, 0.75)),
        (8, (40, 80), (0.5, 0.75)),
    ],
)
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF", "HEIF"])
def test_a_picture_is_upright_whichever_way_the_phone_was_held(kind, orientation, size, red_at):
    picture = derive(
        encoded(halves(), kind, exif=exif(orientation=orientation).tobytes(), quality=95)
    )
    view = require_clean(picture.view_webp)
    assert view.size == (picture.width, picture.height) == size
    assert colour_at(view, *red_at) == "red"
    assert colour_at(view, 1 - red_at[0], 1 - red_at[1]) == "blue"


@pytest.mark.parametrize(
    ("given", "view", "thumb"),
    [
        ((80, 40), (80, 40), (80, 40)),  # never larger than it was
        ((4096, 1024), (2048, 512), (320, 80)),
        ((1000, 3000), (683, 2048), (107, 320)),
        ((4000, 3000), (2000, 1500), (320, 240)),  # as the decoder halves it: no less than 95%
        ((4100, 100), (2048, 50), (320, 8)),
    ],
)
def test_the_view_and_the_thumb_keep_the_shape(given, view, thumb):
    picture = derive(encoded(halves(*given)))
    assert (picture.width, picture.height) == given
    assert opened(picture.view_webp).size == view
    assert opened(picture.thumb_webp).size == thumb
    assert (max(view) <= VIEW_PX, max(thumb) <= THUMB_PX) == (True, True)


@pytest.mark.parametrize(
    ("mode", "kind", "white"),
    [
        ("1", "PNG", 1),
        ("L", "PNG", 255),
        ("I;16", "PNG", 65_535),
        ("P", "PNG", None),
        ("LA", "PNG", (255, 255)),
        ("RGBA", "WEBP", (255, 255, 255, 255)),
        ("CMYK", "JPEG", (0, 0, 0, 0)),
    ],
)
def test_every_kind_of_pixel_becomes_rgb(mode, kind, white):
    image = halves().convert("P") if white is None else Image.new(mode, (20, 20), white)
    view = opened(derive(encoded(image, kind)).view_webp)
    assert view.mode == "RGB"
    if white is not None:
        assert min(view.getpixel((10, 10))) >= 250


def test_sixteen_bit_grey_is_scaled_and_not_clipped():
    grey = derive(encoded(Image.new("I;16", (20, 20), 32_768), "PNG"))
    assert opened(grey.view_webp).getpixel((10, 10)) == pytest.approx((128, 128, 128), abs=2)


def test_what_is_transparent_is_white_paper():
    clear = Image.new("RGBA", (40, 20), (*RED, 0))
    clear.paste((*BLUE, 255), (20, 0, 40, 20))
    view = opened(derive(encoded(clear, "PNG")).view_webp)
    assert min(view.getpixel((5, 10))) >= 250
    assert colour_at(view, 0.75, 0.5) == "blue"


def test_colours_are_brought_into_srgb():
    swapped = Image.merge("RGB", halves().split()[::-1])
    assert colour_at(opened(derive(encoded(swapped)).view_webp), 0.25, 0.5) == "blue"
    view = opened(derive(encoded(swapped, icc_profile=_swapping_profile())).view_webp)
    assert colour_at(view, 0.25, 0.5) == "red"
    assert colour_at(view, 0.75, 0.5) == "blue"


def _swapping_profile() -> bytes:
    """Return sRGB with the red and the blue primary exchanged: a profile nobody can overlook."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    (count,) = struct.unpack_from(">I", profile, 128)
    places = {}
    for number in range(count):
        name, offset, size = struct.unpack_from(">4sII", profile, 132 + 12 * number)
        places[name] = (132 + 12 * number, offset, size)
    (red, red_at, size), (blue, blue_at, _) = places[b"rXYZ"], places[b"bXYZ"]
    struct.pack_into(">4sII", profile, red, b"rXYZ", blue_at, size)
    struct.pack_into(">4sII", profile, blue, b"bXYZ", red_at, size)
    return bytes(profile)


@pytest.mark.parametrize("profile", [b"", b"no profile", b"\0" * 200])
def test_a_broken_colour_profile_spoils_nothing(profile):
    view = opened(derive(encoded(halves(), icc_profile=profile)).view_webp)
    assert colour_at(view, 0.25, 0.5) == "red"


@pytest.mark.parametrize("kind", ["WEBP", "PNG", "AVIF"])
def test_a_moving_picture_is_refused_even_where_the_header_hides_it(kind, monkeypatch):
    with pytest.raises(Animated):
        derive(moving(kind))
    still = Header(kind, 80, 40)
    monkeypatch.setattr(images, "read_header", lambda _file: still)
    with pytest.raises(Animated):
        derive(moving(kind))


@pytest.mark.parametrize(
    "content",
    [
        b"hello",
        b"\x89PNG",
        b"%PDF-1.7\n",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        encoded(halves(), "BMP"),
        encoded(halves(), "TIFF"),
        encoded(halves(), "ICO"),
    ],
)
def test_what_no_camera_makes_is_no_picture(content):
    with pytest.raises(NotAPicture) as refusal:
        derive(content)
    assert refusal.value.code == "not_a_picture"


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF", "HEIF"])
@pytest.mark.parametrize("part", [0.3, 0.6, 0.9])
def test_a_picture_cut_off_on_the_way_is_refused(kind, part):
    noisy = Image.effect_noise((200, 200), 80).convert("RGB")
    whole = encoded(noisy, kind)
    with pytest.raises(MediaError) as refusal:
        derive(whole[: int(len(whole) * part)])
    assert refusal.value.code in {"photo_damaged", "not_a_picture"}


@pytest.mark.filterwarnings("ignore::UserWarning")  # Pillow speaks of spoilt EXIF.
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF", "HEIF"])
def test_whatever_byte_is_wrong_the_answer_is_a_picture_or_a_refusal(kind):
    whole = encoded(halves(), kind, exif=exif())
    for position in range(0, len(whole), max(1, len(whole) // 60)):
        spoilt = bytearray(whole)
        spoilt[position] ^= 0xFF
        with contextlib.suppress(MediaError):
            require_clean(derive(bytes(spoilt)).view_webp)


def png_that_claims(width: int, height: int) -> bytes:
    """A few bytes that unfold into any number of pixels."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        )

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    data = zlib.compress(b"\0" * 10_000)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(("width", "height"), [(20_000, 20_000), (60_000, 60_000), (2**31 - 1, 1)])
def test_a_decompression_bomb_is_refused_before_it_unfolds(width, height):
    bomb = png_that_claims(width, height)
    tracemalloc.start()
    try:
        with pytest.raises(TooManyPixels):
            derive(bomb)
        assert tracemalloc.get_traced_memory()[1] < 5_000_000
    finally:
        tracemalloc.stop()


def test_how_many_pixels_are_too_many_is_an_argument():
    source = encoded(halves(100, 100))
    assert derive(source, Limits(pixels=10_000)).width == 100
    with pytest.raises(TooManyPixels) as refusal:
        derive(source, Limits(pixels=9_999))
    assert refusal.value.code == "photo_too_many_pixels"


def test_a_large_jpeg_is_decoded_at_a_part_of_its_size(monkeypatch):
    sizes = []
    load = JpegImageFile.load
    monkeypatch.setattr(
        JpegImageFile, "load", lambda image: sizes.append(image.size) or load(image)
    )
    picture = derive(encoded(halves(8_400, 4_200)))
    assert (8_400, 4_200) not in sizes
    assert max(sizes) == (2_100, 1_050)
    assert (picture.width, picture.height) == (8_400, 4_200)
    assert opened(picture.view_webp).size == (2048, 1024)


def test_what_lies_in_a_box_is_painted_over_in_every_copy_and_the_rest_is_not():
    picture = derive(photo(), boxes=[(0.5, 0.0, 0.5, 1.0)])
    for copy in (picture.view_webp, picture.view_jpeg, picture.thumb_webp, picture.thumb_jpeg):
        shown = opened(copy)
        assert colour_at(shown, 0.2, 0.5) == "red"
        assert max(shown.getpixel((60, 20))) < 60


def test_a_box_covers_every_pixel_that_it_touches():
    white = encoded(Image.new("RGB", (100, 100), "white"), "PNG")
    shown = opened(derive(white, boxes=[(0.101, 0.101, 0.098, 0.098)]).view_jpeg)
    dark = [x for x in range(100) if shown.getpixel((x, 15))[0] < 128]
    assert (dark[0], dark[-1]) == (10, 19)


def test_the_jpeg_twins_carry_no_metadata_either():
    picture = derive(photo())
    for shown in (picture.view_jpeg, picture.thumb_jpeg):
        assert markers_of(shown) == {"APP0", "DQT", "SOF0", "DHT", "SOS"}
        assert not any(trace in shown for trace in TRACES)


def markers_of(content: bytes) -> set[str]:
    """Return the kinds of segment of a JPEG that is nothing but that, up to its very last byte."""
    names = {0xE0: "APP0", 0xDB: "DQT", 0xC0: "SOF0", 0xC4: "DHT", 0xDA: "SOS"}
    at, found = 2, set()
    while content[at + 1] != 0xDA:
        found.add(names.get(content[at + 1], hex(content[at + 1])))
        at += 2 + int.from_bytes(content[at + 2 : at + 4], "big")
    assert content.endswith(b"\xff\xd9")
    # Inside the scan 0xFF is followed by 0: another marker would be something else.
    rest = content[at + 2 : -2]
    assert all(rest[n + 1] == 0 for n, byte in enumerate(rest[:-1]) if byte == 0xFF)
    return {*found, "SOS"}


@pytest.mark.parametrize(
    ("tail", "kind"),
    [(b"<script>alert(1)</script>", "JPEG"), (b"PK\3\4 a zip", "PNG"), (b"%PDF-1.7", "WEBP")],
)
def test_a_polyglot_is_encoded_anew_and_its_second_nature_is_gone(tail, kind):
    shown = require_clean(derive(encoded(halves(), kind) + tail).view_webp)
    assert tail not in derive(encoded(halves(), kind) + tail).view_jpeg
    assert shown.size == (80, 40)


def test_likeness_is_what_imagehash_says_and_survives_being_made_smaller():
    scene = Image.effect_noise((18, 16), 120).convert("RGB").resize((240, 200))
    assert likeness(scene) == str(imagehash.dhash(scene))
    whole = derive(encoded(scene.resize((1600, 1200)), quality=95)).likeness
    smaller = derive(encoded(scene.resize((800, 600)), quality=60)).likeness
    assert distance(whole, smaller) <= 3
    other = Image.effect_noise((18, 16), 120).convert("RGB").resize((240, 200))
    assert distance(whole, likeness(other)) > 10


def test_a_file_is_read_where_it_lies_and_left_open(tmp_path):
    path = tmp_path / "photo.jpg"
    path.write_bytes(photo())
    with path.open("rb") as file:
        assert derive(file).width == 80
        file.seek(0)
        assert file.read(2) == b"\xff\xd8"


def test_a_decoder_without_memory_is_not_the_files_fault(monkeypatch):
    def no_memory(*args: object) -> None:
        raise MemoryError

    monkeypatch.setattr(Image.Image, "load", no_memory)
    with pytest.raises(MemoryError):
        derive(encoded(halves(), "GIF"))


@pytest.mark.long
@pytest.mark.shared_data
def test_every_real_file_is_shown_clean_or_refused_with_a_code(shared_data, monkeypatch):
    monkeypatch.setattr(images, "VIEW_PX", 480)  # Every byte is read; fewer of them are as telling.
    folder = shared_data / "images_orientation_heic"
    rows = list(csv.DictReader((folder / "manifest.csv").open(encoding="utf-8")))
    assert len(rows) == 87
    refused = {}
    for row in rows:
        name = row["path"].rpartition("/")[2]
        try:
            # The one of 200 megapixels is decoded by `make bench-photos`: it takes 7 seconds.
            picture = derive((folder / row["path"]).read_bytes(), Limits(100_000_000))
        except MediaError as refusal:
            refused[name] = refusal.code
            continue
        for shown in (picture.view_webp, picture.thumb_webp):
            require_clean(shown)
        for shown in (picture.view_jpeg, picture.thumb_jpeg):
            assert markers_of(shown) <= {"APP0", "DQT", "SOF0", "DHT", "SOS"}
            assert not any(trace in shown for trace in TRACES)
        assert {picture.width, picture.height} == {int(row["width"]), int(row["height"])}
    no_pictures = ["LICENSE", "LICENSE.txt", "LICENSES_bundled.txt", "COPYRIGHT.txt", "README.txt"]
    assert refused == {
        **dict.fromkeys([*no_pictures, "xmp.tiff"], "not_a_picture"),
        **dict.fromkeys(["corrupted.heic", "corrupted.hif"], "photo_damaged"),
        "empty.heic": "photo_empty",
        "chi.gif": "photo_animated",
        "200MP.heic": "photo_too_many_pixels",
    }


@pytest.mark.long
@pytest.mark.shared_data
@pytest.mark.parametrize("shape", ["Landscape", "Portrait"])
def test_the_same_scene_looks_the_same_in_all_eight_orientations(shared_data, shape):
    folder = shared_data / "images_orientation_heic" / "orientation"
    upright = opened(derive((folder / f"{shape}_1.jpg").read_bytes()).thumb_webp).convert("L")
    for orientation in range(2, 9):
        other = opened(derive((folder / f"{shape}_{orientation}.jpg").read_bytes()).thumb_webp)
        assert other.size == upright.size
        # The files write their number into the picture: the rest of it must agree.
        pairs = zip(upright.tobytes(), other.convert("L").tobytes(), strict=True)
        alike = sum(abs(one - two) < 40 for one, two in pairs) / (upright.width * upright.height)
        assert alike > 0.9


def test_damage_keeps_its_cause_for_the_log():
    whole = encoded(Image.effect_noise((200, 200), 80))
    with pytest.raises(Damaged) as refusal:
        derive(whole[: len(whole) // 2])
    assert isinstance(refusal.value.__cause__, OSError)


@pytest.mark.parametrize("size", [(1, 60_000), (60_000, 1), (3, 9_000)])
def test_a_sliver_is_refused(size):
    with pytest.raises(TooNarrow):
        derive(encoded(Image.new("RGB", size, "red")))
