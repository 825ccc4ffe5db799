"""Photos of finished work in which nothing was found go out by themselves, if that is the rule."""

import pytest

from backend.accounts.models import Role
from backend.errors import Conflict
from backend.events import log
from backend.tickets import services
from backend.tickets.services.photos import release_photo, withhold_photo
from media.errors import Damaged
from media.isolation import InThisProcess
from media.models import Upload
from photos.developer import develop_next, look_through_next
from tests.factories import make_category, make_phone, make_staff, make_ticket
from tests.photos.test_developer import send

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_reactions")]


@pytest.fixture(autouse=True)
def clean(settings):
    settings.PHOTO_RELEASE, settings.PHOTO_FINDING = "clean", True


@pytest.fixture
def lan(province):
    return make_staff("lan", Role.DISPATCHER, province.ward)


class Sees(InThisProcess):
    """A decoder that finds what it is told to."""

    def __init__(self, *found, fails: bool = False) -> None:
        self.found, self.fails = list(found), fails

    def find(self, file, *, pixels):
        if self.fails:
            raise Damaged
        return self.found


FACE = {"kind": "face", "x": 0.1, "y": 0.1, "w": 0.2, "h": 0.2}


def resolved(category, agency, actor, upload, *, look=None):
    """A ticket whose work is done and shown by this photo; looked through first, or not."""
    ticket = make_ticket(category, agency)
    ticket = services.accept_ticket(ticket_id=ticket.pk, actor=actor, version=ticket.version)
    develop_next(InThisProcess())
    if look:
        look_through_next(look)
    return services.resolve_ticket(
        ticket_id=ticket.pk,
        actor=actor,
        version=ticket.version,
        note="Đã vá",
        uploads=[upload.pk],
    )


def released(upload) -> bool:
    upload.refresh_from_db()
    return upload.released_at is not None


@pytest.mark.parametrize("looked_first", [True, False])
def test_a_clean_photo_of_the_work_is_released_by_the_rule(province, lan, sequence, looked_first):
    upload = send(lan)
    resolved(province.pothole, province.ward, lan, upload, look=Sees() if looked_first else None)
    assert released(upload) is looked_first
    look_through_next(Sees())
    assert released(upload)
    assert upload.released_by == "system:photos"
    sequence()
    entry = log.rows(0)[-1]
    assert (entry.type, entry.data["change"]) == ("ticket.photo_changed", "released")


@pytest.mark.parametrize("look", [Sees(FACE), Sees(fails=True)])
def test_a_photo_with_a_find_or_that_could_not_be_looked_through_waits_for_a_person(
    province, lan, look
):
    upload = send(lan)
    resolved(province.pothole, province.ward, lan, upload, look=look)
    for _turn in range(5):
        look_through_next(look)
    assert not released(upload)
    assert upload.found == (None if look.fails else [FACE])
    assert look_through_next(look) is False  # it is not tried for ever


def test_a_photo_of_the_scene_is_never_released_by_the_rule(province):
    phone = make_phone()
    upload = send(phone)
    develop_next(InThisProcess())
    make_ticket(province.pothole, province.ward, phone, uploads=[upload.pk])
    look_through_next(Sees())
    assert not released(upload)


def test_a_result_that_waits_for_its_approval_is_not_shown_before_it(province, lan):
    hoa = make_staff("hoa", Role.AGENCY_LEADER, province.ward)
    upload = send(lan)
    ticket = make_ticket(province.noise, province.ward)
    ticket = services.accept_ticket(ticket_id=ticket.pk, actor=lan, version=ticket.version)
    develop_next(InThisProcess())
    ticket = services.propose_resolution(
        ticket_id=ticket.pk, actor=lan, version=ticket.version, note="Xong", uploads=[upload.pk]
    )
    look_through_next(Sees())
    assert not released(upload)
    services.approve_resolution(ticket_id=ticket.pk, actor=hoa, version=ticket.version)
    assert released(upload)


def test_a_photo_of_a_childs_matter_is_not_released_even_where_another_ticket_has_it_too(
    province, lan
):
    child = make_category("TE01", province.pothole.sector, child=True, restricted=True)
    upload = send(lan)
    resolved(child, province.ward, lan, upload, look=Sees())
    assert not released(upload)
    other = resolved(province.pothole, province.ward, lan, upload)
    assert not released(upload)
    with pytest.raises(Conflict) as refusal:
        release_photo(ticket_id=other.pk, upload_id=upload.pk, actor=lan)
    assert refusal.value.code == "photo_never_public"
    assert not released(upload)


def test_what_a_person_took_back_no_rule_releases_again(province, lan):
    upload = send(lan)
    ticket = resolved(province.pothole, province.ward, lan, upload, look=Sees())
    assert released(upload)
    withhold_photo(ticket_id=ticket.pk, upload_id=upload.pk, actor=lan)
    resolved(province.pothole, province.ward, lan, upload)
    assert not released(upload)


def test_where_a_person_is_to_release_nothing_goes_out_by_itself(province, lan, settings):
    settings.PHOTO_RELEASE = "person"
    upload = send(lan)
    resolved(province.pothole, province.ward, lan, upload, look=Sees())
    assert not released(upload)
    assert Upload.objects.get(pk=upload.pk).found == []
