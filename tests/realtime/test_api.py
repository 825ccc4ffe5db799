"""The feed's past by HTTP: the socket's frames, under the socket's rules."""

import pytest

from backend.accounts.models import Role
from tests.backend.api.conftest import phone_client, staff_client
from tests.factories import make_ticket
from tests.realtime.conftest import types

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_reactions")]
EVENTS = "/api/v1/events"


@pytest.fixture
def centre(province):
    return staff_client("minh", Role.OPERATIONS_CENTRE)


@pytest.fixture
def desk(province):
    return staff_client("lan", Role.DISPATCHER, province.ward)


def ask(client, audience, after=0, **more):
    answer = client.get(EVENTS, {"audience": audience, "after": after, **more})
    assert answer.status_code == 200, answer.json()
    return answer.json()


def test_the_past_comes_as_frames_page_by_page(province, centre, sequence):
    for _turn in range(3):
        make_ticket(province.pothole, province.ward)
    sequence()
    first = ask(centre, "ops", limit=4)
    assert [frame["position"] for frame in first["results"]] == [1, 2, 3, 4]
    assert (first["position"], first["head"]) == (4, 9)
    assert first["results"][2]["op"] == "event"
    assert first["results"][2]["ticket"]["agency"] == "UBND-10001"
    rest = ask(centre, "ops", after=first["position"], epoch=first["epoch"])
    assert [frame["position"] for frame in rest["results"]] == [5, 6, 7, 8, 9]
    assert rest["position"] == rest["head"] == 9
    assert ask(centre, "ops", after=9)["results"] == []


def test_a_desk_gets_its_own_and_filters_hold(province, desk, sequence):
    make_ticket(province.pothole, province.ward)
    make_ticket(province.noise, province.ward)
    make_ticket(province.pothole, province.other_ward)
    sequence()
    own = ask(desk, "agency:UBND-10001")
    assert [frame["position"] for frame in own["results"]] == [3, 6]
    noise = ask(desk, "agency:UBND-10001", category="GT02")
    assert [frame["position"] for frame in noise["results"]] == [6]
    assert ask(desk, "agency:UBND-10001", bbox="0,0,1,1")["results"] == []


def test_strangers_are_refused_as_on_the_socket(province, desk, client):
    phone = phone_client()
    for caller, audience, status in (
        (desk, "ops", 404),
        (desk, "agency:UBND-10002", 404),
        (phone, "ops", 404),
        (phone, "report:QN-26-AAAAAA", 404),
        (desk, "", 404),
        (client, "ops", 401),
        (client, "public", 200),
    ):
        answer = caller.get(EVENTS, {"audience": audience, "after": 0})
        assert (audience, answer.status_code) == (audience, status)


def test_a_reporter_reads_the_past_of_the_report(province, sequence):
    phone = phone_client()
    from backend.accounts.principal import of_device

    ticket = make_ticket(province.pothole, province.ward, of_device(phone.device))
    sequence()
    frames = ask(phone, f"report:{ticket.report.report_no}")["results"]
    assert types(frames) == ["report.submitted", "ticket.opened", "ticket.routed"]
    assert "text" not in frames[2]["ticket"]


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ({"audience": "ops"}, 400, "invalid_number"),
        ({"audience": "ops", "after": "-1"}, 400, "invalid_number"),
        ({"audience": "ops", "after": "ten"}, 400, "invalid_number"),
        ({"audience": "public", "after": "9" * 5000}, 400, "invalid_number"),
        ({"audience": "public", "after": "0", "limit": "9" * 5000}, 400, "invalid_number"),
        ({"audience": "ops", "after": "0", "limit": "1001"}, 400, "invalid_number"),
        ({"audience": "ops", "after": "0", "bbox": "1,2,3"}, 400, "invalid_filter"),
        ({"audience": "ops", "after": "99"}, 409, "reset"),
        ({"audience": "ops", "after": "0", "epoch": "another"}, 409, "reset"),
    ],
)
def test_what_cannot_be_answered_says_why(centre, query, status, code):
    answer = centre.get(EVENTS, query)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer["Content-Type"] == "application/problem+json"
