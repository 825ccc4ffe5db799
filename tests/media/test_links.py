"""A link shows one picture in one size for a few hours, and says nothing else."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.core.files.storage import default_storage

from media.errors import LinkExpired, LinkInvalid, UnknownPhoto
from media.links import PATH, open_signed, signed_path
from media.services import keep_upload
from tests.media.pictures import opened, upload

pytestmark = pytest.mark.django_db

NINE = datetime(2026, 3, 1, 9, 0, 1, tzinfo=UTC)
SOMEBODY = uuid.UUID(int=7)


def token_of(path: str) -> str:
    assert path.startswith(PATH)
    return path.removeprefix(PATH)


@pytest.mark.parametrize(("size", "width"), [("view", 80), ("thumb", 80)])
def test_a_link_opens_its_picture(size, width):
    kept, _ = keep_upload(file=upload(), owner="device:1")
    file, content_type = open_signed(token_of(signed_path(kept.pk, size, at=NINE)), at=NINE)
    with file:
        assert opened(file.read()).width == width
    assert content_type == "image/webp"


def test_each_size_leads_to_its_own_file():
    kept, _ = keep_upload(file=upload(), owner="device:1")
    default_storage.delete(kept.thumb_name)
    assert open_signed(token_of(signed_path(kept.pk, "view")))[0].read()
    with pytest.raises(UnknownPhoto):
        open_signed(token_of(signed_path(kept.pk, "thumb")))


def test_the_original_has_no_link():
    with pytest.raises(KeyError):
        signed_path(SOMEBODY, "original")


def test_a_link_stays_the_same_for_an_hour_so_that_it_can_be_cached():
    paths = {
        signed_path(SOMEBODY, "view", at=NINE + timedelta(minutes=minutes))
        for minutes in (0, 1, 30, 59)
    }
    assert len(paths) == 1
    assert signed_path(SOMEBODY, "view", at=NINE + timedelta(minutes=60)) not in paths


@pytest.mark.parametrize(
    ("made_at", "asked_after", "good"),
    [
        (NINE, timedelta(hours=2), True),
        (NINE, timedelta(hours=2, minutes=59), True),
        (NINE, timedelta(hours=3), False),
        (NINE + timedelta(minutes=59), timedelta(hours=2), True),
        (NINE + timedelta(minutes=59), timedelta(hours=2, minutes=2), False),
        (NINE, timedelta(days=30), False),
    ],
)
def test_a_link_works_for_two_to_three_hours(made_at, asked_after, good):
    kept, _ = keep_upload(file=upload(), owner="device:1")
    token = token_of(signed_path(kept.pk, "view", at=made_at))
    if good:
        open_signed(token, at=made_at + asked_after)
    else:
        with pytest.raises(LinkExpired) as refusal:
            open_signed(token, at=made_at + asked_after)
        assert refusal.value.code == "photo_link_expired"


def test_a_link_cannot_be_made_or_changed_outside(settings):
    kept, _ = keep_upload(file=upload(), owner="device:1")
    token = token_of(signed_path(kept.pk, "thumb"))
    key, settings.SECRET_KEY = settings.SECRET_KEY, "another"
    foreign = token_of(signed_path(kept.pk, "view"))
    forged = [
        "",
        "x",
        ".",
        "v0-.",
        foreign,
        *(token[:n] + "~" + token[n + 1 :] for n in (0, 3, 20)),
    ]
    forged += [f"v{token[1:]}", token[:-1], token + "x"]
    settings.SECRET_KEY = key
    for attempt in forged:
        with pytest.raises(LinkInvalid) as refusal:
            open_signed(attempt)
        assert refusal.value.code == "photo_link_invalid"


def test_a_link_to_a_photo_that_is_gone_says_so():
    with pytest.raises(UnknownPhoto):
        open_signed(token_of(signed_path(SOMEBODY, "view")))
