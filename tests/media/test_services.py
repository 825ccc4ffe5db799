"""Photos are kept once, whole, for their owner; what is refused leaves nothing behind."""

import hashlib
import os
import threading
import time
import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile, TemporaryUploadedFile
from django.core.management import call_command
from django.db import connection, transaction

from media import services
from media.errors import Damaged, NotAPicture, TooLarge, TooManyPixels, UnknownUpload
from media.models import Upload
from media.services import claim_uploads, keep_upload, remove_unclaimed, uploads_of
from tests.media.pictures import encoded, halves, photo, upload

pytestmark = pytest.mark.django_db

PHONE, OTHER = f"device:{uuid.UUID(int=1)}", f"device:{uuid.UUID(int=2)}"
MORNING = datetime(2026, 3, 1, 1, 15, tzinfo=UTC)


def read(name: str) -> bytes:
    with default_storage.open(name) as file:
        return file.read()


def test_a_photo_is_kept_as_sent_beside_two_pictures_to_show(stored):
    kept, created = keep_upload(file=upload(), owner=PHONE, at=MORNING)
    kept.refresh_from_db()
    assert created
    assert (kept.owner, kept.state, kept.created_at) == (PHONE, "ready", MORNING)
    assert (kept.width, kept.height, kept.bytes) == (80, 40, len(photo()))
    assert kept.sha256 == hashlib.sha256(photo()).hexdigest()
    assert kept.evidence["lat"] == 20.9513
    assert kept.claimed_at is None
    assert stored() == sorted(kept.file_names)
    assert read(kept.original_name) == photo()
    assert (read(kept.view_name)[8:12], read(kept.thumb_name)[8:12]) == (b"WEBP", b"WEBP")


def test_the_phones_name_for_the_file_is_not_used(stored):
    keep_upload(file=upload(name="../../etc/passwd.html"), owner=PHONE)
    assert [name.rpartition("/")[2] for name in stored()] == [
        "original.jpg",
        "thumb.webp",
        "view.webp",
    ]


def test_a_file_on_disk_is_read_in_pieces_and_kept(stored, settings):
    file = TemporaryUploadedFile("big.png", "image/png", 0, None)
    file.write(encoded(halves(1500, 1000), "PNG"))
    file.seek(0)
    kept, _ = keep_upload(file=file, owner=PHONE)
    file.close()
    assert kept.original_name.endswith("original.png")
    assert len(read(kept.original_name)) == kept.bytes
    assert len(stored()) == 3


def test_the_same_bytes_from_the_same_owner_are_the_same_photo(stored):
    content = photo()
    first, _ = keep_upload(file=upload(content), owner=PHONE)
    second, created = keep_upload(file=upload(content, name="again.jpg"), owner=PHONE)
    assert (second.pk, created) == (first.pk, False)
    assert len(stored()) == 3


def test_the_same_bytes_from_another_owner_are_another_photo(stored):
    first, _ = keep_upload(file=upload(), owner=PHONE)
    second, created = keep_upload(file=upload(), owner=OTHER)
    assert created
    assert second.pk != first.pk
    assert len(stored()) == 6


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        (b"", NotAPicture),
        (b"not a picture", NotAPicture),
        (encoded(halves(400, 400), "PNG")[:300], Damaged),
        (encoded(halves(2000, 1100), "PNG"), TooManyPixels),
        (b"\xff\xd8" + b"\0" * 200_000, TooLarge),
    ],
)
def test_a_refused_file_leaves_nothing_behind(settings, stored, content, refusal):
    settings.UPLOAD_MAX_PIXELS = 2_000_000
    settings.UPLOAD_MAX_BYTES = 150_000
    with pytest.raises(refusal):
        keep_upload(file=upload(content), owner=PHONE)
    assert not Upload.objects.exists()
    assert stored() == []


def test_too_large_says_how_large_is_still_taken(settings):
    settings.UPLOAD_MAX_BYTES = 1024 * 1024
    with pytest.raises(TooLarge) as refusal:
        keep_upload(file=upload(b"\0" * (1024 * 1024 + 1)), owner=PHONE)
    assert refusal.value.code == "photo_too_large"
    assert "1 MB" in str(refusal.value.detail)


def test_files_are_removed_when_the_row_cannot_be_kept(monkeypatch, stored):
    def fail(**_kwargs):
        raise RuntimeError("no row")

    monkeypatch.setattr(Upload.objects, "get_or_create", fail)
    with pytest.raises(RuntimeError):
        keep_upload(file=upload(), owner=PHONE)
    assert stored() == []


def test_files_are_removed_when_the_storage_fails_halfway(monkeypatch, stored):
    save = default_storage.save

    def fail_at_the_thumb(name, content):
        if "thumb" in name:
            raise OSError("disk full")
        return save(name, content)

    monkeypatch.setattr(default_storage, "save", fail_at_the_thumb)
    with pytest.raises(OSError, match="disk full"):
        keep_upload(file=upload(), owner=PHONE)
    assert not Upload.objects.exists()
    assert stored() == []


def test_a_storage_in_memory_serves_as_well(settings):
    settings.STORAGES = settings.STORAGES | {
        "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"}
    }
    kept, _ = keep_upload(file=upload(), owner=PHONE)
    assert read(kept.original_name) == photo()


def test_who_comes_second_gets_the_first_ones_photo_and_leaves_no_files(monkeypatch, stored):
    """Both looked and saw nothing; the other's row is there by the time ours is written."""
    sanitise = services.sanitise
    first: list[Upload] = []

    def overtaken(*args):
        monkeypatch.setattr(services, "sanitise", sanitise)
        first.append(keep_upload(file=upload(), owner=PHONE)[0])
        return sanitise(*args)

    monkeypatch.setattr(services, "sanitise", overtaken)
    second, created = keep_upload(file=upload(), owner=PHONE)
    assert (second.pk, created) == (first[0].pk, False)
    assert stored() == sorted(second.file_names)


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_eight_at_once_keep_one(stored):
    answers: list[tuple[uuid.UUID, bool]] = []
    start = threading.Barrier(8)

    def send() -> None:
        try:
            start.wait()
            kept, created = keep_upload(file=upload(), owner=PHONE)
            answers.append((kept.pk, created))
        finally:
            connection.close()

    threads = [threading.Thread(target=send) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 8
    assert len({pk for pk, _ in answers}) == 1
    assert sum(created for _, created in answers) == 1
    assert len(stored()) == 3


def two_photos() -> tuple[Upload, Upload]:
    one, _ = keep_upload(file=upload(), owner=PHONE, at=MORNING)
    other, _ = keep_upload(file=upload(encoded(halves(20, 20))), owner=PHONE, at=MORNING)
    return one, other


def test_an_owners_photos_come_in_the_order_asked_for_each_once():
    one, other = two_photos()
    assert uploads_of(PHONE, [other.pk, one.pk, other.pk]) == [other, one]
    assert uploads_of(PHONE, []) == []


def test_a_foreign_photo_and_none_look_alike():
    one, other = two_photos()
    for owner, ids in ((OTHER, [one.pk]), (PHONE, [one.pk, uuid.uuid4(), other.pk])):
        with pytest.raises(UnknownUpload) as refusal:
            uploads_of(owner, ids)
        assert refusal.value.code == "unknown_upload"


def test_claiming_twice_is_as_claiming_once():
    one, other = two_photos()
    claim_uploads([one], at=MORNING)
    claim_uploads([one, other], at=MORNING + timedelta(hours=1))
    one.refresh_from_db()
    other.refresh_from_db()
    assert (one.claimed_at, other.claimed_at) == (MORNING, MORNING + timedelta(hours=1))


def test_a_photo_swept_away_in_between_cannot_be_claimed():
    one, other = two_photos()
    Upload.objects.filter(pk=other.pk).delete()
    with pytest.raises(UnknownUpload):
        claim_uploads([one, other], at=MORNING)
    one.refresh_from_db()
    assert one.claimed_at is None


@pytest.mark.django_db(transaction=True)
def test_photos_that_no_report_claimed_are_swept_away_with_their_files(stored):
    one, _unclaimed = two_photos()
    late, _ = keep_upload(file=upload(encoded(halves(30, 30))), owner=PHONE)
    claim_uploads([one], at=MORNING)
    assert remove_unclaimed(before=MORNING + timedelta(hours=1)) == 1
    assert set(Upload.objects.all()) == {one, late}
    assert stored() == sorted([*one.file_names, *late.file_names])
    assert remove_unclaimed(before=MORNING + timedelta(hours=1)) == 0


@pytest.mark.django_db(transaction=True)
def test_the_sweep_finds_the_files_of_a_row_that_was_rolled_back(stored, uploads, capsys):
    one, other = two_photos()
    with transaction.atomic():
        keep_upload(file=upload(encoded(halves(30, 30))), owner=PHONE)
        transaction.set_rollback(True)  # as when the caller fails afterwards
    assert len(stored()) == 9
    for name in stored():
        past = time.time() - 100 * 3600
        os.utime(uploads / name, (past, past))
    claim_uploads([one, other])
    call_command("sweep_uploads", "--orphans")
    assert capsys.readouterr().out == "0 photos removed.\n1 orphans removed.\n"
    assert stored() == sorted([*one.file_names, *other.file_names])


def test_a_sweep_of_an_empty_storage_finds_nothing(capsys):
    call_command("sweep_uploads", "--orphans", "--hours", "1")
    assert capsys.readouterr().out == "0 photos removed.\n0 orphans removed.\n"


def test_a_file_that_cannot_be_removed_stops_nothing(monkeypatch, caplog):
    one, other = two_photos()

    def fail(name):
        raise OSError(name)

    monkeypatch.setattr(default_storage, "delete", fail)
    from media.storage import remove_files

    remove_files([one.view_name, other.view_name])
    assert [record.levelname for record in caplog.records] == ["ERROR", "ERROR"]


def test_an_upload_without_a_name_of_its_own_is_kept_too():
    kept, created = keep_upload(file=SimpleUploadedFile("x", photo()), owner=PHONE)
    assert created
    assert kept.original_name.endswith(".jpg")
