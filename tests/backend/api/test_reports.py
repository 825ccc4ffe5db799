"""Sending and following, as a phone does it."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from backend import clock
from backend.catalogue.models import Category
from backend.events import log
from backend.reports.models import Report, ReportPhoto
from backend.tickets import services
from backend.tickets.models import Ticket
from media.models import Upload
from tests.backend.api.conftest import phone_client
from tests.factories import make_staff, make_ticket, open_for, picture

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_reactions")]
URL = "/api/v1/reports"


@pytest.fixture
def body(province):
    return {
        "id": str(uuid4()),
        "category": "GT01",
        "text": "Ổ gà lớn giữa đường",
        "location": {"lat": 20.95, "lon": 107.05, "accuracy_m": 12},
    }


def send_photo(client, content=None, name="a.jpg"):
    file = SimpleUploadedFile(name, content or picture(), "image/jpeg")
    return client.post("/api/v1/uploads", {"file": file}, format="multipart")


def refused(response, status, code, field=None):
    assert response.status_code == status
    assert response["Content-Type"] == "application/problem+json"
    problem = response.json()
    assert problem["status"] == status
    assert problem["detail"]
    if field is None:
        assert problem["code"] == code
    else:
        assert {"field": field, "code": code} in [
            {"field": each["field"], "code": each["code"]} for each in problem["errors"]
        ]
    return problem


def test_a_phone_registers_and_sends_a_report_with_a_photo(phone, body, sequence):
    upload = send_photo(phone)
    assert upload.status_code == 201
    assert {"id", "state", "sha256", "width", "height"} <= upload.json().keys()
    answer = phone.post(URL, body | {"uploads": [upload.json()["id"]]})
    assert answer.status_code == 201
    shown = answer.json()
    assert shown["status"] == "submitted"
    assert shown["ticket"] is None
    assert shown["area"]["code"] == "10001"
    assert [each["kind"] for each in shown["photos"]] == ["before"]
    sequence()
    [entry] = log.read(0)
    assert (entry.type, entry.event.report_no) == ("report.submitted", shown["report_no"])
    assert "20.95" not in str(entry.event.as_data())


def test_sending_twice_keeps_one(phone, body, sequence):
    first, second = phone.post(URL, body), phone.post(URL, body)
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json()["report_no"] == second.json()["report_no"]
    sequence()
    assert (Report.objects.count(), log.head()) == (1, 1)


def test_the_same_id_with_another_body_is_refused_and_the_first_is_kept(phone, body):
    phone.post(URL, body)
    refused(phone.post(URL, body | {"text": "Khác"}), 409, "report_differs")
    assert Report.objects.get().text == "Ổ gà lớn giữa đường"


def test_somebody_elses_id_is_refused(phone, body):
    phone.post(URL, body)
    refused(phone_client().post(URL, body), 409, "report_differs")


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"location": {"lat": 91, "lon": 107}}, "max_value", "location.lat"),
        ({"location": {"lat": "nan", "lon": 107}}, "invalid", "location.lat"),
        ({"location": {"lat": 10.8, "lon": 106.7}}, "location_far_outside", "location"),
        ({"location": "ở đây"}, "invalid", "location"),
        ({"location": None}, "required", "location"),
        ({"category": "XX99"}, "unknown_category", "category"),
        ({"text": ""}, "empty", "text"),
        ({"text": "   "}, "empty", "text"),
        ({"text": "x" * 4001}, "too_long", "text"),
        ({"id": "1"}, "invalid", "id"),
        ({"uploads": [str(uuid4())]}, "unknown_upload", "uploads"),
        ({"consents": ["everything"]}, "invalid_choice", "consents.0"),
        ({"contact": {"phone": "gọi tôi"}}, "invalid", "contact.phone"),
    ],
)
def test_bad_input_is_refused_by_field_and_nothing_is_kept(
    phone, body, change, code, field, sequence
):
    refused(phone.post(URL, body | change), 400, code, field)
    sequence()
    assert (Report.objects.count(), log.head()) == (0, 0)


def test_a_position_the_wrong_way_round_is_refused_with_a_hint(phone, body):
    answer = phone.post(URL, body | {"location": {"lat": 107.05, "lon": 20.95}})
    [said] = answer.json()["errors"]
    assert said["field"] == "location.lat"
    assert said["detail"] == "Vĩ độ không quá 90. Có thể đã đổi chỗ với kinh độ."


def test_a_point_in_a_bay_is_taken_and_has_no_unit(phone, body):
    answer = phone.post(URL, body | {"location": {"lat": 20.6, "lon": 107.1}})
    assert (answer.status_code, answer.json()["area"]) == (201, None)
    assert Report.objects.get().place_doubt == ["outside_units"]


def test_a_refusal_speaks_the_readers_language(phone, body):
    english = phone.post(URL, body | {"text": ""}, HTTP_ACCEPT_LANGUAGE="en")
    vietnamese = phone.post(URL, body | {"text": ""}, HTTP_ACCEPT_LANGUAGE="vi")
    assert english.json()["detail"] == "Describe in a few words what is wrong."
    assert vietnamese.json()["detail"] == "Hãy mô tả ngắn gọn điều đang xảy ra."


def test_malformed_json_and_another_content_type_are_refused(phone):
    refused(phone.post(URL, "{", content_type="application/json"), 400, "parse_error")
    refused(phone.post(URL, "a=1", content_type="text/plain"), 415, "unsupported_media_type")


def test_nobody_in_particular_is_asked_to_register(client, body):
    refused(client.post(URL, body, content_type="application/json"), 401, "not_authenticated")


def test_a_false_token_is_refused(phone, body):
    phone.credentials(HTTP_AUTHORIZATION=f"Device {phone.device.pk}.wrong")
    refused(phone.post(URL, body), 401, "authentication_failed")


def test_a_photo_of_another_phone_cannot_be_sent(phone, body):
    foreign = send_photo(phone_client()).json()["id"]
    refused(phone.post(URL, body | {"uploads": [foreign]}), 400, "unknown_upload", "uploads")
    assert Report.objects.count() == 0


def test_the_same_photo_twice_is_one_upload(phone):
    content = picture()
    first, second = send_photo(phone, content), send_photo(phone, content)
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json()["id"] == second.json()["id"]


def test_a_file_that_is_no_picture_is_refused(phone):
    refused(send_photo(phone, b"#!/bin/sh\nrm -rf /"), 400, "not_a_picture")
    assert Upload.objects.count() == 0


def test_a_photo_that_is_too_large_is_refused(phone, settings):
    settings.UPLOAD_MAX_BYTES = 100
    refused(send_photo(phone, picture((400, 300))), 413, "photo_too_large")
    assert Upload.objects.count() == 0


def test_a_photo_is_shown_without_what_the_phone_wrote_into_it(phone, body):
    upload = send_photo(phone).json()
    shown = phone.post(URL, body | {"uploads": [upload["id"]]}).json()["photos"][0]
    picture_answer = phone.get(shown["view_url"])
    assert picture_answer.status_code == 200
    assert b"".join(picture_answer.streaming_content)[:4] == b"RIFF"
    refused(phone.get(shown["view_url"][:-3] + "abc"), 404, "not_found")


def test_later_photos_join_the_report(phone, body):
    report_no = phone.post(URL, body | {"photos_expected": 1}).json()["report_no"]
    upload = send_photo(phone).json()["id"]
    for _turn in range(2):
        answer = phone.post(f"{URL}/{report_no}/photos", {"uploads": [upload]})
        assert answer.status_code == 200
    assert ReportPhoto.objects.count() == 1


def test_a_report_is_its_own_reporters_only(phone, body):
    report_no = phone.post(URL, body).json()["report_no"]
    assert phone.get(f"{URL}/{report_no}").status_code == 200
    assert phone.get(f"{URL}/{report_no.lower()}").status_code == 200
    refused(phone_client().get(f"{URL}/{report_no}"), 404, "report_not_found")
    refused(phone_client().post(f"{URL}/{report_no}/withdraw"), 404, "report_not_found")


def test_the_list_holds_ones_own_reports_newest_first(phone, body):
    numbers = [
        phone.post(URL, body | {"id": str(uuid4())}).json()["report_no"] for _turn in range(3)
    ]
    phone_client().post(URL, body)
    page = phone.get(f"{URL}?limit=2").json()
    rest = phone.get(page["next"]).json()
    assert [each["report_no"] for each in page["results"] + rest["results"]] == numbers[::-1]


def test_the_reporter_sees_each_step_and_the_answer_but_no_talk_among_staff(
    phone, body, province, sequence
):
    from backend.accounts.models import Role

    report_no = phone.post(URL, body | {"category": "GT03"}).json()["report_no"]
    staff = make_staff("lan", Role.DISPATCHER, province.ward)
    ticket = open_for(Report.objects.get(pk=body["id"]), province.ward)
    services.accept_ticket(ticket_id=ticket.id, actor=staff, version=2)
    services.comment_on_ticket(ticket_id=ticket.id, actor=staff, message="Nội bộ")
    services.resolve_ticket(ticket_id=ticket.id, actor=staff, version=3, note="Đã xong", uploads=[])
    sequence()
    shown = phone.get(f"{URL}/{report_no}").json()
    assert shown["status"] == "resolved"
    assert [each["type"] for each in shown["timeline"]] == [
        "report.submitted",
        "ticket.routed",
        "ticket.accepted",
        "ticket.resolved",
    ]
    assert [each["text"] for each in shown["replies"]] == ["Đã xong"]
    assert shown["may"] == ["rate", "reopen"]
    assert "Nội bộ" not in str(shown)


def test_the_reporters_verbs_go_through(phone, body, province):
    report_no = phone.post(URL, body).json()["report_no"]
    refused(phone.post(f"{URL}/{report_no}/rating", {"score": "satisfied"}), 409, "not_routed_yet")
    answer = phone.post(f"{URL}/{report_no}/withdraw")
    assert (answer.status_code, answer.json()["status"]) == (200, "withdrawn")
    assert phone.post(f"{URL}/{report_no}/withdraw").status_code == 200


def test_how_near_and_how_old_a_ticket_may_be_is_the_categorys_to_say(phone, province):
    with clock.at(clock.now() - timedelta(days=10)):
        ticket = make_ticket(province.pothole, province.ward)

    def offered() -> list[str]:
        answer = phone.get(f"{URL}/nearby?lat=20.9503&lon=107.05&category=GT01").json()
        return [each["ticket"] for each in answer["results"]]

    assert offered() == [str(ticket.id)]
    Category.objects.filter(code="GT01").update(join_radius_m=32)  # it lies 33 m away
    assert offered() == []
    Category.objects.filter(code="GT01").update(join_radius_m=34, join_days=9)
    assert offered() == []
    Category.objects.filter(code="GT01").update(join_days=11)
    assert offered() == [str(ticket.id)]


def test_open_tickets_close_by_are_offered_to_join(phone, province):
    near = make_ticket(province.pothole, province.ward)
    make_ticket(province.pothole, province.ward, at=(20.96, 107.05))
    make_ticket(province.secret, province.ward)
    answer = phone.get(f"{URL}/nearby?lat=20.9503&lon=107.05&category=GT01").json()
    assert [each["ticket"] for each in answer["results"]] == [str(near.id)]
    assert answer["results"][0]["distance_m"] == 33
    assert phone.get(f"{URL}/nearby?lat=20.95&lon=107.05&category=GT03").json()["results"] == []
    refused(phone.get(f"{URL}/nearby?lat=x&lon=1"), 400, "invalid", "lat")
    assert Ticket.objects.count() == 3


def test_too_many_reports_are_slowed_down(phone, body, settings):
    settings.THROTTLE_RATES = {**settings.THROTTLE_RATES, "reports": "2/hour"}
    for _turn in range(2):
        phone.post(URL, body)
    answer = phone.post(URL, body)
    refused(answer, 429, "too_many_requests")
    assert int(answer["Retry-After"]) > 0
