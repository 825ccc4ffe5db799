"""Each class of data has its time, and what is kept is compared with the record."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.utils import timezone

from media import services
from media.developing import develop_here
from media.models import PartialUpload, Upload
from media.partials import append, begin
from media.storage import originals
from tests.media.pictures import encoded, halves, upload

pytestmark = pytest.mark.django_db
NOW = timezone.now()


def kept(width: int, *, days: int = 0) -> Upload:
    file = upload(encoded(halves(width, 40)))
    made = services.keep_upload(file=file, owner="device:1", at=NOW - timedelta(days=days))[0]
    services.claim_uploads([made])
    return develop_here(made)


def verified(capsys) -> tuple[bool, list[str]]:
    try:
        call_command("verify_uploads")
    except CommandError:
        return False, sorted(capsys.readouterr().out.splitlines())
    return True, capsys.readouterr().out.splitlines()


def test_a_storage_as_the_record_says_is_well(capsys):
    kept(80)
    well, lines = verified(capsys)
    assert (well, lines) == (True, ["Every file is there, unchanged, and belongs to a photo."])


@pytest.mark.parametrize("sealed", [False, True])
def test_what_is_missing_changed_or_nobodys_is_named(capsys, settings, sealed):
    settings.PHOTO_KEYS = [bytes(32)] if sealed else []
    changed, gone, whole = kept(80), kept(90), kept(100)
    path = Path(originals().path(changed.original_name))
    path.write_bytes(path.read_bytes()[:-1] + b"\x00")
    originals().delete(gone.original_name)
    default_storage.delete(gone.thumb_name)
    folder = whole.view_name.rpartition("/")[0]
    default_storage.save(f"{folder}/7-view.webp", ContentFile(b"x"))
    default_storage.save(f"photos/ab/{'ab' * 16}/1-view.webp", ContentFile(b"x"))
    originals().save(f"parts/{'cd' * 16}/00000000-1", ContentFile(b"x"))
    well, lines = verified(capsys)
    assert not well
    assert lines == sorted(
        [
            f"changed: {changed.original_name}",
            f"missing: {gone.original_name}",
            f"missing: {gone.thumb_name}",
            f"orphaned: {folder}/7-view.webp",
            f"orphaned: photos/ab/{'ab' * 16}/1-view.webp",
            f"orphaned: parts/{'cd' * 16}/00000000-1",
        ]
    )


def test_what_the_killed_left_behind_is_swept_away_and_pieces_on_their_way_stay(stored):
    whole = kept(80)
    coming = begin(owner="device:2", sha256="1" * 64, size=10)[0]
    append(owner="device:2", upload_id=coming.pk, start=0, total=10, content=b"12345")
    rightly = stored()
    folder = whole.view_name.rpartition("/")[0]
    default_storage.save(f"{folder}/1-killed-view.webp", ContentFile(b"uncovered"))
    originals().save(f"parts/{coming.pk.hex}/00000005-killed", ContentFile(b"67890"))
    originals().save(f"parts/{'cd' * 16}/00000000-killed", ContentFile(b"x"))
    assert services.remove_orphans(before=timezone.now() - timedelta(hours=1)) == 0
    assert services.remove_orphans(before=timezone.now() + timedelta(seconds=5)) == 3
    assert stored() == rightly


@pytest.mark.django_db(transaction=True)
def test_originals_and_cameras_accounts_have_their_own_time(settings, capsys, stored):
    settings.KEEP_ORIGINALS_DAYS, settings.KEEP_EVIDENCE_DAYS = 30, 10
    old, middle, new = kept(80, days=40), kept(90, days=20), kept(100)
    Upload.objects.update(evidence={"make": "Apple"})
    begin(owner="device:2", sha256="1" * 64, size=10)
    PartialUpload.objects.update(touched_at=NOW - timedelta(days=9))
    call_command("prune_uploads")
    assert capsys.readouterr().out.splitlines() == [
        "0 photos that no report claimed.",
        "1 photos that never came whole.",
        "1 originals older than 30 days.",
        "2 cameras' accounts older than 10 days.",
    ]
    for each in (old, middle, new):
        each.refresh_from_db()
    assert [bool(each.original_name) for each in (old, middle, new)] == [False, True, True]
    assert [each.evidence for each in (old, middle)] == [{}, {}]
    assert set(old.copy_names) <= set(stored())
    assert verified(capsys)[0]


@pytest.mark.django_db(transaction=True)
def test_hours_of_none_keep_what_nobody_claimed(settings, capsys, stored):
    kept(80)
    rightly = stored()
    Upload.objects.update(claimed_at=None, created_at=NOW - timedelta(days=900))
    call_command("prune_uploads", "--hours", "0", "--orphans")
    assert capsys.readouterr().out == "0 orphans.\n"
    assert stored() == rightly
