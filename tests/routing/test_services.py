"""A report finds its ticket and its agency by the log, once."""

from uuid import uuid4

import pytest
from shapely.geometry import LineString

from backend.accounts.models import Agency, Membership, User
from backend.accounts.principal import of_system, of_user
from backend.catalogue.models import Category
from backend.events.delivery import deliver_all
from backend.events.log import history
from backend.reports.services import Draft, submit_report
from backend.tickets.models import Ticket
from backend.tickets.selectors import ticket_of
from backend.tickets.services import (
    accept_ticket,
    merge_ticket,
    reject_ticket,
    reroute_ticket,
    withdraw_report,
)
from geo.assets import forget, load_assets
from geo.files import Row
from routing.models import RoutingRule
from routing.services import route_reports
from tests.routing.conftest import EAST, EDGE, SEA, WEST, make_rule

SOMEBODY = of_system("test")


def test_a_report_goes_to_the_committee_of_its_unit(send):
    ticket = ticket_of(send(EAST))
    assert (ticket.status, ticket.agency.code) == ("routed", "UBND-00002")
    assert ticket.routing == {
        "rule_set": 1,
        "rule": "Cấp xã",
        "title": {"vi": "Cấp xã", "en": "Cấp xã"},
        "explanation": {
            "vi": "Chuyển UBND-00002 xử lý phản ánh “Loại GT01” (GT01) tại Phường Đông, "
            "theo quy tắc “Cấp xã”.",
            "en": "The report “Category GT01” (GT01), in Đông Ward, goes to UBND-00002, "
            "by the rule “Cấp xã”.",
        },
        "doubt": [],
    }
    assert ticket.resolve_due_at is not None
    types = [entry.type for entry in history([f"ticket:{ticket.id}"])]
    assert types == ["ticket.opened", "ticket.routed"]


def test_a_department_is_chosen_by_rule_with_its_support(send):
    Category.objects.filter(code="GT03").update(supporting=["UBND-00001", "SXD"])
    ticket = ticket_of(send(WEST, category="GT03"))
    assert ticket.agency.code == "SXD"
    assert [agency.code for agency in ticket.supporting.all()] == ["UBND-00001"]


def test_an_answer_about_the_road_changes_who_is_asked(send):
    make_rule(name="Quốc lộ", categories=["GT01"], answers=["road=national"], agency="SXD")
    assert ticket_of(send(answers={"road": "national"})).agency.code == "SXD"
    assert ticket_of(send(answers={"road": "local"})).agency.code == "UBND-00001"


def test_a_point_in_no_unit_goes_to_the_duty_desk(send):
    ticket = ticket_of(send(SEA))
    assert (ticket.status, ticket.agency.code, ticket.area_code) == ("routed", "TTDH", "")
    assert ticket.routing["doubt"] == ["outside_units"]


def test_a_department_supports_the_duty_desk_where_there_is_no_unit(send):
    ticket = ticket_of(send(SEA, category="GT03"))
    assert ticket.agency.code == "TTDH"
    assert [agency.code for agency in ticket.supporting.all()] == ["SXD"]


def test_a_point_near_a_boundary_is_routed_with_its_doubt(send):
    ticket = ticket_of(send(EDGE, accuracy_m=50.0))
    assert (ticket.status, ticket.agency.code) == ("routed", "UBND-00001")
    assert ticket.routing["doubt"] == ["near_boundary"]
    assert "cán bộ điều phối cần xác nhận" in ticket.routing["explanation"]["vi"]


def test_without_a_rule_or_an_active_agency_the_duty_desk_answers(send):
    Agency.objects.filter(code="UBND-00001").update(active=False)
    closed = ticket_of(send(WEST))
    assert (closed.agency.code, closed.routing["doubt"]) == ("TTDH", ["no_committee"])
    RoutingRule.objects.update(active=False)
    unruled = ticket_of(send(EAST))
    assert (unruled.agency.code, unruled.routing["doubt"]) == ("TTDH", ["no_rule"])


def test_a_reviewed_category_waits_with_a_proposal(send):
    Category.objects.filter(code="GT01").update(intake="review")
    ticket = ticket_of(send(WEST))
    assert (ticket.status, ticket.agency) == ("submitted", None)
    assert (ticket.routing["proposed"], ticket.routing["rule"]) == ("UBND-00001", "Cấp xã")
    assert ticket.routing["explanation"]["vi"].startswith("Đề xuất chuyển UBND-00001")


def test_who_confirms_a_proposal_confirms_its_supporting_agencies_too(send):
    Category.objects.filter(code="GT03").update(intake="review", supporting=["UBND-00001"])
    ticket = ticket_of(send(WEST, category="GT03"))
    assert ticket.routing["proposed_supporting"] == ["UBND-00001"]
    confirmed = reroute_ticket(
        ticket_id=ticket.id, agency="SXD", actor=SOMEBODY, version=ticket.version, reason=None
    )
    assert [agency.code for agency in confirmed.supporting.all()] == ["UBND-00001"]
    said = confirmed.routing
    assert (said["rule"], said["rule_set"], said["by"]) == ("Sở Xây dựng", 1, SOMEBODY.key)
    assert said["explanation"]["en"] == "The system confirmed the proposal of SXD."
    assert said["earlier"][0]["explanation"]["en"].startswith("The report “Category GT03”")


def test_who_chooses_another_agency_than_the_proposed_takes_nothing_of_the_proposal(send):
    Category.objects.filter(code="GT03").update(intake="review", supporting=["UBND-00001"])
    ticket = ticket_of(send(WEST, category="GT03"))
    chosen = reroute_ticket(
        ticket_id=ticket.id, agency="TTDH", actor=SOMEBODY, version=ticket.version, reason=None
    )
    assert list(chosen.supporting.all()) == []


def test_a_rule_without_a_title_is_not_shown_by_its_key(send):
    make_rule(name="pothole_key", title_vi="", title_en="", categories=["GT01"])
    said = ticket_of(send(WEST)).routing["explanation"]
    assert "theo quy tắc phân tuyến." in said["vi"]
    assert "by a routing rule." in said["en"]
    assert "pothole_key" not in said["vi"] + said["en"]


def test_rules_that_disagree_leave_the_choice_to_a_person(send):
    make_rule(name="D", categories=["GT01"], reporters=["officer", "citizen"], agency="TTDH")
    rival = make_rule(name="E", categories=["GT01"], reporters=["staff", "officer", "anonymous"])
    # Saving refuses such a pair; it can still come by a restored or repaired table.
    RoutingRule.objects.filter(pk=rival.pk).update(reporters=["staff", "citizen"])
    ticket = ticket_of(send(WEST))
    assert (ticket.status, ticket.routing["proposed"]) == ("submitted", "TTDH")
    assert ticket.routing["doubt"] == ["rules_disagree"]


def test_without_a_duty_desk_the_ticket_waits_and_nothing_is_lost(send):
    Agency.objects.filter(code="TTDH").update(active=False)
    ticket = ticket_of(send(SEA))
    assert (ticket.status, ticket.agency, ticket.routing["proposed"]) == ("submitted", None, "TTDH")


def test_a_rule_may_raise_the_priority(send):
    make_rule(name="Gấp", categories=["GT01"], priority="high")
    assert ticket_of(send(WEST)).priority == "high"


def test_a_report_routed_twice_is_one_ticket(send):
    report = send(WEST)
    first = ticket_of(report)
    route_reports([report.id])
    assert ticket_of(report) == first
    assert Ticket.objects.count() == 1
    assert len(history([f"ticket:{first.id}"])) == 2


def test_a_withdrawn_report_is_not_routed(send, phone, sequence):
    report = send.only_keep(WEST, category="GT01")
    withdraw_report(report=report, actor=phone)
    sequence()
    deliver_all("routing")
    assert Ticket.objects.count() == 0


NEAR = (WEST[0] + 0.002, WEST[1])  # 221 m
FAR = (WEST[0] + 0.003, WEST[1])  # 332 m


def test_a_report_joins_the_open_ticket_that_it_names(send):
    ticket = ticket_of(send(WEST))
    joined = send(NEAR, joins=ticket.id)
    assert ticket_of(joined) == ticket
    types = [entry.type for entry in history([f"ticket:{ticket.id}"])]
    assert types == ["ticket.opened", "ticket.routed", "report.joined"]


@pytest.mark.parametrize("unlike", ["far", "another category", "restricted", "finished", "unknown"])
def test_a_report_that_cannot_join_gets_a_ticket_of_its_own(send, unlike):
    ticket = ticket_of(send(WEST, category="GT03" if unlike == "another category" else "GT01"))
    if unlike == "restricted":
        Ticket.objects.update(restricted=True)
    if unlike == "finished":
        reject_ticket(
            ticket_id=ticket.id, actor=SOMEBODY, version=ticket.version, reason="Đã sửa hôm qua."
        )
    named = ticket.report_id if unlike == "unknown" else ticket.id
    other = ticket_of(send(FAR if unlike == "far" else NEAR, joins=named))
    assert other != ticket
    assert (other.status, other.agency.code) == ("routed", "UBND-00001")


def test_a_report_joins_what_its_ticket_was_merged_into(send):
    kept, gone = ticket_of(send(WEST)), ticket_of(send(NEAR))
    merge_ticket(ticket_id=gone.id, actor=SOMEBODY, version=gone.version, into=kept.id)
    assert ticket_of(send(NEAR, joins=gone.id)) == kept


def test_a_ticket_at_work_can_still_be_joined(send):
    ticket = ticket_of(send(WEST))
    accept_ticket(ticket_id=ticket.id, actor=SOMEBODY, version=ticket.version)
    assert ticket_of(send(NEAR, joins=ticket.id)) == ticket


def test_an_officers_report_may_go_another_way(send, sequence):
    make_rule(name="Cán bộ", categories=["GT01"], reporters=["officer"], agency="SXD")
    officer = User.objects.create(username="officer")
    Membership.objects.create(user=officer, role="officer")
    report = send.only_keep(WEST, category="GT01")
    draft = Draft(id=uuid4(), category="GT01", text="Ổ gà.", lat=WEST[0], lon=WEST[1])
    theirs, _new = submit_report(draft=draft, principal=of_user(officer))
    sequence()
    deliver_all("routing")
    assert ticket_of(report).agency.code == "UBND-00001"
    assert ticket_of(theirs).agency.code == "SXD"


@pytest.fixture
def roads(settings):
    """A national road along the west ward's 20.95th parallel, a local one 40 m north of it."""
    settings.ASSET_RADIUS_M = 25
    forget()

    def line(lat: float, kind: str, name: str) -> Row:
        return Row(0, {"kind": kind, "name": name}, LineString([(107.0, lat), (107.1, lat)]))

    load_assets([line(20.95, "national", "QL18"), line(20.95036, "local", "Lê Lợi")], layer="road")
    yield
    forget()


METRE_NORTH = 1 / 110_740


@pytest.mark.parametrize(
    ("metres", "agency"),
    [(0, "SXD"), (18, "SXD"), (30, "UBND-00001"), (-20, "SXD"), (-30, "UBND-00001")],
)
def test_the_road_near_the_point_decides_without_an_answer(send, roads, metres, agency):
    make_rule(name="Quốc lộ", assets=["road:national"], agency="SXD")
    lat, lon = WEST
    assert ticket_of(send((lat + metres * METRE_NORTH, lon))).agency.code == agency


def test_the_explanation_names_the_road_and_how_far_it_is(send, roads):
    make_rule(name="Quốc lộ", assets=["road:national"], agency="SXD")
    lat, lon = WEST
    said = ticket_of(send((lat + 12 * METRE_NORTH, lon))).routing["explanation"]
    assert said["vi"].endswith("Điểm cách QL18 (road:national) 12 m.")
    assert said["en"].endswith("The point is 12 m from QL18 (road:national).")


def test_an_answer_counts_as_an_asset_where_no_layer_is_loaded(send):
    make_rule(name="Quốc lộ", assets=["road:national"], agency="SXD")
    ticket = ticket_of(send(answers={"road": "national"}))
    assert ticket.agency.code == "SXD"
    assert "road:national" not in ticket.routing["explanation"]["vi"]
