"""A question that its reporter leaves unanswered: recalled once, then ended, and never for ever."""

from datetime import UTC, datetime, timedelta

import pytest

from backend import clock
from backend.accounts.models import Role
from backend.events import log
from backend.tickets import services
from backend.tickets.lifecycle import Status
from backend.tickets.models import Reply, Ticket
from backend.tickets.services import watch_questions
from tests.factories import make_phone, make_report, make_staff, make_ticket, open_for

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 2, 5, tzinfo=UTC)
DUE = NOON + timedelta(hours=72)


@pytest.fixture
def desk(province):
    return make_staff("lan", Role.DISPATCHER, province.ward)


def asked(ticket, actor) -> Ticket:
    with clock.at(NOON):
        return services.request_info(
            ticket_id=ticket.id, actor=actor, version=ticket.version, message="Ở số nhà nào?"
        )


@pytest.fixture
def ticket(province, desk):
    with clock.at(NOON):
        made = make_ticket(province.pothole, province.ward)
        made = services.accept_ticket(ticket_id=made.id, actor=desk, version=made.version)
    return asked(made, desk)


def watched_at(moment, sequence) -> list[str]:
    """Look at that moment, and return what was told."""
    sequence()
    head = log.head()
    with clock.at(moment):
        watch_questions()
    sequence()
    return [entry.type for entry in log.read(head)]


def test_a_reporter_is_reminded_a_day_before_and_only_once(ticket, sequence):
    assert watched_at(DUE - timedelta(hours=25), sequence) == []
    assert watched_at(DUE - timedelta(hours=24), sequence) == ["ticket.info_reminded"]
    assert watched_at(DUE - timedelta(hours=1), sequence) == []
    kept = Ticket.objects.get()
    assert (kept.status, kept.version) == (Status.NEED_INFO, ticket.version)


def test_without_an_answer_the_ticket_is_back_with_who_asked(ticket, sequence):
    assert watched_at(DUE, sequence) == ["ticket.info_missed"]
    back = Ticket.objects.get()
    assert (back.status, back.agency, back.info_due_at) == (Status.ROUTED, ticket.agency, None)
    assert back.due_at == back.ack_due_at == DUE + timedelta(minutes=60)
    assert log.read(0)[-1].event.due_at == DUE.isoformat()
    assert watched_at(DUE + timedelta(days=9), sequence) == []


def test_what_the_centre_asked_waits_for_the_centre_again(province, sequence):
    centre = make_staff("minh", Role.OPERATIONS_CENTRE)
    with clock.at(NOON):
        waiting = make_ticket(province.pothole, None)
    asked(waiting, centre)
    assert watched_at(DUE, sequence) == ["ticket.info_missed"]
    assert Ticket.objects.get().status == Status.SUBMITTED


def test_a_province_may_have_unanswered_tickets_rejected_with_the_reason(
    ticket, settings, sequence
):
    settings.INFO_EXPIRED = "reject"
    assert watched_at(DUE, sequence) == ["ticket.rejected"]
    assert Ticket.objects.get().status == Status.REJECTED
    said = Reply.objects.latest("pk")
    assert (said.verb, said.published_at) == ("reject", DUE)
    assert "did not come in time" in said.text


@pytest.mark.parametrize("priority", ["high", "emergency"])
def test_what_may_be_dangerous_is_never_rejected_for_silence(ticket, settings, sequence, priority):
    settings.INFO_EXPIRED = "reject"
    Ticket.objects.update(priority=priority)
    assert watched_at(DUE, sequence) == ["ticket.info_missed"]


def test_an_answer_in_time_ends_the_watch_and_a_new_question_begins_another(
    province, desk, sequence
):
    phone = make_phone()
    with clock.at(NOON):
        report = make_report(province.pothole, phone)
        made = open_for(report, province.ward)
        made = services.accept_ticket(ticket_id=made.id, actor=desk, version=made.version)
    asked(made, desk)
    assert watched_at(DUE - timedelta(hours=2), sequence) == ["ticket.info_reminded"]
    with clock.at(DUE - timedelta(hours=1)):
        answered = services.give_info(report=report, actor=phone, text="Số 5")
        taken = services.accept_ticket(ticket_id=made.id, actor=desk, version=answered.version)
        services.request_info(
            ticket_id=made.id, actor=desk, version=taken.version, message="Ngõ nào?"
        )
    assert watched_at(DUE, sequence) == []
    assert watched_at(DUE + timedelta(hours=70), sequence) == ["ticket.info_reminded"]


def test_the_time_to_answer_is_the_provinces_to_set(province, settings, desk, sequence):
    settings.INFO_HOURS, settings.INFO_REMINDER_HOURS = 10, 0
    with clock.at(NOON):
        made = make_ticket(province.pothole, province.ward)
        made = services.accept_ticket(ticket_id=made.id, actor=desk, version=made.version)
    asked(made, desk)
    assert watched_at(NOON + timedelta(hours=9), sequence) == []
    assert watched_at(NOON + timedelta(hours=10), sequence) == ["ticket.info_missed"]
