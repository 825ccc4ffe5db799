"""Sweeps come round by the clock, in one process at a time."""

from datetime import UTC, datetime, timedelta

import pytest

from backend import clock
from backend.events import sweeping
from backend.events.models import SweepTurn
from backend.events.sweeping import LEASE, every, sweep_once

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 2, 5, tzinfo=UTC)


@pytest.fixture(autouse=True)
def only_sweeps(monkeypatch):
    monkeypatch.setattr(sweeping, "sweeps", {})


def sweep_at(seconds: float) -> list[str]:
    with clock.at(NOON + timedelta(seconds=seconds)):
        return sweep_once()


def test_a_sweep_comes_round_after_its_time():
    done = []
    every(15, "dust")(lambda: done.append(1))
    assert [sweep_at(0), sweep_at(14), sweep_at(15), sweep_at(16)] == [["dust"], [], ["dust"], []]
    assert len(done) == 2


def test_while_one_process_sweeps_another_does_not():
    done = []

    @every(15, "dust")
    def work():
        done.append(sweep_at(1))  # another process looks while this one is at work

    assert sweep_at(0) == ["dust"]
    assert done == [[]]


def test_a_process_that_died_leaves_its_turn_to_another():
    SweepTurn.objects.create(name="dust", next_at=NOON + LEASE)  # taken, and never ended
    every(15, "dust")(lambda: None)
    assert sweep_at(LEASE.total_seconds() - 1) == []
    assert sweep_at(LEASE.total_seconds()) == ["dust"]


def test_a_sweep_that_fails_stops_no_other_and_comes_round_again():
    tries = []

    @every(15, "broken")
    def fail():
        tries.append(1)
        raise RuntimeError

    every(15, "dust")(lambda: None)
    assert [sweep_at(0), sweep_at(15)] == [["dust"], ["dust"]]
    assert len(tries) == 2


def test_a_name_is_given_once():
    every(15, "dust")(lambda: None)
    with pytest.raises(ValueError, match="dust"):
        every(15, "dust")(lambda: None)
