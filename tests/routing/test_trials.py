"""What is found out before rules are published: what they leave out, and what they would change."""

import pytest

from backend import clock
from backend.accounts.models import Agency
from backend.accounts.principal import of_system
from backend.events.log import history
from backend.tickets.selectors import ticket_of
from backend.tickets.services import accept_ticket, reroute_ticket
from geo.locator import forget
from geo.models import AreaVersion
from routing.coverage import coverage
from routing.models import RoutingRule, RuleSet
from routing.moving import move_tickets
from routing.rule_sets import draft_rules, publish_rules, roll_back, rules_in_force, rules_of
from routing.simulation import moves, simulate
from tests.routing.conftest import EAST, WEST, make_rule

ADMIN = of_system("test")


def in_force():
    return rules_in_force().rules


@pytest.fixture
def draft(province) -> RuleSet:
    draft = draft_rules(actor=ADMIN)
    make_rule(name="Ổ gà", categories=["GT01"], agency="SXD", number=draft.number)
    return draft


def test_the_rules_of_a_whole_province_leave_nothing_out(province):
    found = coverage(in_force())
    assert (found.categories, found.areas, found.gaps, found.idle) == (2, 2, (), ())


def test_a_category_without_a_rule_and_a_unit_without_a_committee_are_named(province):
    RoutingRule.objects.filter(name="Sở Xây dựng").delete()
    Agency.objects.filter(code="UBND-00002").update(active=False)
    gaps = [(gap.category, gap.reason, gap.areas) for gap in coverage(in_force()).gaps]
    assert gaps == [
        ("GT01", "no_committee", ("00002",)),
        ("GT03", "no_rule", ("00001", "00002")),
    ]


def test_a_unit_that_was_merged_away_is_no_gap_and_its_rule_decides_nothing(province):
    make_rule(name="thử", agency="SXD", areas=["00002"])
    assert [idle.rule for idle in coverage(in_force()).idle] == []
    AreaVersion.objects.filter(area__code="00002").update(valid_to=clock.now().date())
    Agency.objects.filter(code="UBND-00002").update(active=False)
    forget()
    found = coverage(in_force())
    assert (found.areas, found.gaps) == (1, ())
    assert [idle.rule for idle in found.idle] == ["thử"]


@pytest.mark.parametrize(
    ("conditions", "beaten_by"),
    [
        ({"categories": ["GT01"], "levels": ["province"]}, ()),  # GT01 is of commune level
        ({"levels": ["commune"], "priorities": ["normal"]}, None),
        ({"days": ["2020-01-01..2020-12-31"]}, ()),  # past
        ({"sectors": ["GT"]}, ("Mọi sự cố", "Mọi ổ gà")),
    ],
)
def test_a_rule_that_never_decides_is_named(province, conditions, beaten_by):
    if beaten_by:
        make_rule(name="Mọi ổ gà", categories=["GT01"])
        make_rule(name="Mọi sự cố", categories=["GT03"], agency="SXD")
    make_rule(name="thử", agency="TTDH", **conditions)
    found = {idle.rule: idle.beaten_by for idle in coverage(in_force()).idle}
    assert found.get("thử") == beaten_by


def test_a_simulation_says_what_would_have_gone_another_way(send, draft):
    first, _other, last = send(WEST), send(WEST, category="GT03"), send(EAST)
    part = simulate(in_force(), rules_of(draft), days=7, start=0, size=100)
    assert (part.done, part.total, part.ended) == (3, 3, True)
    told = [(each.report_no, each.before.agency, each.after.agency) for each in part.changes]
    assert told == [
        (first.report_no, "UBND-00001", "SXD"),
        (last.report_no, "UBND-00002", "SXD"),
    ]
    assert ticket_of(first).agency.code == "UBND-00001"  # nothing was done


def test_a_simulation_goes_on_part_by_part(send, draft):
    for _turn in range(3):
        send(WEST)
    first = simulate(in_force(), rules_of(draft), days=7, start=0, size=2)
    second = simulate(in_force(), rules_of(draft), days=7, start=first.done, size=2)
    assert (first.done, first.total, first.ended, len(first.changes)) == (2, 3, False, 2)
    assert (second.done, second.total, second.ended, len(second.changes)) == (3, 3, True, 1)


def test_a_new_set_lists_the_open_tickets_it_would_move_and_moves_none(send, draft):
    moved, by_hand, at_work = (ticket_of(send(WEST)) for _turn in range(3))
    reroute_ticket(
        ticket_id=by_hand.pk, agency="TTDH", actor=ADMIN, version=by_hand.version, reason="Thử"
    )
    accept_ticket(ticket_id=at_work.pk, actor=ADMIN, version=at_work.version)
    publish_rules(number=draft.number, actor=ADMIN)
    found = {move.ticket.pk: (move.agency, move.reason) for move in moves(in_force())}
    assert found == {moved.pk: ("SXD", "rules"), at_work.pk: ("SXD", "rules")}
    moved.refresh_from_db()
    assert moved.agency.code == "UBND-00001"


def test_a_person_moves_those_that_they_choose(send, draft, sequence):
    chosen, left = ticket_of(send(WEST)), ticket_of(send(WEST))
    publish_rules(number=draft.number, actor=ADMIN)
    assert move_tickets(ids=[chosen.pk], reason="Quy tắc mới", actor=ADMIN) == [chosen.pk]
    chosen.refresh_from_db()
    left.refresh_from_db()
    assert (chosen.agency.code, left.agency.code) == ("SXD", "UBND-00001")
    sequence()
    assert history([f"ticket:{chosen.pk}"])[-1].type == "ticket.rerouted"
    assert move_tickets(ids=[chosen.pk], reason="Quy tắc mới", actor=ADMIN) == []


def test_a_moved_ticket_says_by_which_rules_and_may_be_moved_again(send, draft):
    ticket = ticket_of(send(WEST))
    publish_rules(number=draft.number, actor=ADMIN)
    move_tickets(ids=[ticket.pk], reason="Quy tắc mới", actor=ADMIN)
    ticket.refresh_from_db()
    said = ticket.routing
    assert (said["rule"], said["rule_set"], said["by"]) == ("Ổ gà", draft.number, ADMIN.key)
    assert said["explanation"]["en"].startswith(
        "The system moved it from UBND-00001 to SXD, as the rules in force have it. The report"
    )
    assert [each["rule_set"] for each in said["earlier"]] == [1]
    # Nobody has judged it since, so the next version speaks of it too.
    roll_back(actor=ADMIN, reason="Thử")
    assert [(move.agency, move.reason) for move in moves(in_force())] == [("UBND-00001", "rules")]


def test_open_tickets_of_a_merged_agency_are_offered_to_its_successor(send):
    waiting, at_work = ticket_of(send(WEST)), ticket_of(send(WEST))
    accept_ticket(ticket_id=at_work.pk, actor=ADMIN, version=at_work.version)
    heir = Agency.objects.get(code="UBND-00002")
    Agency.objects.filter(code="UBND-00001").update(active=False, successor=heir)
    found = {move.ticket.pk: (move.agency, move.reason) for move in moves(in_force())}
    assert found == {
        waiting.pk: ("UBND-00002", "successor"),
        at_work.pk: ("UBND-00002", "successor"),
    }
    ids = [waiting.pk, at_work.pk]
    assert set(move_tickets(ids=ids, reason="Sáp nhập", actor=ADMIN)) == set(ids)
    for ticket in (waiting, at_work):
        ticket.refresh_from_db()
        assert (ticket.status, ticket.agency.code) == ("routed", "UBND-00002")
