"""What the feed reads by one statement is what Django's own queries would show."""

import pytest

from backend import clock
from backend.accounts.models import Role
from backend.tickets import services, showing
from backend.tickets.feed import for_feed
from backend.tickets.models import Ticket
from backend.tickets.selectors import for_showing
from tests.factories import make_staff, make_ticket

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_reactions")]


@pytest.fixture
def tickets(province):
    """One with all that can hang on a ticket, one with as little as can be."""
    minh = make_staff("minh", Role.OPERATIONS_CENTRE)
    lan = make_staff("lan", Role.DISPATCHER, province.ward)
    into = make_ticket(province.pothole, province.ward)
    other = make_ticket(province.pothole, province.ward)
    services.merge_ticket(ticket_id=other.pk, actor=minh, version=other.version, into=into.pk)
    into.refresh_from_db()
    accepted = services.accept_ticket(ticket_id=into.pk, actor=lan, version=into.version)
    services.assign_ticket(ticket_id=into.pk, actor=lan, version=accepted.version, assignee="lan")
    into.supporting.add(province.department, province.other_ward)
    waiting = make_ticket(province.noise, None, at=province.at_sea)
    return [into, other, waiting]


def test_it_shows_what_django_would(tickets, django_assert_num_queries):
    ids = [ticket.pk for ticket in tickets]
    usual = {ticket.pk: ticket for ticket in for_showing(Ticket.objects.filter(pk__in=ids))}
    with django_assert_num_queries(1):
        found = for_feed(ids)
        for ticket in found.values():  # nothing that a summary needs is asked for later
            showing.report_nos(ticket)
            assert ticket.agency is None or ticket.agency.code
            assert all(helper.code for helper in ticket.supporting.all())
    moment = clock.now()
    shown = {pk: showing.summary(ticket, moment) for pk, ticket in found.items()}
    assert shown == {pk: showing.summary(ticket, moment) for pk, ticket in usual.items()}
    assert shown[ids[0]]["supporting"] == ["SXD", "UBND-10002"]
    assert len(shown[ids[0]]["report_nos"]) == 2
    for pk in ids:
        assert showing.gone_summary(found[pk]) == showing.gone_summary(usual[pk])
        assert showing.public_summary(found[pk]) == showing.public_summary(usual[pk])


def test_nothing_is_asked_for_nothing(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert for_feed([]) == {}
