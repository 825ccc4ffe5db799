"""Whatever breaks: every due notification is sent once, or has failed and says why."""

import random
from datetime import timedelta

import pytest

from backend import clock
from notifications.claiming import LEASE, claim
from notifications.delivery import send_next
from notifications.models import Notification
from notifications.transports.base import Outcome, Result
from tests.notifications.conftest import phone_with_push
from tests.notifications.rows import NOON, plan_row

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def fcm_is_configured(settings):
    settings.FCM_CREDENTIALS = "/etc/hien-truong/fcm.json"


class Faulty:
    """Down for the first ten minutes, afterwards every tenth push fails for one reason or
    another; it knows what it let through."""

    name = "fcm"
    batch = 10
    lanes = 1

    def __init__(self) -> None:
        self.chance = random.Random(6)
        self.arrived: list[str] = []
        self.dead: set[str] = set()

    def send(self, pushes) -> list[Result]:
        if clock.now() < NOON + timedelta(minutes=10):
            raise ConnectionRefusedError("down")
        return [self._one(push) for push in pushes]

    def _one(self, push) -> Result:
        if self.chance.random() >= 0.1:
            self.arrived.append(push.id)
            return Result(outcome=Outcome.SENT)
        outcome = self.chance.choice([Outcome.LATER, Outcome.LATER, Outcome.GONE])
        if outcome == Outcome.GONE:
            self.dead.add(push.id)
        return Result(outcome=outcome, error=f"made up: {outcome}")


def test_a_gateway_down_for_ten_minutes_then_failing_and_killed_workers_lose_nothing():
    rows = [plan_row(phone_with_push(f"token-{number}")) for number in range(120)]
    transport = Faulty()
    moment, killed = NOON, 0
    while Notification.objects.filter(state__in=["planned", "sending"]).exists():
        assert moment < NOON + timedelta(hours=4)
        with clock.at(moment):
            # Now and then a worker claims and is killed before it sends.
            if transport.chance.random() < 0.6 and claim("fcm", 7):
                killed += 1
            while send_next(transport, jitter=transport.chance.random):
                pass
        moment += LEASE / 2
    states = dict(Notification.objects.values_list("pk", "state"))
    sent = {f"n{pk}" for pk, state in states.items() if state == "sent"}
    failed = {f"n{pk}" for pk, state in states.items() if state == "failed"}
    assert len(states) == len(rows)
    assert set(states.values()) == {"sent", "failed"}
    assert sorted(transport.arrived) == sorted(sent)  # each once
    assert failed == transport.dead
    assert killed >= 3
    reasons = Notification.objects.filter(state="failed").values_list("error", flat=True)
    assert set(reasons) == {"made up: gone"}
