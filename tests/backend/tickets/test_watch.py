"""Deadlines by a clock that the test moves: each is told once, climbs, and begins anew."""

from datetime import UTC, datetime, timedelta

import pytest

from backend import clock
from backend.accounts.models import Role
from backend.events.log import history
from backend.tickets import services
from backend.tickets.models import Ticket
from backend.tickets.services import watch_deadlines
from tests.factories import make_category, make_staff, make_ticket

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_reactions")]

SENT = datetime(2026, 3, 2, 1, tzinfo=UTC)  # a Monday, 08:00 in Viet Nam
# The category counts clock hours: 60 minutes to acknowledge.
ACK = SENT + timedelta(minutes=60)


@pytest.fixture
def ticket(province):
    with clock.at(SENT):
        return make_ticket(province.pothole, province.ward)


def look(moment: datetime) -> int:
    with clock.at(moment):
        return watch_deadlines()


@pytest.fixture
def told(sequence):
    def told(ticket: Ticket) -> list[str]:
        """What the watch told of the ticket, with the level that heard."""
        sequence()
        return [
            " ".join(
                (entry.type.removeprefix("ticket."), getattr(entry.event, "level", ""))
            ).strip()
            for entry in history([f"ticket:{ticket.pk}"])
            if entry.actor == "system:deadlines"
        ]

    return told


def test_near_and_past_are_told_once_however_often_one_looks(ticket, told):
    assert look(ACK - timedelta(minutes=16)) == 0
    assert look(ACK - timedelta(minutes=15)) == 1
    assert look(ACK - timedelta(minutes=14)) == 0
    assert look(ACK) == 0  # the deadline itself is still in time
    assert look(ACK + timedelta(seconds=1)) == 1
    assert look(ACK + timedelta(minutes=2)) == 0
    assert told(ticket) == ["due_soon", "overdue", "escalated agency_leader"]


def test_the_version_stays_so_that_nobody_who_acts_is_refused(ticket, province):
    version = ticket.version
    look(ACK + timedelta(minutes=1))
    desk = make_staff("lan", Role.DISPATCHER, province.ward)
    services.accept_ticket(ticket_id=ticket.pk, actor=desk, version=version)


def test_a_ticket_climbs_the_ladder_by_the_clock(ticket, told):
    look(ACK + timedelta(minutes=1))
    assert look(ACK + timedelta(minutes=60)) == 0
    assert look(ACK + timedelta(minutes=61)) == 1
    assert look(ACK + timedelta(minutes=241)) == 1
    assert look(ACK + timedelta(days=30)) == 0
    assert told(ticket) == [
        "overdue",
        "escalated agency_leader",
        "escalated centre",
        "escalated provincial_leader",
    ]


def test_working_hours_are_climbed_in_working_hours(province, told):
    working = make_category("GT09", province.pothole.sector, clock="working", ack_minutes=480)
    with clock.at(SENT):  # 08:00: due on Tuesday at 08:00
        ticket = make_ticket(working, province.ward)
    due = SENT + timedelta(days=1)
    look(due + timedelta(minutes=1))
    assert look(due + timedelta(days=1)) == 0  # 480 working minutes later, not past yet
    assert look(due + timedelta(days=1, minutes=1)) == 1
    assert look(due + timedelta(days=2, minutes=1)) == 0
    assert look(due + timedelta(days=3, minutes=1)) == 1
    assert told(ticket)[1:] == [
        "escalated agency_leader",
        "escalated centre",
        "escalated provincial_leader",
    ]


def test_what_nobody_leads_is_told_to_the_centre(province, told):
    with clock.at(SENT):
        ticket = make_ticket(province.pothole, None)
    look(ACK + timedelta(minutes=61))
    assert told(ticket) == ["overdue", "escalated centre"]


def test_a_new_deadline_is_watched_anew(ticket, province, told):
    look(ACK + timedelta(minutes=1))
    desk = make_staff("lan", Role.DISPATCHER, province.ward)
    with clock.at(ACK + timedelta(minutes=2)):
        accepted = services.accept_ticket(ticket_id=ticket.pk, actor=desk, version=ticket.version)
    assert accepted.rung == 0
    look(ACK + timedelta(minutes=3))
    look(accepted.resolve_due_at + timedelta(minutes=1))
    assert told(ticket) == [
        "overdue",
        "escalated agency_leader",
        "overdue",
        "escalated agency_leader",
    ]


def test_an_extension_before_the_deadline_puts_the_telling_off(ticket, province, told):
    leader = make_staff("hoa", Role.AGENCY_LEADER, province.ward)
    with clock.at(SENT + timedelta(minutes=5)):
        ticket = services.accept_ticket(ticket_id=ticket.pk, actor=leader, version=ticket.version)
        due = ticket.resolve_due_at
        later = due + timedelta(days=2)
        services.extend_ticket(
            ticket_id=ticket.pk,
            actor=leader,
            version=ticket.version,
            due_at=later,
            reason="Chờ vật tư",
        )
    ticket.refresh_from_db()
    look(due + timedelta(minutes=1))
    assert told(ticket) == []
    assert (ticket.first_resolve_due_at, ticket.extensions.get().approver) == (due, leader.key)
    look(later + timedelta(minutes=1))
    assert told(ticket) == ["overdue", "escalated agency_leader"]


def test_nothing_is_told_of_what_is_finished(ticket, province, told):
    centre = make_staff("minh", Role.OPERATIONS_CENTRE)
    with clock.at(SENT + timedelta(minutes=5)):
        services.reject_ticket(
            ticket_id=ticket.pk, actor=centre, version=ticket.version, reason="Trùng lặp"
        )
    assert look(ACK + timedelta(days=1)) == 0
    assert told(ticket) == []


def test_one_look_takes_no_more_than_its_share(province):
    with clock.at(SENT):
        for _turn in range(3):
            make_ticket(province.pothole, province.ward)
    with clock.at(ACK + timedelta(minutes=1)):
        assert [watch_deadlines(limit=2), watch_deadlines(limit=2)] == [2, 1]


def test_the_centre_chases_and_a_leader_orders(ticket, province):
    centre = make_staff("minh", Role.OPERATIONS_CENTRE)
    with clock.at(SENT + timedelta(minutes=5)):
        services.direct_ticket(
            ticket_id=ticket.pk,
            actor=centre,
            version=ticket.version,
            message="Đề nghị xử lý gấp",
            kind="chase",
        )
    assert [each.kind for each in ticket.directives.all()] == ["chase"]
