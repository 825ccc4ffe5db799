"""A hostile file costs its own decoder, for a second or two, and nobody else anything."""

import io
from pathlib import Path

import pytest
from PIL import Image

from media import isolation
from media.errors import Damaged, StorageFull, TooCostly, TooManyPixels
from media.isolation import Decoder, Interrupted
from tests.media.pictures import encoded, halves, opened, photo


@pytest.fixture(scope="module")
def decoder():
    decoder = Decoder()
    yield decoder
    decoder.close()


@pytest.fixture
def file(tmp_path):
    def written(content: bytes) -> io.BufferedReader:
        path = tmp_path / "photo"
        path.write_bytes(content)
        return path.open("rb")

    return written


def test_a_photo_comes_back_as_its_copies(decoder, file):
    with file(photo(orientation=6)) as source:
        picture = decoder.derive(source, pixels=3_200, boxes=[(0.0, 0.0, 1.0, 0.5)])
    assert (picture.width, picture.height, picture.format) == (40, 80, "JPEG")
    assert (picture.evidence.lat, len(picture.likeness)) == (20.9513, 16)
    for copy in (picture.view_webp, picture.view_jpeg, picture.thumb_webp, picture.thumb_jpeg):
        assert opened(copy).size == (40, 80)
        assert max(opened(copy).getpixel((20, 20))) < 60


def test_a_refusal_comes_back_as_itself(decoder, file, settings):
    with (
        file(encoded(Image.effect_noise((400, 300), 90))[:9_000]) as source,
        pytest.raises(Damaged),
    ):
        decoder.derive(source, pixels=120_000)
    settings.UPLOAD_MAX_PIXELS = 1_000_000
    with file(encoded(halves(1_100, 1_000))) as source, pytest.raises(TooManyPixels) as refusal:
        decoder.derive(source, pixels=1)
    assert refusal.value.parameters == {"limit": 1}


def test_a_look_for_faces_has_the_time_that_it_takes(decoder, file, settings):
    settings.PHOTO_CPU_SECONDS = 0.1
    with file(encoded(Image.effect_noise((1280, 854), 60).convert("RGB"))) as source:
        assert isinstance(decoder.find(source, pixels=1), list)
    assert decoder.last["cpu_seconds"] > 1  # more than a decoder gets for a picture of that size


@pytest.mark.skipif(
    not Path("/dev/full").exists(), reason="needs /dev/full, a full disk that Linux has"
)
def test_a_disk_without_room_for_the_copies_says_nothing_of_the_photo(decoder, file, monkeypatch):
    monkeypatch.setattr(isolation.tempfile, "TemporaryFile", lambda: open("/dev/full", "r+b"))  # noqa: SIM115
    with file(photo()) as source, pytest.raises(StorageFull):
        decoder.derive(source, pixels=3_200)


@pytest.mark.parametrize(
    ("how", "refusal"), [("spin", TooCostly), ("swell", TooCostly), ("crash", Damaged)]
)
def test_what_spins_swells_or_crashes_loses_only_itself(decoder, file, how, refusal):
    with file(photo()) as source:
        process = decoder._open() and decoder._process
        with pytest.raises(refusal):
            decoder.run("hang", source, pixels=1, how=how)
        assert decoder.last["cpu_seconds"] < 3
        assert decoder.derive(source, pixels=3_200).width == 80
    assert decoder._process is process  # The one that forks has not noticed.


def test_what_only_waits_is_ended_by_the_clock_and_may_be_tried_again(decoder, file, monkeypatch):
    """A machine with too much to do looks the same: the photo is not blamed the first time."""
    monkeypatch.setattr(isolation, "WALL_TIMES", 0)
    monkeypatch.setattr(isolation, "WALL_SECONDS", 1)
    with file(photo()) as source, pytest.raises(Interrupted):
        decoder.run("hang", source, pixels=1, how="sleep")
    assert decoder.last["over"] is True


def test_a_lost_process_is_started_again_and_the_photo_is_not_blamed(decoder, file):
    with file(photo()) as source:
        decoder.derive(source, pixels=3_200)
        assert decoder._process is not None
        decoder._process.kill()
        decoder._process.wait()
        assert decoder.derive(source, pixels=3_200).width == 80
        assert decoder._channel is not None
        decoder._channel.shutdown(2)
        with pytest.raises(Interrupted):
            decoder.derive(source, pixels=3_200)
        assert decoder.derive(source, pixels=3_200).width == 80


def test_the_decoder_knows_none_of_our_secrets(decoder, file, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://secret")
    fresh = Decoder()
    try:
        with file(photo()) as source:
            said, _blobs = fresh.run("hang", source, pixels=1, how="environment")
    finally:
        fresh.close()
    assert {"DATABASE_URL", "DJANGO_SETTINGS_MODULE", "SECRET_KEY"} & set(said["names"]) == set()
