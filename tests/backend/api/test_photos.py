"""What staff see of a photo and do to it, and what the public never sees."""

import orjson
import pytest
from django.core.files.base import ContentFile
from django.utils import timezone

from backend.accounts.models import Role
from backend.accounts.principal import of_device
from backend.events import log
from backend.tickets.models import OriginalLook, Ticket, TicketPhoto
from media.developing import claim, develop, develop_here, settle
from media.isolation import InThisProcess
from media.models import Upload
from media.services import keep_upload
from realtime import shelf
from realtime.audiences import PUBLIC
from tests.backend.api.conftest import phone_client, staff_client
from tests.backend.api.test_reports import refused
from tests.factories import make_category, make_phone, make_ticket, make_upload
from tests.media.pictures import encoded, exif, halves, opened, photo

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_reactions")]
BOX = {"x": 0.5, "y": 0.0, "w": 0.5, "h": 1.0}


@pytest.fixture
def taken(province):
    """A ticket with one photo of the scene, taken as its camera says."""
    return scene(province.pothole, province.ward)


def scene(category, agency, content=None) -> tuple[Ticket, Upload]:
    phone = make_phone()
    upload = keep_upload(file=ContentFile(content or photo(), "a.jpg"), owner=phone.key)[0]
    develop_here(upload)
    return make_ticket(category, agency, phone, uploads=[upload.pk]), upload


def address(ticket, upload, tail="") -> str:
    return f"/api/v1/tickets/{ticket.pk}/photos/{upload.pk}{tail}"


def develop_again() -> None:
    settle(develop(claim(), InThisProcess()))


def test_staff_are_shown_what_the_camera_says_as_facts(taken, desk):
    ticket, upload = taken
    shown = desk.get(address(ticket, upload)).json()
    assert shown["evidence"]["taken_at"] == "2026-03-01T08:15:00+07:00"
    assert shown["evidence"]["location"]["lat"] == 20.9513
    codes = {fact["code"] for fact in shown["facts"]}
    assert codes == {"taken_far", "taken_before"}  # 2.6 km away, and months before
    [far] = [fact for fact in shown["facts"] if fact["code"] == "taken_far"]
    assert 2_500 < far["distance_m"] < 2_700
    listed = desk.get(f"/api/v1/tickets/{ticket.pk}").json()["photos"][0]
    assert (listed["state"], listed["released"]) == ("ready", False)
    assert listed["facts"] == shown["facts"]


def test_the_reporter_and_the_public_are_not_shown_the_facts(taken, client):
    _ticket, upload = taken
    Upload.objects.update(released_at=upload.created_at)
    Ticket.objects.update(published=True)
    public = client.get("/api/v1/public/tickets").json()["results"][0]
    assert "facts" not in public["photos"][0]
    assert "evidence" not in str(public)


def test_the_same_picture_sent_before_is_shown_with_its_ticket(province, desk, other_desk):
    scenery = encoded(halves(1200, 900).rotate(7, expand=True), quality=95)
    first, _upload = scene(province.pothole, province.ward, scenery)
    smaller = encoded(opened(scenery).resize((600, 450)), quality=60)
    second, upload = scene(province.noise, province.ward, smaller)
    [same] = desk.get(address(second, upload)).json()["same"]
    assert (same["ticket"], same["report_no"]) == (str(first.pk), first.report.report_no)
    assert same["bits"] <= 3
    elsewhere, other = scene(province.noise, province.other_ward, smaller)
    assert other_desk.get(address(elsewhere, other)).json()["same"] == []  # not theirs to see


def test_covering_burns_into_every_copy_and_old_links_die(taken, desk, client):
    ticket, upload = taken
    before = desk.get(address(ticket, upload)).json()
    assert client.get(before["view_url"]).status_code == 200
    covered = desk.put(address(ticket, upload, "/boxes"), {"boxes": [BOX]})
    assert (covered.status_code, covered.json()["state"]) == (200, "received")
    assert client.get(before["view_url"]).status_code == 404
    develop_again()
    after = desk.get(address(ticket, upload)).json()
    assert after["boxes"] == [BOX]
    for accept in ("image/webp", "image/png,image/*;q=0.8"):
        for url in (after["view_url"], after["thumb_url"]):
            answer = client.get(url, HTTP_ACCEPT=accept)
            picture = opened(b"".join(answer.streaming_content))
            assert max(picture.getpixel((70, 20))) < 60
            assert picture.getpixel((10, 20))[0] > 150


def test_only_who_may_see_the_original_uncovers(taken, desk, leader, sequence):
    ticket, upload = taken
    desk.put(address(ticket, upload, "/boxes"), {"boxes": [BOX]})
    develop_again()
    refused(desk.put(address(ticket, upload, "/boxes"), {"boxes": []}), 403, "photo_not_yours")
    more = {"x": 0.0, "y": 0.0, "w": 0.1, "h": 0.1}
    assert desk.put(address(ticket, upload, "/boxes"), {"boxes": [BOX, more]}).status_code == 200
    develop_again()
    assert leader.put(address(ticket, upload, "/boxes"), {"boxes": []}).status_code == 200
    sequence()
    changes = [row.data["change"] for row in log.rows(0) if row.type == "ticket.photo_changed"]
    assert changes == ["covered", "covered", "uncovered"]


@pytest.mark.parametrize(
    "boxes", [[{**BOX, "x": 1.5}], [{**BOX, "w": 0}], [{"x": 0}], "all", [BOX] * 101]
)
def test_boxes_that_are_none_are_refused(taken, desk, boxes):
    ticket, upload = taken
    assert desk.put(address(ticket, upload, "/boxes"), {"boxes": boxes}).status_code == 400
    upload.refresh_from_db()
    assert (upload.boxes, upload.state) == ([], "ready")


def test_nothing_is_public_before_a_person_released_it(taken, leader, desk, client):
    ticket, upload = taken
    public = lambda: client.get("/api/v1/public/tickets").json()["results"][0]["photos"]  # noqa: E731
    assert public() == []
    refused(desk.put(address(ticket, upload, "/release")), 403, "photo_not_yours")
    assert leader.put(address(ticket, upload, "/release")).json()["released"] is True
    [shown] = public()
    assert client.get(shown["view_url"]).status_code == 200
    assert leader.delete(address(ticket, upload, "/release")).json()["released"] is False
    assert public() == []
    assert client.get(shown["view_url"]).status_code == 404


def test_uncovering_takes_a_photo_from_the_public(taken, leader, client):
    ticket, upload = taken
    leader.put(address(ticket, upload, "/boxes"), {"boxes": [BOX]})
    develop_again()
    leader.put(address(ticket, upload, "/release"))
    leader.put(address(ticket, upload, "/boxes"), {"boxes": []})
    develop_again()
    assert client.get("/api/v1/public/tickets").json()["results"][0]["photos"] == []


def test_a_photo_of_a_childs_matter_is_never_released(province, centre, client):
    child = make_category("TE01", province.pothole.sector, child=True, restricted=True)
    ticket, upload = scene(child, province.ward)
    refused(centre.put(address(ticket, upload, "/release")), 403, "photo_not_yours")
    Upload.objects.update(released_at=upload.created_at)
    Ticket.objects.update(published=True, restricted=False)
    for shown in client.get("/api/v1/public/tickets").json()["results"]:
        assert shown["photos"] == []


@pytest.mark.parametrize("as_proof", [False, True])
def test_a_photo_sent_later_with_a_childs_matter_leaves_the_public(
    province, leader, client, as_proof
):
    child = make_category("TE01", province.pothole.sector, child=True, restricted=True)
    ticket, upload = scene(province.pothole, province.ward)
    leader.put(address(ticket, upload, "/release"))
    page, one = "/api/v1/public/tickets", f"/api/v1/public/tickets/{ticket.pk}"
    [shown] = client.get(one).json()["photos"]
    assert client.get(shown["view_url"]).status_code == 200
    reporter = ticket.report.device
    if as_proof:
        other = make_ticket(child, province.ward)
        TicketPhoto.objects.create(ticket=other, upload=upload, added_at=timezone.now())
    else:
        make_ticket(child, province.ward, of_device(reporter), uploads=[upload.pk])
    assert client.get(shown["view_url"]).status_code == 404
    assert client.get(one).json()["photos"] == []
    assert client.get(page).json()["results"][0]["photos"] == []
    [subject] = shelf.for_all([str(ticket.pk)], timezone.now()).values()
    assert orjson.loads(orjson.dumps(subject.shown(PUBLIC)))["photos"] == []


def test_the_original_is_for_few_and_each_look_is_kept(taken, desk, leader, centre, province):
    ticket, upload = taken
    refused(desk.get(address(ticket, upload, "/original")), 403, "photo_not_yours")
    admin = staff_client("quan", Role.ADMINISTRATOR)
    refused(admin.get(address(ticket, upload, "/original")), 403, "photo_not_yours")
    assert OriginalLook.objects.count() == 0
    answer = leader.get(address(ticket, upload, "/original"))
    assert b"".join(answer.streaming_content) == photo()
    assert answer["Content-Disposition"].startswith("attachment")
    assert (answer["X-Content-Type-Options"], answer["Cache-Control"]) == ("nosniff", "no-store")
    centre.get(address(ticket, upload, "/original"))
    looks = list(OriginalLook.objects.order_by("at").values_list("user__username", "upload_id"))
    assert looks == [("hoa", upload.pk), ("minh", upload.pk)]


def test_a_picture_is_sent_as_nothing_but_a_picture(taken, desk, client):
    ticket, upload = taken
    answer = client.get(desk.get(address(ticket, upload)).json()["thumb_url"])
    assert answer["Content-Type"] == "image/webp"
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Disposition"] == "inline"
    assert "Accept" in answer["Vary"]
    assert "immutable" in answer["Cache-Control"]


def test_nginx_is_told_where_the_picture_lies(taken, desk, client, settings):
    settings.PHOTO_ACCEL = "/protected/"
    ticket, upload = taken
    answer = client.get(desk.get(address(ticket, upload)).json()["view_url"])
    assert answer["X-Accel-Redirect"] == f"/protected/{upload.view_name}"
    assert (answer.content, answer["Content-Type"]) == (b"", "image/webp")


def test_a_photo_that_waits_is_shown_as_a_placeholder_that_nobody_keeps(province, desk, client):
    phone = make_phone()
    upload = keep_upload(file=ContentFile(photo(), "a.jpg"), owner=phone.key)[0]
    ticket = make_ticket(province.pothole, province.ward, phone, uploads=[upload.pk])
    [shown] = desk.get(f"/api/v1/tickets/{ticket.pk}").json()["photos"]
    assert shown["state"] == "received"
    answer = client.get(shown["view_url"])
    assert (answer.status_code, answer["Cache-Control"]) == (200, "no-store")


def test_a_refused_photo_says_why_to_its_reporter_and_to_staff(province, desk):
    phone = phone_client()
    reporter = of_device(phone.device)
    ticket = make_ticket(province.pothole, province.ward, reporter, uploads=[make_upload(reporter)])
    Upload.objects.update(state="refused", refusal="photo_damaged")
    for answer in (
        desk.get(f"/api/v1/tickets/{ticket.pk}"),
        phone.get(f"/api/v1/reports/{ticket.report.report_no}"),
    ):
        [shown] = answer.json()["photos"]
        assert shown["refusal"]["code"] == "photo_damaged"
        assert "hỏng" in shown["refusal"]["detail"]


def test_another_agencys_photos_are_not_there(taken, other_desk):
    ticket, upload = taken
    for tail, verb in (("", "get"), ("/original", "get"), ("/boxes", "put"), ("/release", "put")):
        answer = getattr(other_desk, verb)(address(ticket, upload, tail), {})
        refused(answer, 404, "ticket_not_found")


def test_a_photo_of_another_ticket_is_not_there(taken, desk, province):
    ticket, _upload = taken
    _other, foreign = scene(province.noise, province.ward, encoded(halves(33, 44), exif=exif()))
    refused(desk.get(address(ticket, foreign)), 404, "photo_not_found")


def test_a_photo_whose_original_is_gone_keeps_its_copies(taken, desk, client):
    ticket, upload = taken
    Upload.objects.update(original_name="")
    refused(
        desk.put(address(ticket, upload, "/boxes"), {"boxes": [BOX]}), 409, "photo_original_gone"
    )
    assert client.get(desk.get(address(ticket, upload)).json()["view_url"]).status_code == 200
