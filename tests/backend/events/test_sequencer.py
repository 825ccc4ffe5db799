"""Who hands out positions: one, and another as soon as it falters, whatever became of the first."""

import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

import pytest
from django.db import OperationalError, connection, transaction

from backend.events import bell, doorbell, log, sequencer
from backend.events.log import record, recording
from backend.events.models import LogHead
from backend.events.positions import give_positions
from backend.events.sequencer import ASLEEP, LOCK, Sequencer
from backend.events.verification import faults
from tests.backend.events.dispatching import dispatcher
from tests.events import PebbleDropped

pytestmark = [
    pytest.mark.postgresql,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("only_subscribers"),
]


@pytest.fixture
def quick(monkeypatch) -> None:
    monkeypatch.setattr(sequencer, "PATIENCE", 0.2)


@pytest.fixture
def rings(monkeypatch) -> list[str]:
    heard: list[str] = []
    monkeypatch.setattr(doorbell, "ring", lambda: heard.append("rung"))
    return heard


def drop(number: int = 1) -> None:
    with recording():
        record(PebbleDropped(number=number), actor="user:1")


def until(met: Callable[[], object], seconds: float = 60) -> bool:
    deadline = time.monotonic() + seconds
    while not met() and time.monotonic() < deadline:
        time.sleep(0.01)
    return bool(met())


def holder(lock: int) -> int | None:
    """The backend that holds an advisory lock of this database."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT l.pid FROM pg_locks l JOIN pg_database d ON d.oid = l.database"
            " WHERE datname = current_database() AND locktype = 'advisory' AND granted"
            " AND (classid::bigint << 32) + objid::bigint = %s",
            [lock],
        )
        row = cursor.fetchone()
    return row[0] if row else None


class Elsewhere:
    """A thread with a connection of its own, that does one thing after the other when told."""

    def __init__(self) -> None:
        self.failed: BaseException | None = None
        self._todo: Callable[[], object] | None = None
        self._told, self._done = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def do(self, work: Callable[[], object] | None) -> None:
        self._todo = work
        self._done.clear()
        self._told.set()
        self._done.wait(60)

    def _run(self) -> None:
        while self._told.wait() and (work := self._todo):
            self._told.clear()
            try:
                work()
            except Exception as error:
                self.failed = error
            self._done.set()
        Sequencer().lost_connection()  # a connection of the pool holds no lock
        connection.close()
        self._done.set()

    def __enter__(self) -> "Elsewhere":
        return self

    def __exit__(self, *_: object) -> None:
        self.do(None)
        self._thread.join(60)


@contextmanager
def leading() -> Iterator[Sequencer]:
    """A sequencer of this thread, which gives up what it took."""
    mine = Sequencer()
    try:
        yield mine
    finally:
        mine.lost_connection()


def test_the_lead_passes_on_when_it_is_given_up():
    with leading() as second, Elsewhere() as there:
        first = Sequencer()
        there.do(first.turn)
        assert holder(LOCK)
        second.turn()
        drop()
        assert second.turn() == 0
        there.do(first.resign)
        assert second.turn() == 1
    assert holder(LOCK) is None


def test_a_stopped_leader_is_overtaken_and_does_no_harm_when_it_wakes(quick):
    with leading() as standby, Elsewhere() as there:
        sleeper = Sequencer()
        there.do(sleeper.turn)
        drop()
        assert standby.turn() == 0  # the leader may only be slow
        assert until(lambda: standby.turn() or log.head())
        there.do(sleeper.turn)  # it wakes, and still believes that it leads
        assert isinstance(there.failed, OperationalError)
        there.do(sleeper.lost_connection)
        there.do(lambda: connection.close())
        there.do(sleeper.turn)  # as a standby
        assert [entry.position for entry in log.read(0)] == [1]
    assert list(faults()) == []


def test_a_leader_stopped_while_it_holds_the_head_is_overtaken(quick):
    with leading() as standby, Elsewhere() as there:
        sleeper = Sequencer()
        there.do(sleeper.turn)
        drop()
        begun = transaction.atomic()
        there.do(begun.__enter__)
        there.do(lambda: list(LogHead.objects.select_for_update()))
        assert give_positions(wait=False) == 0  # nobody else could
        assert until(lambda: standby.turn() or log.head())
        there.do(lambda: connection.close())
    assert log.head() == 1


def test_a_leader_that_works_slowly_is_left_alone(quick, monkeypatch):
    with leading() as standby, Elsewhere() as there:
        worker = Sequencer()
        there.do(worker.turn)
        for number in range(8):
            drop(number)
        for _turn in range(8):
            standby.turn()
            time.sleep(0.1)  # the queue never stands still for PATIENCE
            there.do(lambda: give_positions(1))
            assert there.failed is None
    assert log.head() == 8


def test_a_writer_rings_a_sleeping_leader_and_spares_one_that_is_awake(rings):
    with leading() as leader:
        assert leader.turn() == 0
        assert holder(ASLEEP)  # nothing to do
        with Elsewhere() as there:
            there.do(drop)
            assert rings == ["rung"]
            assert leader.turn() == 1
            assert holder(ASLEEP) is None
            there.do(drop)
        assert rings == ["rung"]
        assert leader.turn() == 1


def test_a_leader_does_not_fall_asleep_while_a_writer_is_on_its_way(rings):
    with leading() as leader, Elsewhere() as there:
        drop()
        leader.turn()
        begun = transaction.atomic()
        there.do(begun.__enter__)
        there.do(drop)  # not committed yet
        assert leader.turn() == 0
        assert holder(ASLEEP) is not None  # the writer's share of it
        assert holder(ASLEEP) != holder(LOCK)
        there.do(lambda: begun.__exit__(None, None, None))
        assert leader.turn() == 1  # found without a ring
    assert rings == []


def test_a_ring_reaches_the_other_processes():
    stopping = threading.Event()
    thread = threading.Thread(target=doorbell.listen, args=(stopping,), daemon=True)
    thread.start()
    heard = bell.recorded.rings
    try:
        assert until(lambda: bell.recorded.rings > heard)  # it listens
        heard = bell.recorded.rings
        doorbell._messenger().ask()
        assert until(lambda: bell.recorded.rings > heard)
    finally:
        stopping.set()
        thread.join(60)


def test_a_ring_by_notify_reaches_the_other_processes(settings):
    settings.REDIS_HOSTS = []
    doorbell._ringer.hang_up()
    try:
        test_a_ring_reaches_the_other_processes()
    finally:
        doorbell._ringer.hang_up()


def test_a_lost_redis_neither_fails_nor_delays_a_writer(settings):
    settings.REDIS_HOSTS = ["redis://127.0.0.1:1/0"]
    doorbell._ringer.hang_up()
    try:
        with leading() as leader:
            leader.turn()  # asleep: each change rings
            with Elsewhere() as there:
                for number in range(20):
                    there.do(lambda number=number: drop(number))
                assert there.failed is None
            assert leader.turn() == 20
    finally:
        doorbell._ringer.hang_up()


def recorded_and_placed(number: int) -> bool:
    drop(number)
    return until(lambda: log.head() == number)


@pytest.mark.parametrize("fault", [signal.SIGKILL, signal.SIGSTOP])
def test_another_process_takes_over_from_one_that_is_killed_or_stopped(fault):
    with ExitStack() as stack:
        first = stack.enter_context(dispatcher("--positions-only"))
        assert recorded_and_placed(1)
        stack.enter_context(dispatcher("--positions-only"))
        former = holder(LOCK)
        first.send_signal(fault)
        assert recorded_and_placed(2)
        assert holder(LOCK) not in (None, former)
        first.send_signal(signal.SIGCONT)
        assert recorded_and_placed(3)
        if fault == signal.SIGSTOP:
            assert first.poll() is None  # it stands by, and has done no harm
    assert [entry.event.number for entry in log.read(0)] == [1, 2, 3]
    assert list(faults()) == []
