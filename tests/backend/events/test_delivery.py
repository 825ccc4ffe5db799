"""Rules 3 and 4: once inside the database, tried again, set aside, and nobody else is stopped."""

from datetime import UTC, datetime, timedelta

import pytest

from backend import clock
from backend.accounts.models import Agency
from backend.events import log
from backend.events.delivery import deliver_all, deliver_next, lags, skip_to_head, try_again
from backend.events.log import record, recording
from backend.events.models import Checkpoint, SkippedEvent
from backend.events.subscriber import Subscriber
from tests.events import PebbleDropped, RippleSeen

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 2, 5, tzinfo=UTC)


@pytest.fixture
def drop(sequence):
    def drop_pebbles(*numbers: int) -> None:
        with recording():
            for number in numbers:
                record(PebbleDropped(number=number), actor="user:1")
        sequence()

    return drop_pebbles


@pytest.fixture
def reader(only_subscribers) -> Subscriber:
    return Subscriber("reader")


def make_agency(number: int) -> None:
    Agency.objects.create(code=str(number), kind="department", name_vi="X", name_en="X")


def agencies() -> list[str]:
    return sorted(Agency.objects.values_list("code", flat=True))


def test_a_subscriber_hears_only_what_it_asked_for(reader, drop):
    heard = []
    reader.on(RippleSeen)(heard.append)
    drop(1, 2)
    assert deliver_next(reader) is True
    assert heard == []
    assert Checkpoint.objects.get(subscriber="reader").position == 2


def test_an_entry_is_delivered_once(reader, drop):
    heard = []
    reader.on(PebbleDropped)(lambda entry: heard.append(entry.event.number))
    drop(1, 2)
    assert [deliver_next(reader), deliver_next(reader)] == [True, False]
    assert heard == [1, 2]


def test_a_failing_entry_is_tried_alone_and_what_came_before_it_is_kept(reader, drop):
    @reader.on(PebbleDropped)
    def build(entry):
        make_agency(entry.event.number)
        if entry.event.number == 2:
            raise ZeroDivisionError

    drop(1, 2, 3)
    with clock.at(NOON):
        deliver_next(reader)
    checkpoint = Checkpoint.objects.get(subscriber="reader")
    assert agencies() == ["1"]  # the second was rolled back with its failure
    assert (checkpoint.position, checkpoint.attempts) == (1, 1)
    assert checkpoint.retry_at == NOON + timedelta(seconds=1)


def test_the_delay_doubles_and_the_entry_is_set_aside_at_last(reader, drop):
    @reader.on(PebbleDropped)
    def build(entry):
        if entry.event.number == 1:
            raise ZeroDivisionError("always")
        make_agency(entry.event.number)

    drop(1, 2)
    moment, delays = NOON, []
    for _attempt in range(8):
        with clock.at(moment):
            assert deliver_next(reader) in (True, False)
        retry_at = Checkpoint.objects.get(subscriber="reader").retry_at
        if retry_at:
            delays.append((retry_at - moment).total_seconds())
            moment = retry_at
    assert delays == [1, 2, 4, 8, 16, 32, 64]
    skipped = SkippedEvent.objects.get()
    assert (skipped.subscriber, skipped.position) == ("reader", 1)
    assert "always" in skipped.error
    with clock.at(moment):
        deliver_next(reader)
    assert agencies() == ["2"]


def test_nothing_is_tried_before_its_time(reader, drop):
    attempts = []

    @reader.on(PebbleDropped)
    def fail(entry):
        attempts.append(entry.position)
        raise ZeroDivisionError

    drop(1)
    with clock.at(NOON):
        assert [deliver_next(reader, 1), deliver_next(reader, 1)] == [False, False]
    assert attempts == [1]


def test_a_skipped_entry_can_be_tried_again_by_a_person(reader, drop):
    broken = [True]

    @reader.on(PebbleDropped)
    def build(entry):
        if broken:
            raise ZeroDivisionError
        make_agency(entry.event.number)

    drop(1)
    skipped = SkippedEvent.objects.create(
        subscriber="reader", position=1, error="x", skipped_at=NOON
    )
    with pytest.raises(ZeroDivisionError):
        try_again(skipped.pk)
    broken.clear()
    try_again(skipped.pk)
    skipped.refresh_from_db()
    assert skipped.handled_at is not None
    assert agencies() == ["1"]


def test_what_another_person_gave_again_is_not_given_a_second_time(reader, drop):
    heard = []
    reader.on(PebbleDropped)(lambda entry: heard.append(entry.position))
    drop(1)
    skipped = SkippedEvent.objects.create(
        subscriber="reader", position=1, error="x", skipped_at=NOON
    )
    for _click in range(2):
        try_again(skipped.pk)
    assert heard == [1]


def test_one_subscriber_that_fails_does_not_stop_another(reader, drop):
    other, heard = Subscriber("other"), []
    reader.on(PebbleDropped)(lambda entry: 1 / 0)
    other.on(PebbleDropped)(lambda entry: heard.append(entry.position))
    drop(1)
    assert [deliver_next(reader), deliver_next(other)] == [False, True]
    assert heard == [1]
    assert lags() == {"reader": 1, "other": 0}


def test_what_a_handler_records_joins_the_log_with_its_checkpoint(reader, drop, sequence):
    @reader.on(PebbleDropped)
    def ripple(entry):
        record(RippleSeen(pond=entry.event.pond), actor="system:reader")

    drop(1)
    deliver_next(reader)
    sequence()
    assert [entry.type for entry in log.read(0)] == ["pebble.dropped", "ripple.seen"]


def test_a_subscriber_may_be_brought_to_the_head_without_hearing(reader, drop):
    heard = []
    reader.on(PebbleDropped)(lambda entry: heard.append(entry.event.number))
    drop(1, 2)
    assert skip_to_head("reader") == 2
    drop(3)
    deliver_all()
    assert heard == [3]
    with pytest.raises(KeyError):
        skip_to_head("nobody")


def test_only_those_named_are_delivered_to(reader, drop):
    heard = []
    reader.on(PebbleDropped)(lambda entry: heard.append("reader"))
    Subscriber("other").on(PebbleDropped)(lambda entry: heard.append("other"))
    drop(1)
    deliver_all("other")
    assert heard == ["other"]


def test_entries_that_stand_together_are_heard_together(reader, drop):
    heard = []
    reader.on_many(PebbleDropped)(lambda entries: heard.append([e.event.number for e in entries]))
    reader.on(RippleSeen)(lambda entry: heard.append(entry.type))
    with recording():
        for event in (
            PebbleDropped(number=1),
            PebbleDropped(number=2),
            RippleSeen(),
            PebbleDropped(number=3),
        ):
            record(event, actor="user:1")
    drop(4)
    assert deliver_next(reader) is True
    assert heard == [[1, 2], RippleSeen.type, [3, 4]]


def test_what_nobody_hears_parts_no_entries(reader, drop):
    heard = []
    reader.on_many(PebbleDropped)(lambda entries: heard.append([e.event.number for e in entries]))
    with recording():
        for event in (
            PebbleDropped(number=1),
            RippleSeen(),
            PebbleDropped(number=2),
        ):
            record(event, actor="user:1")
    drop(3)
    assert deliver_next(reader) is True
    assert heard == [[1, 2, 3]]


def test_many_that_fail_together_are_heard_one_by_one(reader, drop):
    def make(entries):
        for entry in entries:
            make_agency(entry.event.number)
            if entry.event.number == 2:
                raise ValueError("two")

    reader.on_many(PebbleDropped)(make)
    drop(1, 2, 3)
    deliver_next(reader)
    assert agencies() == ["1"]
    assert Checkpoint.objects.get(subscriber="reader").position == 1
