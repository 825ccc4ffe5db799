"""From what was sent to what is shown: once, by whoever claims it, and told when it is done."""

import uuid
from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone

from media import developing, services
from media.developing import begin_again, claim, develop, settle
from media.errors import Damaged, StorageFull
from media.isolation import Interrupted, InThisProcess
from media.models import LikenessPart, Upload
from tests.media.pictures import encoded, halves, opened, upload

pytestmark = pytest.mark.django_db
PHONE = f"device:{uuid.UUID(int=1)}"


class Lost(InThisProcess):
    def derive(self, *args, **more):
        raise Interrupted


class Refuses(InThisProcess):
    def derive(self, *args, **more):
        raise Damaged


class Full(InThisProcess):
    def derive(self, *args, **more):
        raise StorageFull

    def find(self, *args, **more):
        raise StorageFull


def kept(size: int = 80) -> Upload:
    return services.keep_upload(file=upload(encoded(halves(size, 40))), owner=PHONE)[0]


def test_the_oldest_is_claimed_first_and_nobody_else_gets_it():
    first, second = kept(80), kept(90)
    assert [claim(), claim(), claim()] == [first, second, None]
    assert not developing.waiting()


def test_a_claim_ends_by_itself():
    photo = kept()
    assert claim() == photo
    Upload.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    again = claim()
    assert again is not None
    assert (again.pk, again.attempts) == (photo.pk, 2)


def test_a_claim_that_is_renewed_does_not_end():
    kept()
    mine = claim()
    Upload.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    developing.renew(mine)
    assert claim() is None


def test_who_was_thought_dead_does_not_renew_the_claim_of_another():
    kept()
    mine = claim()
    soon = timezone.now() - timedelta(seconds=1)
    Upload.objects.update(lease_until=soon)
    theirs = claim()
    Upload.objects.update(lease_until=soon)
    developing.renew(mine)
    assert Upload.objects.get().lease_until == soon
    developing.renew(theirs)
    assert claim() is None


def test_a_photo_whose_decoder_was_lost_is_tried_again_much_later():
    kept()
    develop(claim(), Lost())
    row = Upload.objects.get()
    assert row.lease_until > timezone.now() + timedelta(minutes=9)


def test_a_photo_that_ends_its_decoder_three_times_is_refused():
    kept()
    for _turn in range(2):
        Upload.objects.update(lease_until=None)
        assert develop(claim(), Lost()) is None
    Upload.objects.update(lease_until=None)
    made = develop(claim(), Lost())
    assert made is not None
    assert settle(made) is True
    row = Upload.objects.get()
    assert (row.state, row.refusal) == ("refused", "photo_too_costly")


def test_a_photo_that_cannot_be_decoded_says_why():
    photo = kept()
    made = develop(claim(), Refuses())
    settle(made)
    photo.refresh_from_db()
    assert (photo.state, photo.refusal, photo.copy_names) == ("refused", "photo_damaged", ())


def test_a_photo_without_its_original_says_so(stored):
    photo = kept()
    services.remove_files([photo.original_name], services.originals())
    settle(develop(claim(), InThisProcess()))
    photo.refresh_from_db()
    assert photo.refusal == "photo_original_missing"


@pytest.mark.django_db(transaction=True)
def test_what_was_covered_while_copies_were_made_is_never_shown_uncovered(stored):
    photo = kept()
    made = develop(claim(), InThisProcess())  # of the uncovered picture
    with transaction.atomic():
        begin_again(photo, boxes=[{"x": 0.0, "y": 0.0, "w": 1.0, "h": 1.0}])
    with transaction.atomic():
        assert settle(made) is False
    assert stored() == [photo.original_name]
    settle(develop(claim(), InThisProcess()))
    photo.refresh_from_db()
    assert (photo.state, photo.revision) == ("ready", 2)
    with default_storage.open(photo.view_name) as file:
        assert max(opened(file.read()).getpixel((10, 10))) < 60


@pytest.mark.django_db(transaction=True)
def test_who_wakes_after_their_lease_takes_away_no_copy_but_their_own(stored):
    photo = kept()
    slept = develop(claim(), InThisProcess())
    Upload.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    with transaction.atomic():
        assert settle(develop(claim(), InThisProcess())) is True
    with transaction.atomic():
        assert settle(slept) is False
    photo.refresh_from_db()
    assert photo.state == "ready"
    assert stored() == sorted([photo.original_name, *photo.copy_names])


@pytest.mark.django_db(transaction=True)
def test_covering_takes_every_old_copy_away(stored):
    photo = kept()
    settle(develop(claim(), InThisProcess()))
    photo.refresh_from_db()
    old = set(photo.copy_names)
    assert old < set(stored())
    with transaction.atomic():
        begin_again(photo, boxes=[{"x": 0.0, "y": 0.0, "w": 0.5, "h": 0.5}])
    assert stored() == [photo.original_name]
    settle(develop(claim(), InThisProcess()))
    photo.refresh_from_db()
    assert old & {*photo.copy_names} == set()
    assert LikenessPart.objects.filter(upload=photo).count() == 4


def test_a_full_disk_refuses_no_photo_and_takes_none_for_looked_through():
    photo = kept()
    with pytest.raises(StorageFull):
        develop(claim(), Full())
    photo.refresh_from_db()
    assert (photo.state, photo.refusal, photo.attempts) == ("received", "", 0)
    Upload.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    settle(develop(claim(), InThisProcess()))
    with pytest.raises(StorageFull):
        developing.look_through(Upload.objects.get(), Full())
    assert Upload.objects.get().found is None
