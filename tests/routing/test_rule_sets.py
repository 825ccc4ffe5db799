"""Rules in versions: drawn up, published at a time, rolled back; each decision keeps which."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from backend import clock
from backend.accounts.models import Agency
from backend.accounts.principal import of_system
from backend.catalogue.models import CalendarDay
from backend.errors import Conflict, DomainError, InvalidInput
from backend.events.log import history
from backend.tickets.selectors import ticket_of
from routing.models import DutyRoster, DutyShift, RoutingRule, RuleSet
from routing.rule_sets import (
    discard_draft,
    draft_rules,
    publish_rules,
    remove_rule,
    roll_back,
    save_rule,
    set_in_force,
    state_of,
    withdraw_publication,
)
from tests.routing.conftest import WEST, make_rule

pytestmark = pytest.mark.usefixtures("province")

ADMIN = of_system("test")
NOON = datetime(2026, 3, 2, 5, tzinfo=UTC)  # a Monday, 12:00 in Viet Nam
TO_SXD = {"outcome": "agency", "title_vi": "Ổ gà", "categories": ["GT01"]}


def a_draft() -> RuleSet:
    draft = draft_rules(actor=ADMIN, note="thử")
    fields = {**TO_SXD, "agency": Agency.objects.get(code="SXD")}
    save_rule(number=draft.number, name="pothole", fields=fields, actor=ADMIN, new=True)
    return draft


def test_a_draft_decides_nothing_until_it_is_published(send):
    draft = a_draft()
    assert ticket_of(send()).agency.code == "UBND-00001"
    publish_rules(number=draft.number, actor=ADMIN)
    ticket = ticket_of(send())
    assert (ticket.agency.code, ticket.routing["rule_set"], ticket.routing["rule"]) == (
        "SXD",
        2,
        "pothole",
    )


def test_a_set_is_in_force_from_its_time_on(send):
    draft = a_draft()
    with clock.at(NOON):
        publish_rules(number=draft.number, actor=ADMIN, from_at=NOON + timedelta(hours=1))
        assert ticket_of(send()).agency.code == "UBND-00001"
    with clock.at(NOON + timedelta(hours=1)):
        assert ticket_of(send()).agency.code == "SXD"


def test_rolling_back_puts_the_set_before_in_force_again():
    draft = a_draft()
    with clock.at(NOON):
        publish_rules(number=draft.number, actor=ADMIN)
        with pytest.raises(InvalidInput):
            roll_back(actor=ADMIN, reason=" ")
        assert set_in_force() == draft
        publication = roll_back(actor=ADMIN, reason="Nhầm quy tắc")
        assert (publication.rollback, set_in_force().number) == (True, 1)


def test_there_is_nothing_to_go_back_to_before_the_first_set():
    with clock.at(NOON), pytest.raises(Conflict):
        roll_back(actor=ADMIN, reason="Thử")


def test_what_was_published_never_changes():
    draft = a_draft()
    publish_rules(number=draft.number, actor=ADMIN)
    for act in (
        lambda: save_rule(number=draft.number, name="pothole", fields={}, actor=ADMIN),
        lambda: remove_rule(number=draft.number, name="pothole", actor=ADMIN),
        lambda: discard_draft(number=draft.number, actor=ADMIN),
        lambda: publish_rules(number=draft.number, actor=ADMIN),
    ):
        with pytest.raises(Conflict) as refused:
            act()
        assert refused.value.code == "rules_published"
    assert draft.rules.count() == 3


def test_what_is_scheduled_can_be_taken_back_and_is_a_draft_again():
    draft = a_draft()
    with clock.at(NOON):
        publish_rules(number=draft.number, actor=ADMIN, from_at=NOON + timedelta(hours=1))
        assert state_of(draft, NOON) == "scheduled"
        withdraw_publication(number=draft.number, actor=ADMIN)
        assert state_of(draft, NOON) == "draft"
        with pytest.raises(Conflict):
            withdraw_publication(number=1, actor=ADMIN)
    assert set_in_force(NOON + timedelta(hours=2)).number == 1


def test_a_time_that_is_past_is_refused():
    draft = a_draft()
    with clock.at(NOON), pytest.raises(DomainError) as refused:
        publish_rules(number=draft.number, actor=ADMIN, from_at=NOON - timedelta(minutes=1))
    assert refused.value.code == "in_the_past"
    assert state_of(draft, NOON) == "draft"


def test_a_draft_that_no_longer_holds_good_is_not_published():
    draft = a_draft()
    RoutingRule.objects.filter(rule_set=draft, name="pothole").update(supporting=["GONE"])
    with pytest.raises(InvalidInput) as refused:
        publish_rules(number=draft.number, actor=ADMIN)
    assert "Ổ gà" in str(refused.value.detail)
    assert set_in_force().number == 1


def test_a_rule_equal_to_another_is_refused_in_its_own_set_only():
    draft = a_draft()
    with pytest.raises(ValidationError):
        save_rule(
            number=draft.number,
            name="twin",
            fields={"outcome": "unit_committee", "title_vi": "Sinh đôi", "categories": ["GT01"]},
            actor=ADMIN,
            new=True,
        )
    make_rule(name="elsewhere", categories=["GT01"])  # of set 1
    assert draft.rules.count() == 3


def test_every_step_is_in_the_log(sequence):
    draft = a_draft()
    remove_rule(number=draft.number, name="pothole", actor=ADMIN)
    publish_rules(number=draft.number, actor=ADMIN)
    sequence()
    told = [(entry.event.change, entry.event.rule) for entry in history(["rules:2"])]
    assert told == [
        ("drafted", ""),
        ("saved", "pothole"),
        ("removed", "pothole"),
        ("published", ""),
    ]


def test_night_and_season_choose_the_holder_of_the_roster(send):
    roster = DutyRoster.objects.create(code="TN", name_vi="Trực thoát nước", name_en="Drainage")
    rule = RoutingRule(
        rule_set=RuleSet.objects.get(number=1),
        name="storm",
        title_vi="Mùa mưa bão",
        categories=["GT01"],
        hours=["off"],
        days=["06-01..10-31"],
        outcome="roster",
        roster=roster,
    )
    rule.full_clean()
    rule.save()
    night = datetime(2026, 7, 1, 16, tzinfo=UTC)  # 23:00 of a Wednesday in July
    DutyShift.objects.create(
        roster=roster,
        agency=Agency.objects.get(code="SXD"),
        begins_at=night - timedelta(hours=1),
        ends_at=night + timedelta(hours=8),
    )
    with clock.at(night):
        assert ticket_of(send()).agency.code == "SXD"
    with clock.at(night - timedelta(hours=14)):  # 09:00, a working hour
        assert ticket_of(send()).agency.code == "UBND-00001"
    with clock.at(night + timedelta(days=1)):  # nobody's shift
        ticket = ticket_of(send())
        assert (ticket.agency.code, ticket.routing["doubt"]) == ("TTDH", ["nobody_on_duty"])
        assert "“Mùa mưa bão” chưa áp dụng được" in ticket.routing["explanation"]["vi"]
    with clock.at(night + timedelta(days=150)):  # out of the season
        assert ticket_of(send()).agency.code == "UBND-00001"


def test_a_decreed_day_off_is_off_duty(send):
    make_rule(name="Nghỉ", categories=["GT01"], hours=["off"], agency="SXD")
    with clock.at(NOON - timedelta(hours=3)):
        assert ticket_of(send()).agency.code == "UBND-00001"
        CalendarDay.objects.create(day=NOON.date(), worked=False)
        assert ticket_of(send()).agency.code == "SXD"


def test_who_reports_and_what_stands_there_decide(send):
    make_rule(name="Giấu tên", categories=["GT01"], reporters=["anonymous"], agency="SXD")
    make_rule(name="Quốc lộ", assets=["road:national"], agency="TTDH")
    assert ticket_of(send(anonymous=True)).agency.code == "SXD"
    assert ticket_of(send(answers={"road": "national"})).agency.code == "TTDH"
    assert ticket_of(send()).agency.code == "UBND-00001"


def test_a_rule_may_set_other_deadlines_that_stay_with_the_ticket(send):
    make_rule(
        name="Gấp",
        categories=["GT01"],
        ack_minutes=10,
        resolve_minutes=30,
        clock="clock",
        agency="SXD",
    )
    with clock.at(NOON):
        ticket = ticket_of(send())
    assert ticket.ack_due_at == NOON + timedelta(minutes=10)
    assert ticket.resolve_due_at == NOON + timedelta(minutes=40)


def test_an_agency_that_is_no_more_is_followed_by_its_successor(send):
    heir = Agency.objects.get(code="UBND-00002")
    Agency.objects.filter(code="SXD").update(active=False, successor=heir)
    ticket = ticket_of(send(WEST, category="GT03"))
    assert (ticket.agency.code, ticket.routing["doubt"]) == ("UBND-00002", [])


def test_what_was_scheduled_and_taken_back_can_be_discarded():
    draft = a_draft()
    publish_rules(number=draft.number, actor=ADMIN, from_at=clock.now() + timedelta(hours=1))
    withdraw_publication(number=draft.number, actor=ADMIN)
    discard_draft(number=draft.number, actor=ADMIN)
    assert not RuleSet.objects.filter(number=draft.number).exists()
    assert set_in_force().number == 1


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_two_who_begin_a_draft_at_once_each_have_one():
    def begin(_turn):
        try:
            return draft_rules(actor=ADMIN).number
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(begin, range(4))) == [2, 3, 4, 5]
