"""The board and the verbs, as staff use them; and what is not theirs."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from backend import clock
from backend.accounts import principal as principals
from backend.accounts.models import IdentityLook, User
from backend.api.reports import show
from backend.events import log
from backend.tickets import services
from backend.tickets.models import Ticket
from geo.locator import forget
from geo.models import AreaVersion
from tests.backend.api.conftest import APIClient
from tests.backend.api.test_reports import refused
from tests.factories import ROUTER, make_report, make_ticket, make_upload, open_for

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_reactions")]
URL = "/api/v1/tickets"


@pytest.fixture
def ticket(province):
    return make_ticket(province.pothole, province.ward)


def ids(answer):
    return [each["id"] for each in answer.json()["results"]]


def test_signing_in_says_who_one_is_and_signing_out_ends_it(desk, password, province):
    client = APIClient(enforce_csrf_checks=True)
    answer = client.post("/api/v1/session", {"username": "lan", "password": password})
    assert answer.status_code == 200
    me = answer.json()
    assert (me["roles"], me["audiences"]) == (["dispatcher"], ["agency:UBND-10001"])
    assert client.get("/api/v1/session").json()["username"] == "lan"
    refused(client.delete("/api/v1/session"), 403, "permission_denied")
    client.credentials(HTTP_X_CSRFTOKEN=me["csrf_token"])
    assert client.delete("/api/v1/session").status_code == 204
    refused(client.get("/api/v1/session"), 401, "not_authenticated")


def test_a_wrong_password_is_refused(desk):
    answer = APIClient().post("/api/v1/session", {"username": "lan", "password": "x"})
    refused(answer, 401, "wrong_credentials")


def test_the_board_holds_ones_agencys_tickets_and_says_its_position(
    desk, other_desk, centre, ticket, sequence
):
    sequence()
    answer = desk.get(URL)
    assert ids(answer) == [str(ticket.id)]
    assert answer["Feed-Position"] == str(log.head())
    assert ids(other_desk.get(URL)) == []
    assert ids(centre.get(URL)) == [str(ticket.id)]


def test_a_phone_has_no_board(phone, ticket):
    refused(phone.get(URL), 403, "permission_denied")
    refused(APIClient().get(URL), 401, "not_authenticated")


def test_a_supporting_agency_sees_the_ticket_and_may_only_comment(other_desk, province, ticket):
    ticket.supporting.add(province.other_ward)
    shown = other_desk.get(f"{URL}/{ticket.id}").json()
    assert (shown["supporting"], shown["may"]) == (["UBND-10002"], ["comment"])
    refused(other_desk.post(f"{URL}/{ticket.id}/accept", {"version": 2}), 403, "verb_not_allowed")


def test_somebody_elses_ticket_is_not_there(other_desk, ticket):
    refused(other_desk.get(f"{URL}/{ticket.id}"), 404, "ticket_not_found")
    refused(other_desk.post(f"{URL}/{ticket.id}/accept", {"version": 2}), 404, "ticket_not_found")
    refused(other_desk.get(f"{URL}/{ticket.id}/events"), 404, "ticket_not_found")
    refused(other_desk.get(f"{URL}/{ticket.id}/reporters"), 404, "ticket_not_found")
    assert Ticket.objects.get().status == "routed"


def test_a_ticket_says_what_its_viewer_may_do_in_the_order_of_the_work(desk, leader, ticket):
    assert desk.get(f"{URL}/{ticket.id}").json()["may"] == [
        "accept",
        "return",
        "correct",
        "merge",
        "assign",
        "comment",
    ]
    assert "extend" in leader.get(f"{URL}/{ticket.id}").json()["may"]


def test_a_dispatcher_accepts_starts_and_resolves(desk, ticket):
    photo = make_upload(principals.of_user(User.objects.get(username="lan")))
    for verb, more, status in (
        ("accept", {}, "accepted"),
        ("start", {}, "in_progress"),
        ("resolve", {"note": "Đã vá", "uploads": [str(photo)]}, "resolved"),
    ):
        version = desk.get(f"{URL}/{ticket.id}").json()["version"]
        answer = desk.post(f"{URL}/{ticket.id}/{verb}", {"version": version} | more)
        assert (answer.status_code, answer.json()["status"]) == (200, status)
    shown = desk.get(f"{URL}/{ticket.id}").json()
    assert [each["kind"] for each in shown["photos"]] == ["after"]


def test_the_second_of_two_gets_409_with_the_ticket_as_it_is(desk, leader, ticket):
    assert desk.post(f"{URL}/{ticket.id}/accept", {"version": 2}).status_code == 200
    problem = refused(
        leader.post(f"{URL}/{ticket.id}/accept", {"version": 2}), 409, "version_conflict"
    )
    assert (problem["ticket"]["status"], problem["ticket"]["version"]) == ("accepted", 3)


def test_a_wrong_status_is_409_and_a_missing_version_400(desk, ticket):
    refused(desk.post(f"{URL}/{ticket.id}/start", {"version": 2}), 409, "wrong_status")
    refused(desk.post(f"{URL}/{ticket.id}/accept", {}), 400, "required", "version")
    refused(desk.post(f"{URL}/{ticket.id}/dance", {"version": 2}), 404, "unknown_verb")
    refused(desk.post(f"{URL}/{ticket.id}/reroute", {"version": 2}), 403, "verb_not_allowed")


def test_a_ticket_cannot_be_merged_into_one_that_is_not_to_be_seen(desk, ticket, province):
    foreign = make_ticket(province.pothole, province.other_ward)
    given = {"version": 2, "into": str(foreign.id)}
    refused(desk.post(f"{URL}/{ticket.id}/merge", given), 400, "unknown_ticket", "into")


def test_a_ticket_keeps_its_number_whatever_is_merged_into_it(desk, ticket, province):
    younger = make_ticket(province.pothole, province.ward)
    given = {"version": ticket.version, "into": str(younger.id)}
    merged = desk.post(f"{URL}/{ticket.id}/merge", given).json()
    numbers = [younger.report.report_no, ticket.report.report_no]
    assert desk.get(f"{URL}/{younger.id}").json()["report_nos"] == numbers
    assert merged["report_nos"] == [ticket.report.report_no]


def test_the_history_tells_who_did_what_with_their_words(desk, ticket, sequence):
    desk.post(f"{URL}/{ticket.id}/comment", {"message": "Đang chờ vật tư"})
    sequence()
    entries = desk.get(f"{URL}/{ticket.id}/events").json()["results"]
    assert [each["type"] for each in entries] == [
        "report.submitted",
        "ticket.opened",
        "ticket.routed",
        "ticket.commented",
    ]
    assert entries[0]["actor"] == "reporter"
    assert (entries[3]["actor_name"], entries[3]["text"]) == ("lan", "Đang chờ vật tư")


def test_who_sent_it_is_shown_once_asked_for_and_every_look_is_kept(desk, province):
    report = make_report(province.pothole, contact={"name": "Hạnh", "phone": "0912345678"})
    ticket = open_for(report, province.ward)
    assert "Hạnh" not in desk.get(f"{URL}/{ticket.id}").content.decode()
    [shown] = desk.get(f"{URL}/{ticket.id}/reporters").json()["results"]
    assert (shown["name"], shown["phone"]) == ("Hạnh", "0912345678")
    look = IdentityLook.objects.get()
    assert (look.user.username, look.report_no) == ("lan", report.report_no)


def test_in_a_restricted_category_the_agency_does_not_learn_who_sent_it(desk, centre, province):
    ticket = make_ticket(province.secret, province.ward)
    refused(desk.get(f"{URL}/{ticket.id}/reporters"), 403, "reporter_hidden")
    assert IdentityLook.objects.count() == 0
    assert centre.get(f"{URL}/{ticket.id}/reporters").status_code == 200


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("status=routed", ["a", "b"]),
        ("status=open", ["a", "b", "c"]),
        ("status=submitted", ["c"]),
        ("agency=UBND-10001", ["a"]),
        ("agency=UBND-10001,UBND-10002", ["a", "b"]),
        ("area=10002", ["b"]),
        ("category=GT02", ["c"]),
        ("bbox=107.1,20.9,107.2,21.0", ["b"]),
        ("overdue=true", []),
        ("overdue=false", ["a", "b", "c"]),
        ("q=b%C3%AA%20t%C3%B4ng", ["b"]),
        ("q=phuong%20hai", ["b"]),
        ("q=hai", ["b"]),
        ("q=phuong", []),
        ("since=2100-01-01T00:00:00Z", []),
        ("assignee=lan", []),
        ("priority=emergency", []),
    ],
)
def test_the_board_is_filtered(centre, province, query, found):
    tickets = {
        "a": make_ticket(province.pothole, province.ward),
        "b": make_ticket(
            province.pothole,
            province.other_ward,
            at=province.inside_other,
            text="Đổ bê tông chắn đường",
        ),
        "c": make_ticket(province.noise, None),
    }
    names = {str(ticket.id): name for name, ticket in tickets.items()}
    assert sorted(names[each] for each in ids(centre.get(f"{URL}?{query}"))) == found


@pytest.mark.parametrize(
    "query", ["status=lost", "bbox=1,2,3", "bbox=5,5,1,1", "since=yesterday", "overdue=maybe"]
)
def test_a_filter_that_is_wrong_is_refused_by_name(centre, query):
    refused(centre.get(f"{URL}?{query}"), 400, "invalid_filter", query.partition("=")[0])


def test_a_ticket_is_found_by_its_report_number(centre, ticket):
    answer = centre.get(f"{URL}?q={ticket.report.report_no.lower()}")
    assert ids(answer) == [str(ticket.id)]


def test_the_board_takes_the_same_number_of_queries_for_one_ticket_and_for_twenty(
    centre, province, django_assert_max_num_queries
):
    for _turn in range(20):
        make_ticket(province.pothole, province.ward)
    centre.get(URL)
    with django_assert_max_num_queries(14):
        assert len(ids(centre.get(URL))) == 20


def test_the_public_sees_no_words_no_restricted_ticket_and_no_reporter(ticket, province):
    make_ticket(province.secret, province.ward)
    make_ticket(province.noise, None)
    [shown] = APIClient().get("/api/v1/public/tickets").json()["results"]
    assert shown["id"] == str(ticket.id)
    assert not {"text", "report_nos", "assignee", "routing", "may"} & shown.keys()
    assert shown["photos"] == []
    figures = APIClient().get("/api/v1/public/figures").json()
    assert (figures["total"], figures["open"]) == (1, 1)


def test_the_figures_count_what_the_viewer_sees(desk, other_desk, centre, ticket):
    assert desk.get("/api/v1/figures/now").json()["open"] == 1
    assert other_desk.get("/api/v1/figures/now").json()["open"] == 0
    now = centre.get("/api/v1/figures/now").json()
    assert (now["today"], now["unaccepted"], now["overdue"], now["on_time_rate"]) == (1, 1, 0, None)


def test_the_usual_figures_are_those_of_this_hour_in_the_last_weeks(centre, province):
    now = datetime(2026, 3, 26, 8, 0, tzinfo=UTC)  # a Thursday, 15:00 in Viet Nam
    # Came a week ago at 14:00, and was open and unaccepted at 15:00; nothing of it was late yet.
    with clock.at(now - timedelta(weeks=1, hours=1)):
        make_ticket(province.pothole, province.ward)
    # Came two weeks ago in the evening, after this hour; it stood open, and late, a week ago.
    with clock.at(now - timedelta(weeks=2) + timedelta(hours=4)):
        make_ticket(province.pothole, province.ward)
    with clock.at(now):
        figures = centre.get("/api/v1/figures/now").json()
    usual = {name: figures[f"usual_{name}"] for name in ("today", "open", "unaccepted", "overdue")}
    # Nothing is known of the hour two weeks ago: the log begins after it.
    assert usual == {"today": 1, "open": 2, "unaccepted": 2, "overdue": 1}
    assert (figures["today"], figures["open"], figures["usual_emergencies"]) == (0, 2, 0)
    with clock.at(now + timedelta(weeks=2)):
        later = centre.get("/api/v1/figures/now").json()
    assert (later["usual_today"], later["usual_open"]) == (1 / 3, 2)


def test_in_its_first_week_a_centre_is_told_of_nothing_usual(centre, province):
    make_ticket(province.pothole, province.ward)
    figures = centre.get("/api/v1/figures/now").json()
    assert {figures[name] for name in figures if name.startswith("usual_")} == {None}


def test_the_catalogue_and_the_map_are_open_to_all(province):
    client = APIClient()
    [sector] = client.get("/api/v1/categories").json()["sectors"]
    assert [each["code"] for each in sector["categories"]] == ["GT01", "GT02", "GT03"]
    assert len(client.get("/api/v1/areas").json()["results"]) == 2
    AreaVersion.objects.filter(area__code="10002").update(valid_to=timezone.localdate())
    forget()
    assert [each["code"] for each in client.get("/api/v1/areas").json()["results"]] == ["10001"]
    AreaVersion.objects.update(valid_to=None)
    forget()
    assert len(client.get("/api/v1/areas/boundaries").json()["features"]) == 2
    assert len(client.get("/api/v1/agencies").json()["results"]) == 3
    place = client.get("/api/v1/areas/locate?lat=20.95&lon=107.05").json()
    assert (place["area"]["code"], place["doubt"]) == ("10001", [])
    refused(client.get("/api/v1/areas/locate?lat=0&lon=0"), 400, "location_far_outside", "location")
    unclear = client.get("/api/v1/areas/locate?lat=20.95&lon=107.05&accuracy_m=x")
    assert unclear.json()["errors"][0]["detail"] == "Độ chính xác là số mét, từ 0 trở lên."
    refused(client.get("/api/v1/nowhere"), 404, "not_found")


def test_who_sits_at_a_desk_is_known_to_that_desk_and_the_centre(desk, leader, other_desk, centre):
    address = "/api/v1/agencies/UBND-10001/staff"
    names = [each["username"] for each in desk.get(address).json()["results"]]
    assert names == ["hoa", "lan"]
    assert centre.get(address).status_code == 200
    refused(other_desk.get(address), 404, "agency_not_found")


def test_staff_read_what_each_joined_report_says(centre, province):
    ticket = make_ticket(province.pothole, province.ward)
    other = make_report(province.pothole, text="Hố sâu hơn nửa mét")
    services.join_ticket(ticket_id=ticket.pk, report_id=other.pk, actor=ROUTER)
    reports = centre.get(f"/api/v1/tickets/{ticket.pk}").json()["reports"]
    assert [(each["report_no"], each["text"]) for each in reports] == [
        (ticket.report.report_no, "Ổ gà lớn giữa đường"),
        (other.report_no, "Hố sâu hơn nửa mét"),
    ]


def test_an_action_that_takes_no_photos_says_so_and_does_nothing(desk, ticket):
    given = {"version": ticket.version, "note": "Ảnh kèm theo", "uploads": [str(ticket.id)]}
    answer = desk.post(f"/api/v1/tickets/{ticket.id}/comment", given)
    refused(answer, 400, "uploads_not_taken")
    history = desk.get(f"/api/v1/tickets/{ticket.id}/events").json()["results"]
    assert "ticket.commented" not in [entry["type"] for entry in history]


def test_a_comment_on_a_version_that_is_past_is_refused_with_the_ticket_as_it_is(desk, ticket):
    given = {"version": ticket.version - 1, "message": "Đã xem"}
    answer = desk.post(f"{URL}/{ticket.id}/comment", given)
    refused(answer, 409, "version_conflict")
    assert answer.json()["ticket"]["version"] == ticket.version
    history = desk.get(f"{URL}/{ticket.id}/events").json()["results"]
    assert "ticket.commented" not in [entry["type"] for entry in history]


def test_a_desk_corrects_the_category_and_the_reporter_is_told_to_which(
    desk, other_desk, ticket, sequence
):
    accepted = desk.post(f"{URL}/{ticket.pk}/accept", {"version": ticket.version}).json()
    assert "correct" in accepted["may"]
    body = {"version": accepted["version"], "category": "GT02", "reason": "Là tiếng ồn"}
    path = f"{URL}/{ticket.pk}/correct"
    assert other_desk.post(path, body).status_code == 404
    corrected = desk.post(path, body)
    assert (corrected.status_code, corrected.json()["category"]) == (200, "GT02")
    assert corrected.json()["routing"]["explanation"]["en"].startswith("lan corrected the category")
    assert desk.post(path, body).status_code == 409
    sequence()
    shown = show(ticket.report)
    told = shown["timeline"][-1]
    assert (told["type"], told["category"]["name_en"]) == ("ticket.corrected", "Category GT02")
    assert shown["category"]["code"] == "GT01"  # what they sent stays
    assert [step["category"] for step in shown["timeline"][:-1]] == [None, None, None]
