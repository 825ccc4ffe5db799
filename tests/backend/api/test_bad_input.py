"""What a hostile or broken client sends: each is refused by name, and nothing of it is kept."""

from base64 import b64encode
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import DataError, OperationalError
from django.test import Client

from backend import clock
from backend.api import reports
from backend.reports.models import Report
from tests.backend.api.test_reports import refused

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_reactions")]
REPORTS = "/api/v1/reports"


def draft(**more):
    place = {"lat": 20.95, "lon": 107.05}
    return {"id": str(uuid4()), "category": "GT01", "text": "Ổ gà", "location": place} | more


def send(phone, content):
    return phone.generic("POST", REPORTS, content, content_type="application/json")


@pytest.mark.parametrize("position", ["", "abc", "\0", "9999-99-99", "0001-01-01T00:00:00+14:00"])
def test_a_cursor_that_we_never_gave_is_bad_input(phone, position):
    cursor = b64encode(f"p={position}".encode()).decode()
    refused(phone.get(REPORTS, {"cursor": cursor}), 400, "invalid_cursor", "cursor")


def test_a_cursor_that_is_no_cursor_is_bad_input(phone):
    refused(phone.get(REPORTS, {"cursor": "é"}), 400, "invalid_cursor", "cursor")


def test_the_cursor_that_we_gave_leads_on(phone, province):
    for _turn in range(3):
        assert phone.post(REPORTS, draft()).status_code == 201
    first = phone.get(REPORTS, {"limit": 2}).json()
    second = phone.get(first["next"]).json()
    numbers = [each["report_no"] for each in first["results"] + second["results"]]
    assert len(set(numbers)) == 3
    assert phone.get(second["previous"]).json()["results"] == first["results"]


@pytest.mark.parametrize("since", ["9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00"])
def test_a_moment_outside_all_years_is_bad_input(centre, since):
    refused(centre.get("/api/v1/tickets", {"since": since}), 400, "invalid_filter", "since")


@pytest.mark.parametrize("field", ["q", "agency", "area", "assignee", "\0"])
def test_no_address_holds_nul(centre, field):
    refused(centre.get("/api/v1/tickets", {field: "a\0b"}), 400, "invalid_address")
    refused(centre.get("/api/v1/agencies/a%00b/staff"), 400, "invalid_address")


@pytest.mark.parametrize("path", ["/api/v1/session", "/api/v1/tickets", "/admin/login/"])
def test_a_session_with_nul_is_nobodys(client, path):
    client.cookies.load('sessionid="aaaaaaaaaaaa\\000"')
    assert client.get(path).status_code in (200, 401, 403)


@pytest.mark.parametrize("text", ["\u200b\u200b", "\u2060 \ufeff", "\u202e", "\u0301"])
def test_a_text_of_which_nothing_can_be_seen_is_blank(phone, province, text):
    refused(phone.post(REPORTS, draft(text=text)), 400, "empty", "text")
    assert Report.objects.count() == 0


@pytest.mark.parametrize("text", ["\U0001f6a7", "?", "Ổ gà\u200b", "1"])
def test_a_short_text_is_a_text(phone, province, text):
    assert phone.post(REPORTS, draft(text=text)).status_code == 201


@pytest.mark.parametrize("key", ["\0", "a\0b", "", "x" * 61])
def test_an_answer_to_no_question_is_bad_input(phone, province, key):
    refused(phone.post(REPORTS, draft(answers={key: "x"})), 400, "invalid", "answers")
    assert Report.objects.count() == 0


@pytest.mark.parametrize(
    "content",
    [
        b'{"consents": ["\\ud800"]}',
        b'{"answers": {"\\ud800": "x"}}',
        b'{"photos_expected": NaN}',
        b"[" * 100_000,
        b'{"a":' * 50_000,
        b"\xff\xfe{\x00}\x00",
        b"{",
    ],
)
def test_what_is_no_json_is_refused(phone, province, content):
    refused(send(phone, content), 400, "parse_error")
    assert Report.objects.count() == 0


def test_numbers_without_end_are_bad_input(phone, province):
    problem = send(phone, b'{"photos_expected": %s}' % (b"9" * 5000)).json()
    assert problem["status"] == 400


def test_a_body_that_is_too_long_is_refused(phone, province, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 10_000
    refused(phone.post(REPORTS, draft(text="x" * 20_000)), 413, "too_large")
    assert Report.objects.count() == 0


@pytest.mark.parametrize("path", ["photos/x", "nothing", "reports/a/b/c"])
def test_a_forged_or_misdirected_call_gets_a_problem_document_too(path):
    answer = Client(enforce_csrf_checks=True).post(f"/api/v1/{path}")
    refused(answer, *((405, "method_not_allowed") if path == "photos/x" else (404, "not_found")))


@pytest.mark.parametrize(("error", "status"), [(DataError, 400), (OperationalError, 503)])
def test_what_the_database_says_of_a_row_is_not_logged(
    phone, province, monkeypatch, caplog, error, status
):
    phone_number = "0912345678"

    def fail(**_given):
        raise error(f"Failing row contains ({phone_number}, 20.95)")

    monkeypatch.setattr(reports, "submit_report", fail)
    answer = phone.post(REPORTS, draft())
    assert answer.status_code == status
    assert answer.has_header("Retry-After") is (status == 503)
    assert "The database" in caplog.text
    assert error.__name__ in caplog.text
    assert phone_number not in caplog.text


def test_a_form_with_too_many_fields_is_bad_input(phone):
    form = {f"field{turn}": "1" for turn in range(1001)}
    refused(phone.post("/api/v1/uploads", form, format="multipart"), 400, "invalid_input")


@pytest.mark.parametrize("limit", ["-1", "0", "abc", "1.5", "", "9" * 10])
@pytest.mark.parametrize("path", ["tickets", "reports", "public/tickets"])
def test_a_page_of_no_such_length_is_bad_input(centre, path, limit):
    refused(centre.get(f"/api/v1/{path}", {"limit": limit}), 400, "invalid_limit", "limit")


def test_a_page_is_never_longer_than_it_may_be(centre):
    assert centre.get("/api/v1/tickets", {"limit": 5000}).status_code == 200


@pytest.mark.parametrize("field", ["agency", "area", "category", "sector", "status", "priority"])
def test_a_filter_by_what_never_was_is_bad_input(centre, field):
    refused(centre.get("/api/v1/tickets", {field: "NOSUCH"}), 400, "invalid_filter", field)


@pytest.mark.parametrize("field", ["agency", "area", "category"])
def test_what_the_board_does_not_know_it_leaves_alone(centre, field):
    assert centre.get("/api/v1/tickets", {"colour": "NOSUCH", field: ""}).status_code == 200


@pytest.mark.parametrize("number", [7, 0, 1.0, True])
def test_an_id_is_written_not_counted(phone, province, number):
    refused(phone.post(REPORTS, draft(id=number)), 400, "invalid", "id")
    refused(phone.post(REPORTS, draft(uploads=[number])), 400, "invalid", "uploads.0")
    assert Report.objects.count() == 0


def test_a_report_of_what_is_still_to_come_is_bad_input(phone, province):
    seen = (clock.now() + timedelta(minutes=20)).isoformat()
    refused(phone.post(REPORTS, draft(captured_at=seen)), 400, "in_future", "captured_at")
    assert Report.objects.count() == 0


def test_a_phone_whose_clock_is_a_little_ahead_is_heard(phone, province):
    seen = (clock.now() + timedelta(minutes=10)).isoformat()
    assert phone.post(REPORTS, draft(captured_at=seen)).status_code == 201


def test_words_are_kept_as_they_were_sent_whatever_they_turn(phone, province):
    assert phone.post(REPORTS, draft(text="a\u202eb")).json()["text"] == "a\u202eb"
