"""A link shows one picture in one size for a few hours, and says nothing else."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.core.files.storage import default_storage

from media import services
from media.developing import begin_again, develop_here
from media.errors import LinkExpired, LinkInvalid, UnknownPhoto
from media.links import PATH, open_signed, signed_path
from media.models import Upload, as_jpeg
from tests.media.pictures import opened, upload

pytestmark = pytest.mark.django_db

NINE = datetime(2026, 3, 1, 9, 0, 1, tzinfo=UTC)
SOMEBODY = Upload(id=uuid.UUID(int=7), state="ready", revision=3)


def keep_upload(**given):
    kept, created = services.keep_upload(**given)
    return develop_here(kept), created


def token_of(path: str) -> str:
    assert path.startswith(PATH)
    return path.removeprefix(PATH)


@pytest.mark.parametrize(("size", "width"), [("view", 80), ("thumb", 80)])
def test_a_link_opens_its_picture(size, width):
    kept, _ = keep_upload(file=upload(), owner="device:1")
    token = token_of(signed_path(kept, size, at=NINE))
    for webp, kind in ((True, "WEBP"), (False, "JPEG")):
        shown = open_signed(token, webp=webp, at=NINE)
        with shown.file as file:
            picture = opened(file.read())
        assert (picture.width, picture.format) == (width, kind)
        assert (shown.content_type, shown.final) == (f"image/{kind.lower()}", True)


def test_each_size_leads_to_its_own_file():
    kept, _ = keep_upload(file=upload(), owner="device:1")
    default_storage.delete(kept.thumb_name)
    assert open_signed(token_of(signed_path(kept, "view"))).file.read()
    with pytest.raises(UnknownPhoto):
        open_signed(token_of(signed_path(kept, "thumb")))


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
    token = token_of(signed_path(kept, "view", at=made_at))
    if good:
        open_signed(token, at=made_at + asked_after)
    else:
        with pytest.raises(LinkExpired) as refusal:
            open_signed(token, at=made_at + asked_after)
        assert refusal.value.code == "photo_link_expired"


def test_a_link_cannot_be_made_or_changed_outside(settings):
    kept, _ = keep_upload(file=upload(), owner="device:1")
    token = token_of(signed_path(kept, "thumb"))
    key, settings.SECRET_KEY = settings.SECRET_KEY, "another"
    foreign = token_of(signed_path(kept, "view"))
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


def test_until_it_is_ready_a_link_shows_a_placeholder_and_then_the_photo():
    kept, _ = services.keep_upload(file=upload(), owner="device:1")
    token = token_of(signed_path(kept, "view"))
    before = open_signed(token)
    assert (opened(before.file.read()).size, before.final) == ((32, 24), False)
    develop_here(kept)
    after = open_signed(token)
    assert (opened(after.file.read()).size, after.final) == ((80, 40), True)


def test_a_link_dies_with_the_copies_that_it_was_made_for(django_capture_on_commit_callbacks):
    kept, _ = keep_upload(file=upload(), owner="device:1")
    token = token_of(signed_path(kept, "view"))
    with django_capture_on_commit_callbacks(execute=True):
        begin_again(kept, boxes=[{"x": 0.0, "y": 0.0, "w": 0.5, "h": 1.0}])
    develop_here(kept)
    with pytest.raises(UnknownPhoto):
        open_signed(token)
    assert open_signed(token_of(signed_path(kept, "view"))).final


def test_a_link_given_while_a_photo_is_covered_anew_is_none_that_showed_it_before(
    django_capture_on_commit_callbacks,
):
    """A browser keeps what a link showed: the same link again would show it from there."""
    kept, _ = services.keep_upload(file=upload(), owner="device:1")
    first = signed_path(kept, "view", at=NINE)
    develop_here(kept)
    assert open_signed(token_of(first), at=NINE).final
    with django_capture_on_commit_callbacks(execute=True):
        begin_again(kept, boxes=[{"x": 0.0, "y": 0.0, "w": 0.5, "h": 1.0}])
    waiting = signed_path(kept, "view", at=NINE)
    assert waiting != first
    assert not open_signed(token_of(waiting), at=NINE).final
    with pytest.raises(UnknownPhoto):
        open_signed(token_of(first), at=NINE)


def test_a_link_for_the_public_dies_when_the_photo_is_withheld():
    kept, _ = keep_upload(file=upload(), owner="device:1")
    token = token_of(signed_path(kept, "thumb", public=True))
    with pytest.raises(UnknownPhoto):
        open_signed(token)
    Upload.objects.update(released_at=NINE)
    assert open_signed(token).final
    Upload.objects.update(released_at=None)
    with pytest.raises(UnknownPhoto):
        open_signed(token)


def test_a_photo_of_before_there_were_twins_is_shown_as_it_is():
    kept, _ = keep_upload(file=upload(), owner="device:1")
    default_storage.delete(as_jpeg(kept.view_name))
    shown = open_signed(token_of(signed_path(kept, "view")), webp=False)
    assert shown.content_type == "image/webp"


def test_a_refused_photo_is_shown_to_nobody():
    kept, _ = keep_upload(file=upload(), owner="device:1")
    token = token_of(signed_path(kept, "view"))
    Upload.objects.update(state="refused", refusal="photo_damaged")
    with pytest.raises(UnknownPhoto):
        open_signed(token)
