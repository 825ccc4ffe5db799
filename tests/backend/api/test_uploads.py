"""Photos over HTTP: refused with a code and a sentence, resumed after hours, kept once."""

import errno
import hashlib
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from media.models import PartialUpload, Upload
from media.partials import drop_stale
from tests.backend.api.conftest import phone_client
from tests.backend.api.test_reports import refused, send_photo
from tests.factories import picture
from tests.media.pictures import encoded, halves, moving, photo
from tests.media.test_images import png_that_claims

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_reactions")]
URL = "/api/v1/uploads"


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (b"", 400, "photo_empty"),
        (b"MZ\x90 no picture", 400, "not_a_picture"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", 400, "not_a_picture"),
        (b"\xff\xd8\xff\xe0", 400, "photo_damaged"),
        (moving("GIF"), 400, "photo_animated"),
        (moving("WEBP"), 400, "photo_animated"),
        (encoded(halves(1, 60_000)), 400, "photo_too_narrow"),
        (b"\xff\xd8\xff" + b"\0" * 320_000, 413, "photo_too_large"),
        (png_that_claims(40_000, 40_000), 413, "photo_too_many_pixels"),
    ],
)
def test_a_file_that_is_no_photo_of_ours_is_refused_and_nothing_is_kept(
    phone, settings, content, status, code
):
    settings.UPLOAD_MAX_BYTES = 300_000
    answer = (
        send_photo(phone, content)
        if content
        else phone.post(
            URL, {"file": SimpleUploadedFile("a.jpg", b"", "image/jpeg")}, format="multipart"
        )
    )
    refused(answer, status, code)
    assert Upload.objects.count() == 0


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "HEIF", "AVIF"])
def test_every_kind_of_photo_is_taken_by_its_content(phone, kind):
    answer = send_photo(phone, encoded(halves(), kind), name="photo.exe")
    assert answer.status_code == 201
    assert (answer.json()["state"], answer.json()["width"], answer.json()["height"]) == (
        "received",
        80,
        40,
    )
    assert send_photo(phone, encoded(halves(), kind)).status_code in (200, 201)


def test_two_files_at_once_are_refused(phone):
    files = [SimpleUploadedFile(name, picture()) for name in ("a.jpg", "b.jpg")]
    refused(phone.post(URL, {"file": files}, format="multipart"), 400, "too_many_files")
    assert Upload.objects.count() == 0


def test_what_was_announced_must_be_what_came(phone):
    file = lambda: SimpleUploadedFile("a.jpg", photo())  # noqa: E731
    wrong = {"file": file(), "sha256": "0" * 64}
    refused(phone.post(URL, wrong, format="multipart"), 400, "photo_hash_mismatch")
    short = {"file": file(), "bytes": len(photo()) + 1}
    refused(phone.post(URL, short, format="multipart"), 400, "photo_wrong_length")
    refused(
        phone.post(URL, {"file": file(), "sha256": "x"}, format="multipart"),
        400,
        "invalid",
        "sha256",
    )
    assert Upload.objects.count() == 0


def test_a_full_disk_is_503_with_a_time_to_come_back(phone, monkeypatch):
    def full(*_args, **_more):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("media.storage.OriginalsOnDisk._save", full)
    answer = send_photo(phone)
    refused(answer, 503, "storage_full")
    assert answer["Retry-After"] == "60"
    assert Upload.objects.count() == 0


def test_more_than_a_days_share_is_429(phone, settings):
    settings.UPLOAD_QUOTA_BYTES = 100
    answer = send_photo(phone)
    refused(answer, 429, "photo_quota_exceeded")
    assert int(answer["Retry-After"]) > 0


def begin(phone, content, **changed):
    said = {"sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)} | changed
    return phone.post(URL, said)


def piece(phone, upload_id, content, start, end, total=None):
    return phone.patch(
        f"{URL}/{upload_id}",
        content[start:end],
        content_type="application/octet-stream",
        HTTP_CONTENT_RANGE=f"bytes {start}-{end - 1}/{total or len(content)}",
    )


def test_a_photo_comes_in_pieces_and_goes_on_after_hours(phone, settings):
    settings.PHOTO_KEYS = [bytes(range(32))]
    content = photo()
    started = begin(phone, content)
    assert (started.status_code, started.json()["state"]) == (201, "partial")
    upload_id = started.json()["id"]
    assert piece(phone, upload_id, content, 0, 1000).json()["offset"] == 1000
    PartialUpload.objects.update(touched_at=timezone.now() - timedelta(hours=20))
    again = begin(phone, content)
    assert (again.status_code, again.json()["id"], again.json()["offset"]) == (200, upload_id, 1000)
    assert phone.get(f"{URL}/{upload_id}").json()["offset"] == 1000
    last = piece(phone, upload_id, content, 1000, len(content))
    assert last.status_code == 201
    shown = last.json()
    assert (shown["id"], shown["state"], shown["width"]) == (upload_id, "received", 80)
    assert Upload.objects.get().sha256 == hashlib.sha256(content).hexdigest()
    assert PartialUpload.objects.count() == 0
    assert begin(phone, content).json()["state"] == "received"  # not a byte is needed any more


def test_a_piece_in_the_wrong_place_says_where_to_go_on(phone):
    content = photo()
    upload_id = begin(phone, content).json()["id"]
    piece(phone, upload_id, content, 0, 500)
    problem = refused(piece(phone, upload_id, content, 0, 500), 409, "photo_wrong_offset")
    assert problem["offset"] == 500
    assert phone.get(f"{URL}/{upload_id}").json()["offset"] == 500


def test_pieces_that_are_not_what_was_announced_are_thrown_away(phone):
    content = photo()
    upload_id = begin(phone, content, sha256="1" * 64).json()["id"]
    answer = piece(phone, upload_id, content, 0, len(content))
    refused(answer, 400, "photo_hash_mismatch")
    assert (PartialUpload.objects.count(), Upload.objects.count()) == (0, 0)


@pytest.mark.parametrize(
    ("said", "code"),
    [("", "invalid"), ("bytes 5-1/10", "invalid"), ("bytes 0-9/999999", "photo_wrong_length")],
)
def test_a_range_that_cannot_be_is_refused(phone, said, code):
    upload_id = begin(phone, photo()).json()["id"]
    answer = phone.patch(
        f"{URL}/{upload_id}",
        b"0123456789",
        content_type="application/octet-stream",
        HTTP_CONTENT_RANGE=said,
    )
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, code)


def test_somebody_elses_pieces_are_not_there(phone):
    upload_id = begin(phone, photo()).json()["id"]
    other = phone_client()
    refused(other.get(f"{URL}/{upload_id}"), 404, "upload_not_found")
    refused(piece(other, upload_id, photo(), 0, 10), 404, "upload_not_found")


def test_what_will_be_too_large_is_refused_before_it_comes(phone, settings):
    settings.UPLOAD_MAX_BYTES = 1000
    refused(begin(phone, photo(), bytes=1001), 413, "photo_too_large")
    refused(begin(phone, photo(), bytes=0), 400, "photo_empty")


def test_after_a_full_disk_the_pieces_are_still_there(phone, monkeypatch):
    content = photo()
    upload_id = begin(phone, content).json()["id"]
    piece(phone, upload_id, content, 0, 100)

    def full(**_more):
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("media.storage.OriginalsOnDisk._save", lambda *_: full())
        refused(piece(phone, upload_id, content, 100, len(content)), 503, "storage_full")
    assert phone.get(f"{URL}/{upload_id}").json()["offset"] == 100
    assert piece(phone, upload_id, content, 100, len(content)).status_code == 201


def test_what_never_came_whole_is_forgotten(phone):
    begin(phone, photo())
    assert drop_stale(before=timezone.now() - timedelta(hours=1)) == 0
    assert drop_stale(before=timezone.now() + timedelta(seconds=1)) == 1
    assert PartialUpload.objects.count() == 0
