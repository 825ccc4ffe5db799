"""What waits is told as things stand when it is sent: nothing hidden, nothing lost."""

from datetime import timedelta

import pytest

from backend import clock
from backend.tickets.models import Ticket
from notifications.choices import choose, subscribe
from notifications.delivery import send_next
from notifications.models import Notification
from notifications.transports.base import Outcome, Result
from tests.factories import make_ticket
from tests.notifications.rows import NOON, Counting, plan_row

pytestmark = pytest.mark.django_db
LATER = Result(outcome=Outcome.LATER, error="busy")


@pytest.fixture(autouse=True)
def fcm_is_configured(settings):
    settings.FCM_CREDENTIALS = "/etc/hien-truong/fcm.json"


@pytest.fixture
def ticket(province):
    return make_ticket(province.pothole, province.ward)


def at(moment, transport) -> int:
    with clock.at(moment):
        return send_next(transport, jitter=lambda: 1.0)


def states(*rows: Notification) -> list[str]:
    return [Notification.objects.get(pk=row.pk).state for row in rows]


def hide(ticket: Ticket) -> None:
    Ticket.objects.filter(pk=ticket.pk).update(restricted=True)


def test_who_only_looks_on_is_not_told_of_what_has_become_confidential(phone, ticket):
    subscribe(person=phone.key, ticket=ticket)
    rows = [
        plan_row(phone, relation=relation, topic=topic, ticket=ticket, kind="ticket.routed")
        for relation, topic in (("follower", "followed"), ("area", "area"))
    ]
    hide(ticket)
    transport = Counting()
    at(NOON, transport)
    assert (states(*rows), transport.pushes) == (["dropped", "dropped"], [])


def test_a_reporters_push_names_no_agency_of_what_has_become_confidential(province, phone, hear):
    with clock.at(NOON):
        mine = make_ticket(province.pothole, province.ward, phone)
        hear()
    row = Notification.objects.get(person=phone.key, transport="fcm")
    assert mine.agency.name_vi in row.body
    hide(mine)
    transport = Counting()
    at(NOON, transport)
    [push] = transport.pushes
    assert mine.agency.name_vi not in push.body
    assert "cơ quan có thẩm quyền" in push.body


def test_who_left_a_matter_is_not_told_of_it_by_a_second_attempt(phone, ticket):
    kept = subscribe(person=phone.key, ticket=ticket)
    row = plan_row(phone, relation="follower", topic="followed", ticket=ticket)

    class Leaving(Counting):
        def send(self, pushes):
            kept.delete()
            return super().send(pushes)

    at(NOON, Leaving(LATER))
    transport = Counting()
    at(NOON + timedelta(minutes=1), transport)
    assert (states(row), transport.pushes) == (["dropped"], [])


def folded(person, **more) -> Notification:
    return plan_row(person, fold="one", **more)


def test_what_was_folded_into_a_dropped_one_is_told_by_itself(phone):
    result = folded(phone, topic="result")
    area = folded(phone, topic="area")
    at(NOON, Counting(LATER))
    assert states(result, area) == ["folded", "planned"]
    with clock.at(NOON):
        choose(person=phone.key, topic="area", channels=[])
    transport = Counting()
    while at(NOON + timedelta(minutes=1), transport):
        pass
    assert states(result, area) == ["sent", "dropped"]
    assert [push.body for push in transport.pushes] == [result.body]


def test_what_was_folded_into_one_that_is_too_old_is_told_by_itself(phone):
    result = folded(phone, topic="result")
    question = folded(phone, topic="question")
    area = folded(phone, topic="area")  # worth six hours
    transport = Counting()
    while at(NOON + timedelta(hours=7), transport):
        pass
    assert states(result, question, area) == ["folded", "sent", "dropped"]
    assert [push.body for push in transport.pushes] == ["Có 2 cập nhật mới."]


def test_a_second_attempt_counts_what_was_folded_before(phone):
    for _row in range(5):
        folded(phone)
    at(NOON, Counting(LATER))
    folded(phone)
    transport = Counting()
    while at(NOON + timedelta(minutes=1), transport):
        pass
    assert [push.body for push in transport.pushes] == ["Có 6 cập nhật mới."]
    assert Notification.objects.filter(state="folded", folded_into__state="sent").count() == 5


def test_a_second_letter_lists_each_once(settings, desk):
    settings.EMAIL_HOST = "mail.example"
    desk.user.email = "lan@quangninh.example"
    desk.user.save()
    mail = Counting(LATER)
    mail.name = "email"
    given = {"transport": "email", "to": "account"}
    for number in range(3):
        folded(desk, body=f"Việc {number}", **given)
    at(NOON, mail)
    folded(desk, body="Việc 3", **given)
    mail.pushes.clear()
    while at(NOON + timedelta(minutes=1), mail):
        pass
    [letter] = mail.pushes
    assert letter.body.splitlines() == ["Có 4 cập nhật mới.", *(f"Việc {n}" for n in range(4))]
