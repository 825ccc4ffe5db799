"""Rule 2: no gap, never twice, never out of order, whoever writes and whoever dies."""

import threading
import time
from collections.abc import Callable
from contextlib import contextmanager

import pytest
from django.db import connection, transaction

from backend.accounts.models import Agency
from backend.events import log
from backend.events.dispatcher import Dispatcher
from backend.events.log import record, recording
from backend.events.models import LogHead, QueuedEvent
from backend.events.positions import give_positions
from backend.events.subscriber import Subscriber
from backend.events.verification import faults
from tests.events import PebbleDropped

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("only_subscribers")]

WRITERS = 8
EACH = 250


def in_thread(work: Callable[[], None]) -> threading.Thread:
    def run() -> None:
        try:
            work()
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


@contextmanager
def running(dispatcher: Dispatcher):
    dispatcher.start()
    try:
        yield
    finally:
        dispatcher.stop()


def write(writer: int) -> None:
    """Record EACH pebbles; every fifth transaction fails after noting one more."""
    for number in range(EACH):
        with recording():
            record(PebbleDropped(pond=str(writer), number=number), actor=f"user:{writer}")
        if number % 5 == 0:
            with pytest.raises(ZeroDivisionError), recording():
                record(PebbleDropped(pond=str(writer), number=-1), actor="user:0")
                raise ZeroDivisionError


def tail(until: int, seen: list) -> None:
    """Read as a subscriber does, from the last position on, while others write."""
    deadline = time.monotonic() + 60
    while len(seen) < until and time.monotonic() < deadline:
        entries = log.read(seen[-1].position if seen else 0, limit=97)
        seen.extend(entries)
        if not entries:
            time.sleep(0.001)


@pytest.mark.long
def test_eight_writers_and_a_tailing_reader_that_misses_none():
    seen: list = []
    with running(Dispatcher()):
        reader = in_thread(lambda: tail(WRITERS * EACH, seen))
        writers = [in_thread(lambda writer=writer: write(writer)) for writer in range(WRITERS)]
        for thread in [*writers, reader]:
            thread.join()
    assert [entry.position for entry in seen] == list(range(1, WRITERS * EACH + 1))
    for writer in range(WRITERS):
        own = [entry.event.number for entry in seen if entry.event.pond == str(writer)]
        assert own == list(range(EACH))  # each writer's facts in the order it recorded them
    assert list(faults()) == []


def test_an_event_that_commits_late_is_not_lost_by_those_that_overtook_it():
    first_written, overtaken = threading.Event(), threading.Event()

    def slow() -> None:
        with transaction.atomic():
            with recording():
                record(PebbleDropped(number=1), actor="user:1")
            first_written.set()
            if connection.vendor == "postgresql":
                overtaken.wait(10)

    thread = in_thread(slow)
    first_written.wait(10)
    with recording():
        record(PebbleDropped(number=2), actor="user:2")
    while give_positions():
        pass
    overtaken.set()
    thread.join()
    while give_positions():
        pass
    entries = log.read(0)
    assert [entry.position for entry in entries] == [1, 2]
    assert sorted(entry.event.number for entry in entries) == [1, 2]


def test_changes_of_one_row_keep_the_order_in_which_they_were_made():
    Agency.objects.create(code="A", kind="department", name_vi="A", name_en="A")

    def change() -> None:
        for _turn in range(40):
            with recording():
                row = Agency.objects.select_for_update().get(code="A")
                number = int(row.name_en) + 1 if row.name_en.isdigit() else 1
                row.name_en = str(number)
                row.save(update_fields=["name_en"])
                record(PebbleDropped(number=number), actor="user:1")

    with running(Dispatcher()):
        for thread in [in_thread(change) for _turn in range(4)]:
            thread.join()
    while give_positions():
        pass
    assert [entry.event.number for entry in log.read(0)] == list(range(1, 161))


@pytest.mark.postgresql
def test_two_sequencers_at_once_hand_out_each_position_once():
    with running(Dispatcher()), running(Dispatcher()):
        for thread in [in_thread(lambda writer=writer: write(writer)) for writer in range(3)]:
            thread.join()
        deadline = time.monotonic() + 20
        while log.head() < 3 * EACH and time.monotonic() < deadline:
            time.sleep(0.01)
    assert [entry.position for entry in log.read(0)] == list(range(1, 3 * EACH + 1))
    assert list(faults()) == []


def test_subscribers_in_threads_hear_everything_once():
    heard: list[int] = []
    Subscriber("ears").on(PebbleDropped)(lambda entry: heard.append(entry.position))
    with running(Dispatcher()):
        write(1)
        deadline = time.monotonic() + 20
        while len(heard) < EACH and time.monotonic() < deadline:
            time.sleep(0.01)
    assert heard == list(range(1, EACH + 1))


def test_nothing_waits_in_the_queue_when_the_head_moves():
    with recording():
        record(PebbleDropped(), actor="user:1")
    while give_positions():
        pass
    assert (QueuedEvent.objects.count(), LogHead.objects.get().position) == (0, 1)


def test_an_unknown_subscriber_is_refused_by_name():
    with pytest.raises(ValueError, match="nobody"):
        Dispatcher(["nobody"])
