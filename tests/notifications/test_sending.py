"""From planned to its end: claimed, sent, marked; tried again, given up, or dropped."""

from datetime import timedelta
from queue import Queue

import pytest

from backend import clock
from backend.accounts.models import Device
from backend.accounts.services import set_push_address
from backend.events import log
from notifications import claiming, delivery
from notifications.claiming import LEASE
from notifications.delivery import retry, send_next
from notifications.models import Gateway, Notification
from notifications.pushes import LIVES
from notifications.sandbox.google import Fault
from notifications.transports.base import Outcome, Result
from tests.factories import make_phone
from tests.notifications.conftest import phone_with_push
from tests.notifications.rows import NOON, Counting, plan_row

pytestmark = pytest.mark.django_db
LATER = Result(outcome=Outcome.LATER, error="busy")


@pytest.fixture(autouse=True)
def fcm_is_configured(settings):
    settings.FCM_CREDENTIALS = "/etc/hien-truong/fcm.json"


def at(moment, transport, jitter=1.0) -> int:
    with clock.at(moment):
        return send_next(transport, jitter=lambda: jitter)


def test_what_is_due_is_sent_and_marked(phone):
    row = plan_row(phone)
    transport = Counting()
    assert at(NOON, transport) == 1
    row.refresh_from_db()
    assert (row.state, row.sent_at, row.attempts, row.error) == ("sent", NOON, 1, "")
    [push] = transport.pushes
    assert (push.address, push.collapse_key) == ("token-1", row.report_no)
    assert push.link == f"http://localhost:8000/#/r/{row.report_no}"
    assert at(NOON, transport) == 0


def test_what_is_not_due_waits(phone):
    plan_row(phone, next_at=NOON + timedelta(minutes=1))
    assert at(NOON, Counting()) == 0


def test_the_urgent_overtake(phone):
    usual, urgent = plan_row(phone), plan_row(phone, urgent=True)
    transport = Counting()
    at(NOON, transport)
    assert [push.collapse_key for push in transport.pushes] == [urgent.report_no, usual.report_no]
    assert [push.urgent for push in transport.pushes] == [True, False]


def test_the_wait_doubles_up_to_a_quarter_of_an_hour(phone):
    row = plan_row(phone)
    transport = Counting(*[LATER] * 10)
    moment, waits = NOON, []
    for _attempt in range(10):
        assert at(moment, transport) == 1
        row.refresh_from_db()
        waits.append((row.next_at - moment).total_seconds())
        moment = row.next_at
    assert waits == [5, 10, 20, 40, 80, 160, 320, 640, 900, 900]
    assert (row.state, row.attempts, row.error) == ("planned", 10, "busy")
    assert at(moment, transport) == 1
    row.refresh_from_db()
    assert (row.state, row.error) == ("sent", "")


def test_jitter_shortens_the_wait_by_half_at_most(phone):
    row = plan_row(phone)
    at(NOON, Counting(LATER), jitter=0.0)
    row.refresh_from_db()
    assert row.next_at == NOON + timedelta(seconds=2.5)


def test_the_gateway_is_left_alone_for_as_long_as_it_asked(phone):
    row = plan_row(phone)
    asked = Result(outcome=Outcome.LATER, error="quota", wait=timedelta(minutes=10))
    at(NOON, Counting(asked), jitter=0.0)
    row.refresh_from_db()
    assert row.next_at == NOON + timedelta(minutes=10)


def test_a_refusal_ends_it_with_its_reason_and_is_recorded(phone, sequence):
    row = plan_row(phone)
    at(NOON, Counting(Result(outcome=Outcome.REFUSED, error="SenderIdMismatchError")))
    row.refresh_from_db()
    assert (row.state, row.error) == ("failed", "SenderIdMismatchError")
    assert Device.objects.get().push_address == "token-1"
    sequence()
    [entry] = log.read(0)
    assert (entry.type, entry.event.notification_id) == ("notification.failed", row.pk)


def test_what_cannot_be_sent_within_a_day_fails(phone):
    row = plan_row(phone, attempts=20, next_at=NOON + LIVES - timedelta(minutes=1))
    at(NOON + LIVES - timedelta(minutes=1), Counting(LATER))
    row.refresh_from_db()
    assert (row.state, row.error) == ("failed", "It could not be sent in time. busy")


def test_what_nobody_could_try_for_a_day_is_dropped_and_says_so(phone):
    row = plan_row(phone)
    transport = Counting()
    at(NOON + LIVES + timedelta(seconds=1), transport)
    row.refresh_from_db()
    assert (row.state, row.error) == ("dropped", "It was too old to be sent.")
    assert transport.pushes == []


def test_what_ends_its_sender_each_time_is_given_up(phone):
    row = plan_row(phone)
    transport, moment = Counting(), NOON
    for _sender in range(delivery.LOST + 1):
        with clock.at(moment):
            assert len(claiming.claim("fcm", 10)) == 1  # and its sender is gone
        moment += LEASE
    at(moment, transport)
    row.refresh_from_db()
    assert (row.state, row.lost, transport.pushes) == ("failed", delivery.LOST + 1, [])


def test_however_often_it_is_put_off_it_is_tried_for_as_long_as_it_is_worth_it(phone):
    row = plan_row(phone, topic="result")  # three days
    transport, tried = Counting(*[LATER] * 1000), 0
    while row.state == "planned":
        at(row.next_at, transport)
        Gateway.objects.all().delete()  # others get through
        row.refresh_from_db()
        tried += 1
    assert row.error == "It could not be sent in time. busy"
    assert tried > 250
    assert row.next_at > NOON + timedelta(days=3) - timedelta(hours=1)


def test_a_phone_that_gave_its_address_up_is_not_pushed_to(phone):
    row = plan_row(phone)
    set_push_address(device=phone.device, transport="", address="")
    transport = Counting()
    at(NOON, transport)
    row.refresh_from_db()
    assert (row.state, row.error) == ("dropped", "The person has no such address any more.")
    assert transport.pushes == []


def test_a_new_address_is_used_for_what_was_planned_before(phone):
    plan_row(phone)
    set_push_address(device=phone.device, transport="fcm", address="token-new")
    transport = Counting()
    at(NOON, transport)
    assert [push.address for push in transport.pushes] == ["token-new"]


def test_a_transport_that_raises_loses_nothing(phone):
    row = plan_row(phone)
    transport = Counting()
    transport.send = lambda pushes: 1 / 0
    at(NOON, transport)
    row.refresh_from_db()
    assert (row.state, row.error) == ("planned", "ZeroDivisionError: division by zero")
    assert row.next_at == NOON + timedelta(seconds=5)


def test_a_killed_sender_repeats_once_and_the_phone_shows_it_once(phone, fcm, sandbox):
    row = plan_row(phone)

    class Killed(Counting):
        def send(self, pushes):
            fcm.send(pushes)
            raise SystemExit  # after the sending, before the marking

    with pytest.raises(SystemExit):
        at(NOON, Killed())
    row.refresh_from_db()
    assert (row.state, row.next_at) == ("sending", NOON + LEASE)
    assert at(NOON + LEASE - timedelta(seconds=1), fcm) == 0
    assert at(NOON + LEASE, fcm) == 1
    assert at(NOON + 2 * LEASE, fcm) == 0
    row.refresh_from_db()
    assert (row.state, row.attempts) == ("sent", 2)
    assert len(sandbox.google.received) == 2
    assert len(sandbox.google.tray("token-1")) == 1


def test_a_sender_that_lost_its_lease_does_not_undo_the_others_work(phone):
    row = plan_row(phone)

    class Slow(Counting):
        def send(self, pushes):
            at(NOON + LEASE, Counting())  # meanwhile another took it over, and sent it
            return super().send(pushes)

    at(NOON, Slow(Result(outcome=Outcome.REFUSED, error="too late")))
    row.refresh_from_db()
    assert (row.state, row.attempts) == ("sent", 2)


def test_the_lease_is_renewed_while_the_gateway_takes_its_time(phone, monkeypatch):
    renewed = Queue()
    monkeypatch.setattr(claiming, "RENEW_EVERY", 0.01)
    monkeypatch.setattr(claiming, "_renew", renewed.put)
    row = plan_row(phone)

    class Slow(Counting):
        def send(self, pushes):
            assert [renewed.get(timeout=10) for _time in range(3)] == [[row.pk]] * 3
            return super().send(pushes)

    at(NOON, Slow())
    row.refresh_from_db()
    assert row.state == "sent"


def test_renewing_moves_the_end_of_the_lease_of_what_is_still_on_its_way(phone):
    held, sent = plan_row(phone, state="sending"), plan_row(phone, state="sent", sent_at=NOON)
    with clock.at(NOON + timedelta(seconds=10)):
        claiming._renew([held.pk, sent.pk])
    held.refresh_from_db()
    sent.refresh_from_db()
    assert held.next_at == NOON + timedelta(seconds=40)
    assert sent.next_at == NOON


def test_a_dead_token_is_forgotten_by_the_device_that_had_it(fcm, sandbox):
    dead, alive = phone_with_push("token-dead"), phone_with_push("token-alive")
    rows = [plan_row(dead), plan_row(alive)]
    sandbox.google.order(Fault.UNREGISTERED, address="token-dead", times=None)
    assert at(NOON, fcm) == 2
    states = [Notification.objects.get(pk=row.pk) for row in rows]
    assert [row.state for row in states] == ["failed", "sent"]
    assert states[0].error.startswith("UnregisteredError")
    addresses = dict(Device.objects.values_list("pk", "push_address"))
    assert addresses == {dead.device.pk: "", alive.device.pk: "token-alive"}


def test_a_phone_that_replaced_its_token_meanwhile_keeps_the_new_one(phone):
    plan_row(phone)

    class Replaced(Counting):
        def send(self, pushes):
            set_push_address(device=phone.device, transport="fcm", address="token-new")
            return super().send(pushes)

    at(NOON, Replaced(Result(outcome=Outcome.GONE, error="UnregisteredError")))
    assert Device.objects.get().push_address == "token-new"


def test_a_failed_one_is_tried_again_by_hand(phone):
    row = plan_row(phone, state="failed", error="busy", attempts=3)
    inbox = plan_row(phone, transport="inbox", state="sent", sent_at=NOON)
    with clock.at(NOON + timedelta(days=3)):
        assert retry([row.pk, inbox.pk]) == 1
    transport = Counting()
    at(NOON + timedelta(days=3), transport)
    row.refresh_from_db()
    assert (row.state, row.attempts, row.error) == ("sent", 2, "")
    assert retry([row.pk]) == 0  # what was sent stays sent


def test_by_hand_an_old_step_does_not_take_the_newer_ones_place(phone):
    old = plan_row(phone, report_no="QN-26-7K3F9D", state="failed", error="busy")
    new = plan_row(phone, report_no="QN-26-7K3F9D", state="sent", sent_at=NOON)
    with clock.at(NOON + timedelta(minutes=1)):
        assert retry([old.pk, new.pk]) == 1
    transport = Counting()
    assert at(NOON + timedelta(minutes=1), transport) == 1
    old.refresh_from_db()
    assert (old.state, transport.pushes) == ("dropped", [])
    assert old.error == "A newer one about the report was sent first."


def test_a_phone_without_address_never_reaches_the_transport():
    row = plan_row(make_phone())
    transport = Counting()
    assert at(NOON, transport) == 1
    row.refresh_from_db()
    assert (row.state, transport.pushes) == ("dropped", [])


def test_a_gateway_that_is_down_for_ten_minutes_loses_nothing():
    rows = [plan_row(phone_with_push(f"token-{number}")) for number in range(20)]
    up_again = NOON + timedelta(minutes=10)
    transport = Counting(*[LATER] * 20 * 7)
    moment, numbers = NOON, iter(range(10_000))
    while Notification.objects.exclude(state="sent").exists():
        with clock.at(moment):
            while send_next(transport, jitter=lambda: next(numbers) % 11 / 10):
                pass
        moment += timedelta(seconds=5)
        if moment >= up_again:
            transport._results.clear()
    assert set(Notification.objects.values_list("state", flat=True)) == {"sent"}
    assert {push.address for push in transport.pushes} == {
        f"token-{number}" for number in range(20)
    }
    assert moment - up_again < timedelta(minutes=15)
    assert len(rows) == 20


def test_two_about_one_report_go_one_after_the_other(phone):
    first = plan_row(phone, report_no="QN-26-7K3F9D", kind="ticket.routed")
    second = plan_row(phone, report_no="QN-26-7K3F9D", kind="ticket.accepted")
    other = plan_row(phone)

    class Watching(Counting):
        def send(self, pushes):
            assert at(NOON, Counting()) == 0  # another sender leaves the second alone meanwhile
            return super().send(pushes)

    transport = Watching()
    assert at(NOON, transport) == 2
    assert at(NOON, transport) == 1
    kinds = [push.data["kind"] for push in transport.pushes]
    assert kinds == [first.kind, other.kind, second.kind]


def test_an_urgent_one_waits_for_no_usual_one_about_its_report_and_ends_those_that_wait(phone):
    number = "QN-26-7K3F9D"
    being_sent = plan_row(phone, report_no=number)
    waiting = plan_row(phone, report_no=number)
    urgent = plan_row(phone, report_no=number, urgent=True, kind="ticket.escalated")
    with clock.at(NOON):
        assert claiming.claim("fcm", 1) == [urgent]
        waiting.refresh_from_db()
        assert (waiting.state, waiting.error) == ("dropped", claiming.OVERTAKEN)
        being_sent.refresh_from_db()
        assert being_sent.state == "dropped"


def test_one_that_is_tried_again_does_not_take_the_place_of_a_newer_on_its_way(phone):
    first = plan_row(phone, report_no="QN-26-7K3F9D", kind="ticket.routed")
    second = plan_row(phone, report_no="QN-26-7K3F9D", kind="ticket.accepted")
    transport = Counting(LATER)
    assert at(NOON, transport) == 1

    class Watching(Counting):
        def send(self, pushes):
            assert at(NOON + timedelta(seconds=5), Counting()) == 0  # its retry is due meanwhile
            return super().send(pushes)

    newer = Watching()
    assert at(NOON + timedelta(seconds=4), newer) == 1
    assert at(NOON + timedelta(seconds=5), transport) == 1
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, second.state) == ("dropped", "sent")
    assert len(transport.pushes) == 1


def test_one_that_waits_for_its_retry_does_not_hold_the_newer_and_is_then_dropped(phone):
    first = plan_row(phone, report_no="QN-26-7K3F9D", kind="ticket.routed")
    second = plan_row(phone, report_no="QN-26-7K3F9D", kind="ticket.accepted")
    transport = Counting(LATER)
    assert at(NOON, transport) == 1
    assert at(NOON, transport) == 1
    assert at(NOON + timedelta(seconds=5), transport) == 1
    first.refresh_from_db()
    second.refresh_from_db()
    assert (second.state, first.state) == ("sent", "dropped")
    assert first.error == "A newer one about the report was sent first."
    assert [push.data["kind"] for push in transport.pushes] == [first.kind, second.kind]
