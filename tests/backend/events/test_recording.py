"""Rule 1: facts join the log as the last act of the change they tell of."""

from uuid import UUID

import pytest
from django.db import transaction

from backend.accounts.models import Agency
from backend.events import log
from backend.events.log import RecordedOutside, record, recording
from tests.events import PebbleDropped, RippleSeen

pytestmark = pytest.mark.django_db


def drop(number: int = 0) -> None:
    record(PebbleDropped(number=number), actor="user:1")


def numbers() -> list[int]:
    return [entry.event.number for entry in log.read(0)]


def test_a_fact_recorded_outside_a_recording_is_refused(sequence):
    with pytest.raises(RecordedOutside):
        drop()
    sequence()
    assert log.read(0) == []


def test_a_fact_is_read_back_as_it_was_recorded(sequence):
    with recording():
        drop(7)
    sequence()
    [entry] = log.read(0)
    assert entry.event == PebbleDropped(pond="a", number=7)
    assert (entry.position, entry.type, entry.stream) == (1, "pebble.dropped", "pond:a")
    assert entry.actor == "user:1"


def test_a_change_that_fails_leaves_neither_itself_nor_its_fact(sequence):
    with pytest.raises(ZeroDivisionError), recording():
        Agency.objects.create(code="X", kind="department", name_vi="X", name_en="X")
        drop()
        raise ZeroDivisionError
    sequence()
    assert (Agency.objects.count(), log.read(0)) == (0, [])


def test_what_an_inner_change_noted_before_failing_is_forgotten(sequence):
    with recording():
        drop(1)
        with pytest.raises(ZeroDivisionError), recording():
            drop(2)
            raise ZeroDivisionError
        with recording():
            drop(3)
        drop(4)
    sequence()
    assert numbers() == [1, 3, 4]


def test_a_decorated_service_records_at_each_call(sequence):
    @recording()
    def twice(number: int) -> None:
        drop(number)
        drop(number + 1)

    twice(1)
    twice(3)
    sequence()
    assert numbers() == [1, 2, 3, 4]


def test_the_history_of_a_stream_is_its_own_entries_in_order(sequence):
    with recording():
        drop(1)
        record(RippleSeen(pond="b"), actor="user:1")
        drop(2)
    sequence()
    assert [entry.position for entry in log.history(["pond:a"])] == [1, 3]
    assert [entry.position for entry in log.history(["pond:a", "pond:b"])] == [1, 2, 3]


def test_reading_after_a_position_gives_what_follows_it_and_no_more_than_asked(sequence):
    with recording():
        for number in range(5):
            drop(number)
    sequence()
    assert [entry.position for entry in log.read(2, limit=2)] == [3, 4]
    assert log.head() == 5


def test_a_recording_joins_a_transaction_that_is_open_already(sequence):
    with transaction.atomic(), recording():
        drop(1)
    sequence()
    assert numbers() == [1]


def test_the_log_has_one_epoch():
    assert isinstance(log.epoch(), UUID)
    assert log.epoch() == log.epoch()
