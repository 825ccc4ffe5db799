"""A gateway that fails is left alone by all, tried by one, and forgiven."""

from datetime import timedelta

import pytest

from backend import clock
from notifications.delivery import send_next
from notifications.figures import figures
from notifications.models import Gateway, Notification, Webhook
from notifications.transports.base import Outcome, Result
from tests.notifications.conftest import phone_with_push
from tests.notifications.rows import NOON, Counting, plan_row

pytestmark = pytest.mark.django_db
LATER = Result(outcome=Outcome.LATER, error="HTTP 502")


@pytest.fixture(autouse=True)
def fcm_is_configured(settings):
    settings.FCM_CREDENTIALS = "/etc/hien-truong/fcm.json"


def at(moment, transport, **more) -> int:
    with clock.at(moment):
        return send_next(transport, jitter=lambda: 1.0, **more)


def failing(times: int) -> Counting:
    transport = Counting(*[LATER] * times)
    transport.batch = 1
    return transport


def test_after_five_failures_it_is_left_alone_for_all_and_then_tried_by_one():
    rows = [plan_row(phone_with_push(f"token-{number}")) for number in range(8)]
    transport = failing(5)
    assert [at(NOON, transport) for _call in range(6)] == [1, 1, 1, 1, 1, 0]
    gateway = Gateway.objects.get()
    assert (gateway.failures, gateway.error) == (5, "HTTP 502")
    assert gateway.closed_until == NOON + timedelta(seconds=30)
    untouched = Notification.objects.filter(pk__in=[row.pk for row in rows[5:]])
    assert {row.attempts for row in untouched} == {0}
    transport.batch = 10
    opened = NOON + timedelta(seconds=31)
    with clock.at(opened):  # somebody else has the trial already
        Gateway.objects.update(closed_until=opened + timedelta(seconds=30))
    assert at(opened, transport) == 0
    Gateway.objects.update(closed_until=opened)
    assert at(opened, transport) == 1
    gateway.refresh_from_db()
    assert (gateway.failures, gateway.closed_until) == (0, None)
    assert at(opened, transport) == 7


def test_each_failed_trial_doubles_the_rest_up_to_five_minutes():
    for number in range(20):
        plan_row(phone_with_push(f"token-{number}"))
    transport, moment, rests = failing(12), NOON, []
    for _call in range(12):
        assert at(moment, transport) == 1
        closed = Gateway.objects.get().closed_until
        if closed:
            rests.append((closed - moment).total_seconds())
            moment = closed
    assert rests == [30, 60, 120, 240, 300, 300, 300, 300]


def test_who_has_nothing_to_try_it_with_leaves_the_trial_to_others(phone):
    plan_row(phone)
    Gateway.objects.create(transport="fcm", failures=9, closed_until=NOON)
    transport = Counting()
    assert at(NOON, transport, urgent=True) == 0  # the lane for the urgent comes first
    assert at(NOON, transport) == 1
    assert len(transport.pushes) == 1
    assert Gateway.objects.get().closed_until is None


def test_what_is_too_old_to_be_sent_tries_nothing(phone):
    old = [plan_row(phone, due_at=NOON - timedelta(days=2)) for _row in range(3)]
    plan_row(phone)
    Gateway.objects.create(transport="fcm", failures=9, closed_until=NOON)
    transport = Counting()
    assert [at(NOON, transport) for _call in range(5)] == [1, 1, 1, 1, 0]
    assert len(transport.pushes) == 1
    assert Notification.objects.filter(state="dropped").count() == len(old)


def test_one_success_in_a_batch_is_no_failure(phone):
    for _row in range(10):
        plan_row(phone)
    at(NOON, Counting(*[LATER] * 9))
    assert Gateway.objects.count() == 0


def test_a_mailbox_that_refuses_for_a_while_closes_e_mail_for_nobody_else(phone):
    for _row in range(7):
        plan_row(phone)
    greylisted = Result(outcome=Outcome.LATER, error="SMTP 450", answered=True)
    transport = Counting(*[greylisted] * 6)
    transport.batch = 1
    assert [at(NOON, transport) for _call in range(7)] == [1] * 7
    assert Gateway.objects.count() == 0


def test_a_trial_that_a_mailbox_refuses_for_a_while_opens_the_gateway_again(phone):
    plan_row(phone)
    Gateway.objects.create(transport="fcm", failures=9, closed_until=NOON)
    at(NOON, Counting(Result(outcome=Outcome.LATER, error="SMTP 450", answered=True)))
    gateway = Gateway.objects.get()
    assert (gateway.failures, gateway.closed_until) == (0, None)


def test_a_dead_gateway_delays_no_other_transport(phone):
    plan_row(phone)
    plan_row(phone, transport="email", to="1")
    Gateway.objects.create(transport="email", failures=9, closed_until=NOON + timedelta(hours=1))
    assert at(NOON, Counting()) == 1


@pytest.fixture
def hooks(desk):
    """Two systems that are told what the desk is told; the first answers nothing."""
    return [
        Webhook.objects.create(
            person=desk.key,
            transport="webhook",
            value=f"https://{name}.example/hook",
            created_at=NOON,
            confirmed_at=NOON,
        )
        for name in ("dead", "well")
    ]


class HalfDead(Counting):
    """Calls webhooks, of which some are dead; several at a time, and a message at a time each."""

    name = "webhook"
    batch = 50
    dead = True

    def send(self, pushes):
        answered = super().send(pushes)
        return [
            LATER if self.dead and "dead" in push.address else result
            for push, result in zip(pushes, answered, strict=True)
        ]

    def called(self) -> list[int]:
        """Return how often the dead one and the well one were called since the last look."""
        names = [push.address for push in self.pushes]
        self.pushes.clear()
        return [sum(name in each for each in names) for name in ("dead", "well")]


def test_a_dead_webhook_delays_no_other(desk, hooks):
    for hook in hooks:
        for _row in range(40):
            plan_row(desk, transport="webhook", to=str(hook.pk), relation="staff")
    transport = HalfDead()
    for _call in range(5):
        at(NOON, transport)
    dead, well = transport.called()
    assert (dead, well > 0) == (25, True)
    while at(NOON, transport):
        pass
    assert transport.called() == [0, 40 - well]
    with clock.at(NOON):
        assert figures()["webhook"].closed
    opened = NOON + timedelta(seconds=31)
    plan_row(desk, transport="webhook", to=str(hooks[1].pk), relation="staff")
    while at(opened, transport):
        pass
    assert transport.called() == [1, 1]
    transport.dead = False
    opened += timedelta(seconds=61)
    while at(opened, transport):
        pass
    assert transport.called() == [40, 0]
    assert set(Notification.objects.values_list("state", flat=True)) == {"sent"}
    assert Gateway.objects.filter(closed_until__isnull=False).count() == 0


def test_the_lane_for_the_urgent_takes_nothing_else(phone):
    usual, urgent = plan_row(phone), plan_row(phone, urgent=True)
    transport = Counting()
    assert at(NOON, transport, urgent=True) == 1
    assert [push.collapse_key for push in transport.pushes] == [urgent.report_no]
    assert at(NOON, transport, urgent=True) == 0
    usual.refresh_from_db()
    assert usual.state == "planned"
