"""Photos are kept once, whole, for their owner; what is refused leaves nothing behind."""

import errno
import hashlib
import os
import re
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
from media.developing import develop_here
from media.errors import (
    Animated,
    Damaged,
    Empty,
    HashMismatch,
    NotAPicture,
    QuotaExceeded,
    StorageFull,
    TooLarge,
    TooManyPixels,
    TooNarrow,
    UnknownUpload,
    WrongLength,
)
from media.models import Upload
from media.services import claim_uploads, remove_unclaimed, uploads_of
from media.storage import originals
from tests.media.pictures import encoded, halves, moving, photo, upload

pytestmark = pytest.mark.django_db

PHONE, OTHER = f"device:{uuid.UUID(int=1)}", f"device:{uuid.UUID(int=2)}"
MORNING = datetime(2026, 3, 1, 1, 15, tzinfo=UTC)


def read(name: str) -> bytes:
    with (originals() if "original" in name else default_storage).open(name) as file:
        return file.read()


def keep_upload(**given) -> tuple[Upload, bool]:
    """Keep a photo and develop it at once."""
    kept, created = services.keep_upload(**given)
    return (develop_here(kept) if kept.state == "received" else kept), created


def names_of(*uploads: Upload) -> list[str]:
    return sorted(name for each in uploads for name in (each.original_name, *each.copy_names))


def test_a_photo_is_kept_as_sent_beside_two_pictures_to_show(stored):
    kept, created = keep_upload(file=upload(), owner=PHONE, at=MORNING)
    kept.refresh_from_db()
    assert created
    assert (kept.owner, kept.state, kept.created_at) == (PHONE, "ready", MORNING)
    assert (kept.width, kept.height, kept.bytes) == (80, 40, len(photo()))
    assert kept.sha256 == hashlib.sha256(photo()).hexdigest()
    assert kept.evidence["lat"] == 20.9513
    assert kept.claimed_at is None
    assert stored() == names_of(kept)
    assert read(kept.original_name) == photo()
    assert (read(kept.view_name)[8:12], read(kept.thumb_name)[8:12]) == (b"WEBP", b"WEBP")


def test_the_phones_name_for_the_file_is_not_used(stored):
    keep_upload(file=upload(name="../../etc/passwd.html"), owner=PHONE)
    names = [re.sub("[0-9a-f]{8}", "…", name.rpartition("/")[2]) for name in stored()]
    assert sorted(names) == [
        "1-…-thumb.jpg",
        "1-…-thumb.webp",
        "1-…-view.jpg",
        "1-…-view.webp",
        "…-original.jpg",
    ]


def test_a_file_on_disk_is_read_in_pieces_and_kept(stored, settings):
    file = TemporaryUploadedFile("big.png", "image/png", 0, None)
    file.write(encoded(halves(1500, 1000), "PNG"))
    file.seek(0)
    kept, _ = keep_upload(file=file, owner=PHONE)
    file.close()
    assert kept.original_name.endswith("original.png")
    assert len(read(kept.original_name)) == kept.bytes
    assert len(stored()) == 5


def test_the_same_bytes_from_the_same_owner_are_the_same_photo(stored):
    content = photo()
    first, _ = keep_upload(file=upload(content), owner=PHONE)
    second, created = keep_upload(file=upload(content, name="again.jpg"), owner=PHONE)
    assert (second.pk, created) == (first.pk, False)
    assert len(stored()) == 5


def test_the_same_bytes_from_another_owner_are_another_photo(stored):
    first, _ = keep_upload(file=upload(), owner=PHONE)
    second, created = keep_upload(file=upload(), owner=OTHER)
    assert created
    assert second.pk != first.pk
    assert len(stored()) == 10


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        (b"", Empty),
        (b"not a picture", NotAPicture),
        (encoded(halves(400, 400), "PNG")[:20], Damaged),
        (encoded(halves(40, 40), "GIF"), NotAPicture),
        (moving("WEBP"), Animated),
        (moving("PNG"), Animated),
        (moving("GIF"), Animated),
        (moving("AVIF"), Animated),
        (encoded(halves(1, 60_000)), TooNarrow),
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


@pytest.mark.parametrize("sealed", [False, True])
def test_a_full_disk_keeps_nothing_half_written(monkeypatch, settings, stored, sealed):
    """The real storage on a disk that takes half of the file."""
    settings.PHOTO_KEYS = [bytes(32)] if sealed else []
    fdopen = os.fdopen

    class UntilFull:
        def __init__(self, descriptor, mode):
            self.file = fdopen(descriptor, mode)
            self.close = self.file.close

        def write(self, data):
            self.file.write(data[: len(data) // 2])
            self.file.flush()
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("django.core.files.storage.filesystem.os.fdopen", UntilFull)
    with pytest.raises(StorageFull) as refusal:
        services.keep_upload(file=upload(), owner=PHONE)
    monkeypatch.undo()
    assert refusal.value.code == "storage_full"
    assert (Upload.objects.count(), stored()) == (0, [])


def test_a_disk_that_fills_while_copies_are_made_keeps_none_of_them(monkeypatch, stored):
    kept, _ = services.keep_upload(file=upload(), owner=PHONE)
    save = default_storage.save

    def full_at_the_thumb(name, content):
        if "thumb" in name:
            raise OSError(errno.ENOSPC, "No space left on device")
        return save(name, content)

    monkeypatch.setattr(default_storage, "save", full_at_the_thumb)
    with pytest.raises(StorageFull):
        develop_here(kept)
    kept.refresh_from_db()
    assert (kept.state, stored()) == ("received", [kept.original_name])


def test_what_was_announced_is_compared_with_what_came(stored):
    digest = hashlib.sha256(photo()).hexdigest()
    with pytest.raises(WrongLength):
        services.keep_upload(file=upload(), owner=PHONE, size=len(photo()) - 1)
    with pytest.raises(HashMismatch):
        services.keep_upload(file=upload(), owner=PHONE, sha256="0" * 64)
    assert stored() == []
    kept, _ = services.keep_upload(
        file=upload(), owner=PHONE, size=len(photo()), sha256=digest.upper()
    )
    assert kept.sha256 == digest


def test_one_sender_can_send_so_much_in_a_day_and_another_still_may(settings, stored):
    settings.UPLOAD_QUOTA_BYTES = len(photo()) + 100
    keep_upload(file=upload(), owner=PHONE)
    with pytest.raises(QuotaExceeded):
        services.keep_upload(file=upload(encoded(halves(90, 40))), owner=PHONE)
    keep_upload(file=upload(encoded(halves(90, 40))), owner=OTHER)
    assert Upload.objects.count() == 2


def test_a_photo_is_not_judged_by_its_name(stored):
    kept, _ = services.keep_upload(file=upload(encoded(halves(), "PNG"), "a.jpg"), owner=PHONE)
    assert kept.original_name.endswith(".png")
    with pytest.raises(NotAPicture):
        services.keep_upload(file=upload(b"<svg/>", "photo.jpg"), owner=PHONE)


def test_a_storage_in_memory_serves_as_well(settings):
    settings.STORAGES = settings.STORAGES | {
        "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"}
    }
    kept, _ = keep_upload(file=upload(), owner=PHONE)
    assert read(kept.original_name) == photo()


def test_who_comes_second_gets_the_first_ones_photo_and_leaves_no_files(monkeypatch, stored):
    """Both looked and saw nothing; the other's row is there by the time ours is written."""
    read_header = services.read_header
    first: list[Upload] = []

    def overtaken(file):
        monkeypatch.setattr(services, "read_header", read_header)
        first.append(keep_upload(file=upload(), owner=PHONE)[0])
        return read_header(file)

    monkeypatch.setattr(services, "read_header", overtaken)
    second, created = keep_upload(file=upload(), owner=PHONE)
    assert (second.pk, created) == (first[0].pk, False)
    assert stored() == names_of(second)


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_eight_at_once_keep_one(stored):
    answers: list[tuple[uuid.UUID, bool]] = []
    start = threading.Barrier(8)

    def send() -> None:
        try:
            start.wait()
            kept, created = services.keep_upload(file=upload(), owner=PHONE)
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
    assert len(stored()) == 1


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
    assert stored() == names_of(one, late)
    assert remove_unclaimed(before=MORNING + timedelta(hours=1)) == 0


@pytest.mark.django_db(transaction=True)
def test_the_sweep_finds_the_files_of_a_row_that_was_rolled_back(stored, uploads, capsys):
    one, other = two_photos()
    with transaction.atomic():
        keep_upload(file=upload(encoded(halves(30, 30))), owner=PHONE)
        transaction.set_rollback(True)  # as when the caller fails afterwards
    assert len(stored()) == 15
    for name in stored():
        past = time.time() - 100 * 3600
        folder = uploads.parent / "originals" if "original" in name else uploads
        os.utime(folder / name, (past, past))
    claim_uploads([one, other])
    call_command("prune_uploads", "--orphans")
    assert capsys.readouterr().out == (
        "0 photos that no report claimed.\n0 photos that never came whole.\n1 orphans.\n"
    )
    assert stored() == names_of(one, other)


def test_a_sweep_of_an_empty_storage_finds_nothing(capsys):
    call_command("prune_uploads", "--orphans", "--hours", "1")
    assert capsys.readouterr().out == (
        "0 photos that no report claimed.\n0 photos that never came whole.\n0 orphans.\n"
    )


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
