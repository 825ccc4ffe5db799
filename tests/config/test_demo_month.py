"""A month of the demo's tickets, as its pages show them; told once for all of these tests."""

from datetime import UTC, datetime
from io import StringIO

import pytest
from django.conf import settings as project
from django.core.management import call_command

from backend import clock
from backend.tickets.lifecycle import OPEN
from backend.tickets.models import Ticket
from config.demo.plan import OPEN as KINDS
from config.province.load import load_province

pytestmark = [pytest.mark.long, pytest.mark.django_db, pytest.mark.one_database]
WEDNESDAY = datetime(2026, 11, 18, 3, 0, tzinfo=UTC)  # ten in the morning in Viet Nam


@pytest.fixture(scope="module")
def month(lasting_db, tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch, clock.at(WEDNESDAY):
        patch.setattr(project, "MEDIA_ROOT", tmp_path_factory.mktemp("uploads"))
        load_province(project.PROVINCE_DIR)
        call_command("load_demo", "--even-in-production", "--tickets=80", stdout=StringIO())


def test_a_fifth_of_the_tickets_is_open_and_of_every_kind(month):
    tickets = Ticket.objects.filter(status__in=OPEN)
    assert len(tickets) == round(80 * sum(often for _kind, often in KINDS) / 300)
    with clock.at(WEDNESDAY):
        assert {ticket.status for ticket in tickets} == {
            "submitted",
            "need_info",
            "routed",
            "returned",
            "accepted",
            "in_progress",
            "pending_approval",
        }
        assert {"routed", "in_progress"} <= {each.status for each in tickets if each.overdue}
        assert any(ticket.due_soon for ticket in tickets)
    assert any(ticket.priority == "emergency" for ticket in tickets)
    for ticket in tickets:
        assert ticket.status != "submitted" or ticket.routing["proposed"]


def test_the_desk_that_the_demo_shows_has_work_of_every_kind(month):
    tickets = Ticket.objects.filter(agency__code=f"UBND-{project.DEMO_UNIT}")
    statuses = [ticket.status for ticket in tickets]
    assert {"routed", "in_progress", "pending_approval", "closed"} <= set(statuses)
    with clock.at(WEDNESDAY):
        assert any(ticket.overdue for ticket in tickets if ticket.status == "in_progress")
    assert len(tickets) >= 8
    elsewhere = Ticket.objects.exclude(agency__code=f"UBND-{project.DEMO_UNIT}")
    assert elsewhere.values("agency").distinct().count() >= 15
