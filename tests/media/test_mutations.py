"""Whatever is done to a file, the answer is a clean picture or a refusal with a code."""

import contextlib
import io
import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from media.errors import MediaError
from media.headers import read_header
from media.images import Limits, derive
from tests.media.mutations import spoilt
from tests.media.pictures import encoded, exif, halves
from tests.media.test_images import TRACES, require_clean

BOUNDED = settings(
    max_examples=60,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
SMALL = Limits(4_000_000)


def require_answer(content: bytes) -> None:
    try:
        picture = derive(content, SMALL)
    except MediaError:  # Each has its code and its sentence; any other error fails the test.
        return
    require_clean(picture.view_webp)
    assert not any(trace in picture.view_jpeg for trace in TRACES)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF", "HEIF"])
@BOUNDED
@given(seed=st.integers(0, 2**32))
def test_a_spoilt_picture_is_a_picture_or_a_refusal(kind, seed):
    noise = Image.linear_gradient("L").resize((64, 48)).convert("RGB")
    noise.paste(halves(40, 20), (10, 10))
    require_answer(spoilt(encoded(noise, kind, exif=exif()), random.Random(seed)))


@pytest.mark.shared_data
@BOUNDED
@given(data=st.data())
def test_a_spoilt_photo_from_a_real_phone_is_a_picture_or_a_refusal(shared_data, data):
    folder = shared_data / "images_orientation_heic" / "pillow_heif"
    files = sorted(p for p in folder.rglob("*") if p.is_file() and 0 < p.stat().st_size < 60_000)
    file = data.draw(st.sampled_from(files))
    require_answer(spoilt(file.read_bytes(), random.Random(data.draw(st.integers(0, 2**32)))))


STARTS = [
    *(b"", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF\0\0\0\0WEBP"),
    *(b"\0\0\0\x18ftypheic", b"GIF89a"),
]


@BOUNDED
@given(content=st.binary(max_size=400), start=st.sampled_from(STARTS))
def test_no_header_breaks_its_reader(content, start):
    with contextlib.suppress(MediaError):
        header = read_header(io.BytesIO(start + content))
        assert min(header.width, header.height) > 0
