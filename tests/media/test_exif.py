"""What a camera says of time and place, taken for no more than that."""

import io
import math

import pytest
from PIL import ExifTags, Image

from media import exif as exif_module
from media.exif import Evidence, evidence_of
from tests.media.pictures import SECRET, encoded, exif, halves, photo

GPS = ExifTags.GPS
HERE = {
    GPS.GPSLatitudeRef: "N",
    GPS.GPSLatitude: (20.0, 57.0, 4.68),
    GPS.GPSLongitudeRef: "E",
    GPS.GPSLongitude: (107.0, 4.0, 29.28),
}


def told(**changed):
    return evidence_of(Image.open(io.BytesIO(photo(**changed))))


def test_time_place_and_accuracy_are_read():
    evidence = told()
    assert evidence == Evidence(
        taken_at="2026-03-01T08:15:00+07:00", lat=20.9513, lon=107.0748, accuracy_m=12.0
    )
    assert evidence.as_json() == {
        "taken_at": "2026-03-01T08:15:00+07:00",
        "lat": 20.9513,
        "lon": 107.0748,
        "accuracy_m": 12.0,
    }


@pytest.mark.parametrize(
    ("taken", "offset", "read"),
    [
        ("2026:03:01 08:15:00", "", "2026-03-01T08:15:00"),  # the zone is not guessed
        ("2026:03:01 08:15:00", "nonsense", "2026-03-01T08:15:00"),
        ("2026:03:01 08:15:00", "Z", "2026-03-01T08:15:00+00:00"),
        ("0000:00:00 00:00:00", "+07:00", None),
        ("    :  :     :  :  ", "", None),
        ("yesterday", "", None),
    ],
)
def test_a_time_is_taken_as_far_as_it_goes(taken, offset, read):
    assert told(taken=taken, offset=offset).taken_at == read


@pytest.mark.parametrize(
    ("changed", "read"),
    [
        ({GPS.GPSLatitudeRef: "S", GPS.GPSLongitudeRef: "W"}, (-20.9513, -107.0748)),
        ({GPS.GPSLatitude: (0.0, 0.0, 0.0), GPS.GPSLongitude: (0.0, 0.0, 0.0)}, (None, None)),
        ({GPS.GPSLatitude: (95.0, 0.0, 0.0)}, (None, None)),
        ({GPS.GPSLatitudeRef: "X"}, (None, None)),
        ({GPS.GPSLatitude: (20.0, 57.0)}, (None, None)),
    ],
)
def test_a_position_is_whole_and_possible_or_it_is_none(changed, read):
    evidence = told(gps=HERE | changed)
    assert (evidence.lat, evidence.lon) == read


def test_no_position_has_no_accuracy():
    assert told(gps={GPS.GPSHPositioningError: 5.0}) == Evidence("2026-03-01T08:15:00+07:00")


@pytest.mark.parametrize("accuracy", [math.nan, math.inf, -1.0, "wide"])
def test_an_accuracy_that_is_no_distance_is_left_out(accuracy):
    class Told:
        def getexif(self):
            block = exif(gps=HERE)
            block.get_ifd(ExifTags.IFD.GPSInfo)[GPS.GPSHPositioningError] = accuracy
            return block

    assert evidence_of(Told()).accuracy_m is None


def test_a_picture_without_exif_says_nothing():
    assert evidence_of(Image.new("RGB", (2, 2))) == Evidence()
    assert Evidence().as_json() == {}


@pytest.mark.shared_data
@pytest.mark.parametrize(
    ("name", "lat", "lon"),
    [
        ("heif_other/pug.heic", 44.850478, 34.976647),
        ("heif_special/xiaomi.heic", 47.227289, 39.699992),
        ("heif_other/spatial_photo.heic", None, None),  # 0, 0: no fix
    ],
)
def test_real_phones_are_understood(shared_data, name, lat, lon):
    path = shared_data / "images_orientation_heic" / "pillow_heif" / name
    with Image.open(path) as image:
        evidence = evidence_of(image)
    if lat is None:
        assert evidence.lat is None
    else:
        assert (evidence.lat, evidence.lon) == pytest.approx((lat, lon), abs=1e-6)


def test_heading_maker_and_program_are_read_and_no_name_or_number_is():
    block = exif()
    block[ExifTags.Base.Make], block[ExifTags.Base.Model] = "Apple", "iPhone 13 Pro"
    block[ExifTags.Base.Software] = "Snapseed 2.0"
    block[ExifTags.Base.DateTime] = "2026:03:02 09:00:00"
    block[ExifTags.Base.CameraOwnerName] = block[ExifTags.Base.BodySerialNumber] = "SERIAL-77"
    block.get_ifd(ExifTags.IFD.GPSInfo)[GPS.GPSImgDirection] = 194.6
    said = evidence_of(Image.open(io.BytesIO(encoded(halves(), exif=block)))).as_json()
    assert said["heading"] == 194.6
    assert (said["make"], said["model"], said["software"]) == (
        "Apple",
        "iPhone 13 Pro",
        "Snapseed 2.0",
    )
    assert said["changed_at"] == "2026-03-02T09:00:00"
    assert not {"SERIAL-77", SECRET} & {str(value) for value in said.values()}


@pytest.mark.parametrize("text", ["x" * 500, "\x07\x01", b"\xff\xfe", 7])
def test_a_makers_name_is_short_and_plain_or_not_kept(text):
    said = exif_module._short(text)
    assert said is None or (len(said) <= 60 and said.isprintable())
