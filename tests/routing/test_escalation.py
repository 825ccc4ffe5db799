"""What no agency takes up goes to the duty desk."""

from datetime import UTC, datetime, timedelta

import pytest

from backend import clock
from backend.accounts.models import Agency
from backend.accounts.principal import of_system
from backend.events.delivery import deliver_all
from backend.events.log import history
from backend.tickets.selectors import ticket_of
from backend.tickets.services import (
    accept_ticket,
    reroute_ticket,
    return_ticket,
    watch_deadlines,
)

SOMEBODY = of_system("test")
SENT = datetime(2026, 3, 2, 1, tzinfo=UTC)
LATE = SENT + timedelta(minutes=61)  # an hour to acknowledge


@pytest.fixture
def react(sequence):
    def react() -> None:
        sequence()
        deliver_all("routing")
        sequence()

    return react


@pytest.fixture
def back(react):
    def back(ticket):
        """Let the ticket's agency give it back."""
        ticket.refresh_from_db()
        return_ticket(
            ticket_id=ticket.pk, actor=SOMEBODY, version=ticket.version, reason="Không phải"
        )
        react()
        ticket.refresh_from_db()

    return back


def give(ticket, agency: str) -> None:
    reroute_ticket(
        ticket_id=ticket.pk, agency=agency, actor=SOMEBODY, version=ticket.version, reason="Thử"
    )


def test_returned_once_it_waits_returned_twice_it_goes_to_the_duty_desk(send, back):
    ticket = ticket_of(send())
    back(ticket)
    assert (ticket.status, ticket.agency) == ("returned", None)
    give(ticket, "SXD")
    back(ticket)
    assert (ticket.status, ticket.agency.code) == ("routed", "TTDH")
    last = history([f"ticket:{ticket.pk}"])[-1]
    assert (last.type, last.actor) == ("ticket.rerouted", "system:routing")
    assert "hai lần" in ticket.notes.latest("pk").text
    assert ticket.routing["explanation"] == {
        "vi": "Hệ thống chuyển đến TTDH, vì phiếu đã bị trả lại hai lần.",
        "en": "The system gave it to TTDH, since it was returned twice.",
    }
    assert len(ticket.routing["earlier"]) == 4  # routed, back, given, back


def test_what_the_duty_desk_gives_back_waits_for_a_person(send, back):
    ticket = ticket_of(send())
    back(ticket)
    give(ticket, "TTDH")
    back(ticket)
    assert (ticket.status, ticket.agency) == ("returned", None)


def test_untouched_past_its_deadline_it_goes_to_the_duty_desk(send, react):
    with clock.at(SENT):
        ticket = ticket_of(send())
    with clock.at(LATE):
        watch_deadlines()
        react()
    ticket.refresh_from_db()
    assert (ticket.status, ticket.agency.code) == ("routed", "TTDH")
    assert ticket.ack_due_at == LATE + timedelta(minutes=60)
    assert ticket.first_resolve_due_at == SENT + timedelta(minutes=660)
    types = [entry.type for entry in history([f"ticket:{ticket.pk}"])]
    assert types[2:] == ["ticket.overdue", "ticket.escalated", "ticket.rerouted"]


def test_what_was_taken_up_in_the_meantime_stays(send, react):
    with clock.at(SENT):
        ticket = ticket_of(send())
    with clock.at(LATE):
        watch_deadlines()
        accept_ticket(ticket_id=ticket.pk, actor=SOMEBODY, version=ticket.version)
        react()
    ticket.refresh_from_db()
    assert (ticket.status, ticket.agency.code) == ("accepted", "UBND-00001")


def test_without_a_duty_desk_it_stays_where_it_is(send, react):
    Agency.objects.filter(code="TTDH").update(active=False)
    with clock.at(SENT):
        ticket = ticket_of(send())
    with clock.at(LATE):
        watch_deadlines()
        react()
    ticket.refresh_from_db()
    assert (ticket.status, ticket.agency.code) == ("routed", "UBND-00001")
