"""The rules over HTTP: administrators change them, the centre looks and moves."""

import pytest

from backend.accounts.models import Agency, Role
from backend.tickets.selectors import ticket_of
from routing.rule_sets import rules_in_force, set_in_force
from routing.simulation import moves
from tests.backend.api.conftest import staff_client
from tests.routing.conftest import WEST

pytestmark = pytest.mark.usefixtures("province")

RULE = {
    "title_vi": "Đường hư trên quốc lộ",
    "outcome": "agency",
    "agency": "SXD",
    "categories": ["GT01"],
    "answers": ["road=national"],
}


@pytest.fixture
def admin(province):
    return staff_client("quan", Role.ADMINISTRATOR)


@pytest.fixture
def centre(province):
    return staff_client("minh", Role.OPERATIONS_CENTRE)


@pytest.fixture
def number(admin):
    return admin.post("/api/v1/rules/sets", {"note": "thử"}).data["number"]


def rules_of(number: int, rest: str = "") -> str:
    return f"/api/v1/rules/sets/{number}{rest}"


def test_an_administrator_drafts_checks_and_publishes(admin, number):
    made = admin.post(rules_of(number, "/rules"), RULE)
    assert (made.status_code, made.data["name"]) == (201, "duong_hu_tren_quoc_lo")
    assert admin.get(rules_of(number, "/coverage")).json()["gaps"] == []
    assert admin.get(rules_of(number, "/simulation?days=7")).data["total"] == 0
    assert admin.get(rules_of(number, "/moves")).data == {"results": [], "next": None}
    published = admin.post(rules_of(number, "/publish"), {"reason": "Bắt đầu"})
    assert (published.status_code, published.data["state"]) == (200, "in_force")
    listed = admin.get("/api/v1/rules/sets").data
    assert [(each["number"], each["state"]) for each in listed["results"]] == [
        (2, "in_force"),
        (1, "former"),
    ]
    assert (listed["may_edit"], listed["may_move"]) == (True, False)
    back = admin.post("/api/v1/rules/roll_back", {"reason": "Nhầm"})
    assert (back.data["number"], back.data["state"]) == (1, "in_force")


def test_a_rule_is_changed_and_taken_out(admin, number):
    name = admin.post(rules_of(number, "/rules"), RULE).data["name"]
    changed = admin.put(rules_of(number, f"/rules/{name}"), {**RULE, "priority": "high"})
    assert changed.data["priority"] == "high"
    assert admin.delete(rules_of(number, f"/rules/{name}")).status_code == 204
    assert admin.delete(rules_of(number, f"/rules/{name}")).status_code == 404
    assert admin.get(rules_of(number)).data["rules_count"] == 2
    assert admin.delete(rules_of(number)).status_code == 204
    assert admin.get(rules_of(number)).status_code == 404


def test_of_two_who_change_one_rule_the_second_is_told_and_nothing_is_written_over(admin, number):
    read = admin.post(rules_of(number, "/rules"), RULE).json()
    here = rules_of(number, f"/rules/{read['name']}")
    first = admin.put(here, {**read, "priority": "high"})
    second = admin.put(here, {**read, "why_vi": "Do Sở quản lý"})
    assert (first.status_code, second.status_code) == (200, 409)
    assert second.json()["code"] == "rule_changed"
    [kept] = [
        rule for rule in admin.get(rules_of(number)).json()["rules"] if rule["name"] == read["name"]
    ]
    assert (kept["priority"], kept["why_vi"], kept["mark"]) == ("high", "", first.json()["mark"])
    assert admin.put(here, {**kept, "why_vi": "Do Sở quản lý"}).status_code == 200


def test_who_rolls_back_what_another_has_rolled_back_already_is_told(admin, number):
    admin.post(rules_of(number, "/rules"), RULE)
    admin.post(rules_of(number, "/publish"), {"reason": "Bắt đầu"})
    wish = {"reason": "Nhầm", "present": number}
    answers = [admin.post("/api/v1/rules/roll_back", wish) for _press in range(2)]
    assert [answer.status_code for answer in answers] == [200, 409]
    assert answers[1].json()["code"] == "rules_changed"
    assert admin.get(rules_of(1)).json()["state"] == "in_force"


def test_an_equal_rule_is_refused_naming_both(admin, number):
    admin.post(rules_of(number, "/rules"), RULE)
    refused = admin.post(rules_of(number, "/rules"), {**RULE, "title_vi": "Sinh đôi"})
    assert refused.status_code == 400
    [fault] = refused.json()["errors"]
    assert fault["field"] == "rule"
    assert "“Sinh đôi”" in fault["detail"]
    assert "“Đường hư trên quốc lộ”" in fault["detail"]
    assert admin.get(rules_of(number)).data["rules_count"] == 3


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"categories": ["ZZ"]}, "categories"),
        ({"hours": ["night"]}, "hours"),
        ({"agency": "NONE"}, "agency"),
        ({"roster": "NONE"}, "roster"),
        ({"outcome": "fate"}, "outcome"),
        ({"agency": None}, "rule"),
        ({"ack_minutes": 0}, "ack_minutes"),
    ],
)
def test_what_is_wrong_is_named_by_its_field(admin, number, wrong, field):
    refused = admin.post(rules_of(number, "/rules"), {**RULE, **wrong})
    assert refused.status_code == 400
    assert [fault["field"].partition("[")[0] for fault in refused.json()["errors"]] == [field]
    assert admin.get(rules_of(number)).data["rules_count"] == 2


def test_the_centre_looks_but_does_not_change(centre, admin, number):
    assert centre.get(rules_of(number)).status_code == 200
    assert centre.post("/api/v1/rules/sets", {}).status_code == 403
    assert centre.post(rules_of(number, "/rules"), RULE).status_code == 403
    assert centre.post(rules_of(number, "/publish"), {}).status_code == 403
    assert centre.post("/api/v1/rules/roll_back", {"reason": "x"}).status_code == 403
    assert set_in_force().number == 1


def test_others_do_not_see_the_rules(province):
    officer = staff_client("son", Role.OFFICER)
    assert officer.get("/api/v1/rules/sets").status_code == 403


def test_a_published_set_is_not_changed(admin, number):
    admin.post(rules_of(number, "/publish"), {})
    refused = admin.post(rules_of(number, "/rules"), RULE)
    assert (refused.status_code, refused.json()["code"]) == (409, "rules_published")


def test_only_the_centre_moves_tickets(admin, centre, send):
    given = {"tickets": ["2f0c4a44-0000-4000-8000-000000000000"], "reason": "Quy tắc mới"}
    assert admin.post("/api/v1/rules/moves", given).status_code == 403
    answer = centre.post("/api/v1/rules/moves", given)
    assert (answer.status_code, answer.data["moved"]) == (200, [])
    assert len(answer.data["refused"]) == 1


@pytest.mark.parametrize("days", ["0", "-1", "367", "x", ""])
def test_a_simulation_of_no_such_days_is_refused(admin, number, days):
    answer = admin.get(rules_of(number, f"/simulation?days={days}"))
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "days")


def choice(client, ticket, category: str = "GT03"):
    return client.get("/api/v1/rules/choice", {"ticket": str(ticket.pk), "category": category})


def test_the_rules_say_whose_a_corrected_category_would_be_and_the_centre_follows_them(
    centre, send, sequence
):
    ticket = ticket_of(send(WEST))
    said = choice(centre, ticket)
    assert (said.status_code, said.data["agency"], said.data["rule"]) == (200, "SXD", "Sở Xây dựng")
    assert "Category GT03" in said.data["explanation"]["en"]
    body = {"version": ticket.version, "category": "GT03", "agency": "SXD", "reason": "Cống vỡ"}
    sent = centre.post(f"/api/v1/tickets/{ticket.pk}/reroute", body)
    assert (sent.status_code, sent.data["category"], sent.data["agency"]) == (200, "GT03", "SXD")
    sequence()
    told = centre.get(f"/api/v1/tickets/{ticket.pk}/events").data["results"][-1]
    assert (told["data"]["from_category"], told["text"]) == ("GT01", "Cống vỡ")
    assert list(moves(rules_in_force().rules)) == []


@pytest.mark.parametrize(("category", "field"), [("", "category"), ("NOSUCH", "category")])
def test_a_choice_for_no_category_is_bad_input(centre, send, category, field):
    answer = choice(centre, ticket_of(send(WEST)), category)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, field)


def test_who_has_the_ticket_is_told_whose_it_would_be_as_well(send):
    desk = staff_client("lan", Role.DISPATCHER, Agency.objects.get(code="UBND-00001"))
    said = choice(desk, ticket_of(send(WEST)))
    assert (said.status_code, said.data["agency"]) == (200, "SXD")


def test_a_choice_is_for_those_who_may_reroute(admin, send):
    assert choice(admin, ticket_of(send(WEST))).status_code == 403
    assert admin.get("/api/v1/rules/choice", {"ticket": "x"}).status_code == 400


def test_moves_are_listed_page_by_page_and_counted_once_for_all(admin, centre, number, send):
    sent = [str(ticket_of(send(WEST)).pk) for _turn in range(3)]
    admin.post(rules_of(number, "/rules"), {**RULE, "answers": []})
    first = admin.get(rules_of(number, "/moves?limit=2")).json()
    second = admin.get(rules_of(number, "/moves"), {"cursor": first["next"]}).json()
    assert [move["ticket"] for move in first["results"] + second["results"]] == sent
    assert (len(first["results"]), second["next"]) == (2, None)
    assert admin.get(rules_of(number, "/moves?cursor=x")).json()["errors"][0]["field"] == "cursor"
    assert centre.get("/api/v1/rules/moves").data["count"] == 0


def test_gaps_are_listed_page_by_page(admin, number):
    for name in ("Cấp xã", "Sở Xây dựng"):
        assert admin.delete(rules_of(number, f"/rules/{name}")).status_code == 204
    first = admin.get(rules_of(number, "/coverage?limit=1")).json()
    assert (first["gaps_count"], first["next"]) == (2, 1)
    second = admin.get(rules_of(number, "/coverage?limit=1&start=1")).json()
    found = [gap["category"] for gap in first["gaps"] + second["gaps"]]
    assert (found, second["next"]) == (["GT01", "GT03"], None)
