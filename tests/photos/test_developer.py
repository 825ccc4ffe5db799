"""Photos are developed beside the requests, and whoever follows hears that they are ready."""

import time

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from backend.accounts.models import Role
from backend.events import log
from backend.reports.services import add_photos_to_report
from backend.tickets import services
from media.isolation import Decoder, InThisProcess
from media.models import Upload
from media.services import keep_upload
from photos.developer import Developer, develop_next, look_through_next
from realtime import audiences, items
from tests.factories import make_phone, make_staff, make_ticket, make_upload, picture

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_reactions")]


def send(owner, content=None) -> Upload:
    file = SimpleUploadedFile("a.jpg", content or picture(), "image/jpeg")
    return keep_upload(file=file, owner=owner.key)[0]


def test_a_scenes_photo_is_told_to_its_reporter_and_to_the_agency_at_work(province, sequence):
    phone = make_phone()
    ticket = make_ticket(province.pothole, province.ward, phone)
    upload = send(phone)
    add_photos_to_report(report=ticket.report, upload_ids=[upload.pk], actor=phone)
    assert develop_next(InThisProcess()) is True
    sequence()
    entry = log.rows(0)[-1]
    assert (entry.type, entry.stream) == ("upload.ready", f"report:{ticket.report_id}")
    assert (entry.data["upload_id"], entry.data["state"]) == (str(upload.pk), "ready")
    [item] = items.build([entry])
    assert item.audiences == {
        "ops": "staff",
        "agency:UBND-10001": "staff",
        f"report:{ticket.report.report_no}": f"report:{ticket.report.report_no}",
    }
    shown = audiences.shown_data(entry, f"report:{ticket.report.report_no}")
    assert {"upload_id", "state", "code"} <= shown.keys()


def test_a_photo_of_the_work_is_told_to_the_desk_that_did_it(province, sequence):
    phone, desk = make_phone(), make_staff("lan", Role.DISPATCHER, province.ward)
    ticket = make_ticket(province.pothole, province.ward, phone)
    ticket = services.accept_ticket(ticket_id=ticket.pk, actor=desk, version=ticket.version)
    upload = send(desk)
    services.resolve_ticket(
        ticket_id=ticket.pk, actor=desk, version=ticket.version, note="Đã vá", uploads=[upload.pk]
    )
    develop_next(InThisProcess())
    sequence()
    entry = log.rows(0)[-1]
    assert (entry.type, entry.stream) == ("upload.ready", f"ticket:{ticket.pk}")
    [item] = items.build([entry])
    assert {"ops", "agency:UBND-10001", f"report:{ticket.report.report_no}"} == set(item.audiences)


def test_a_refused_photo_is_told_with_its_reason(province, sequence):
    phone = make_phone()
    send(phone, picture((640, 480))[:2_000])
    decoder = Decoder()
    try:
        assert develop_next(decoder) is True
    finally:
        decoder.close()
    sequence()
    entry = log.rows(0)[-1]
    assert (entry.data["state"], entry.data["code"]) == ("refused", "photo_damaged")
    assert entry.stream.startswith("upload:")
    assert set(items.build([entry])[0].audiences) == {"ops"}


def test_with_nothing_to_do_nothing_is_done(province, sequence):
    assert develop_next(InThisProcess()) is False
    make_upload(make_phone())
    assert look_through_next(InThisProcess()) is False


@pytest.mark.django_db(transaction=True)
def test_the_developer_works_beside_the_requests_until_it_is_stopped(settings):
    settings.PHOTO_FINDING = False
    developer = Developer(lanes=1)
    developer.start()
    try:
        upload = send(make_phone())
        until = time.monotonic() + 60
        while upload.state == "received" and time.monotonic() < until:
            time.sleep(0.05)
            upload.refresh_from_db()
    finally:
        developer.stop()
    assert upload.state == "ready"
