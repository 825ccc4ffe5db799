"""Who may see and do what, role by role."""

import pytest

from backend.accounts import principal as principals
from backend.accounts.models import Role
from backend.accounts.principal import ANONYMOUS
from backend.tickets import services
from backend.tickets.policies import (
    can,
    can_see_reporter,
    tickets_visible_to,
    verbs_for,
)
from tests.factories import make_phone, make_staff, make_ticket

pytestmark = pytest.mark.django_db

SEES = {
    "desk": True,
    "leader": True,
    "other_desk": False,
    "centre": True,
    "governor": True,
    "admin": True,
    "officer": False,
    "phone": False,
    "nobody": False,
}

MAY_WHEN_ROUTED = {
    "desk": "accept return correct merge assign comment",
    "leader": "accept return correct extend merge assign comment direct",
    "other_desk": "",
    "centre": "reroute correct extend merge reject comment direct",
    "governor": "extend comment direct",
    "admin": "",
    "officer": "",
    "phone": "",
    "nobody": "",
}


@pytest.fixture
def people(province):
    return {
        "desk": make_staff("lan", Role.DISPATCHER, province.ward),
        "leader": make_staff("hoa", Role.AGENCY_LEADER, province.ward),
        "other_desk": make_staff("tuan", Role.DISPATCHER, province.other_ward),
        "centre": make_staff("minh", Role.OPERATIONS_CENTRE),
        "governor": make_staff("binh", Role.PROVINCIAL_LEADER),
        "admin": make_staff("quan", Role.ADMINISTRATOR),
        "officer": make_staff("son", Role.OFFICER),
        "phone": make_phone(),
        "nobody": ANONYMOUS,
    }


@pytest.mark.parametrize("who", SEES)
def test_who_sees_a_routed_ticket_on_a_board(people, province, who):
    ticket = make_ticket(province.pothole, province.ward)
    assert (ticket in tickets_visible_to(people[who])) is SEES[who]


@pytest.mark.parametrize("who", MAY_WHEN_ROUTED)
def test_what_each_may_do_with_a_routed_ticket(people, province, who):
    ticket = make_ticket(province.pothole, province.ward)
    assert [str(verb) for verb in verbs_for(people[who], ticket)] == MAY_WHEN_ROUTED[who].split()


def test_a_ticket_without_agency_is_on_no_agencys_board(people, province):
    ticket = make_ticket(province.pothole, None)
    assert ticket not in tickets_visible_to(people["desk"])
    assert ticket in tickets_visible_to(people["centre"])
    assert not any(can(people["desk"], verb, ticket) for verb in ("accept", "comment"))


def test_a_proposed_result_is_approved_or_sent_back_by_a_leader_not_by_the_desk(people, province):
    ticket = make_ticket(province.noise, province.ward)
    services.accept_ticket(ticket_id=ticket.id, actor=people["desk"], version=2)
    services.propose_resolution(
        ticket_id=ticket.id, actor=people["desk"], version=3, note="Xong", uploads=[]
    )
    ticket.refresh_from_db()
    assert verbs_for(people["desk"], ticket) == ["comment"]
    assert {"start", "approve"} <= set(verbs_for(people["leader"], ticket))


def test_a_person_whose_account_is_switched_off_holds_no_role(people, province):
    user = people["centre"].user
    user.is_active = False
    user.save()
    assert not principals.of_user(user).roles


def test_who_sent_it_is_for_the_desk_and_the_centre_but_not_where_it_is_confidential(
    people, province
):
    plain = make_ticket(province.pothole, province.ward)
    secret = make_ticket(province.secret, province.ward)
    may = {who for who in people if can_see_reporter(people[who], plain)}
    assert may == {"desk", "leader", "centre"}
    assert {who for who in people if can_see_reporter(people[who], secret)} == {"centre"}
