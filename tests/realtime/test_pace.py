"""The hub's pace: where a crowd cannot be served one by one, its packets are joined."""

import socket
from collections.abc import Iterator

import pytest
from daphne.server import twisted_loop  # noqa: F401 - daphne's reactor must be the first
from twisted.internet import reactor
from twisted.internet.tcp import Connection

from realtime.pace import ROUNDS, Pace
from realtime.server import FeedLine


class Clock:
    """Seconds that pass when the test says so."""

    def __init__(self) -> None:
        self.seconds = 100.0

    def __call__(self) -> float:
        return self.seconds


class JoiningLine:
    """A line that remembers what it was told."""

    def __init__(self) -> None:
        self.told: list[bool] = []

    def join_small(self, join: bool) -> None:
        self.told.append(join)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def line() -> JoiningLine:
    return JoiningLine()


@pytest.fixture
def pace(clock, line) -> Pace:
    return Pace(lambda: [line], clock)


def give(pace, clock, seconds, *, waiting=True, rung=True):
    with pace.round():
        clock.seconds += seconds
    pace.note(waiting=waiting, rung=rung)


def test_lines_join_what_is_small_while_events_come_too_fast_for_a_crowd(pace, clock, line):
    give(pace, clock, 0.008)
    give(pace, clock, 0.008)
    assert (line.told, pace.pressed) == ([True], True)


def test_a_few_clients_are_sent_each_event_at_once_however_fast_they_come(pace, clock, line):
    for _round in range(20):
        give(pace, clock, 0.0005)
    assert (line.told, pace.pressed) == ([], False)


def test_a_crowd_is_sent_each_event_at_once_where_nothing_came_meanwhile(pace, clock, line):
    for _round in range(20):
        give(pace, clock, 0.008, waiting=False)
    assert (line.told, pace.pressed) == ([], False)


def test_what_was_held_back_leaves_once_nothing_is_rung_for(pace, clock, line):
    give(pace, clock, 0.008)
    give(pace, clock, 0.008, waiting=False, rung=False)
    assert (line.told, pace.pressed) == ([True, False], False)


def test_a_steady_stream_that_keeps_nobody_waiting_is_sent_at_once_again(pace, clock, line):
    give(pace, clock, 0.008)
    for _round in range(ROUNDS):
        assert pace.pressed
        give(pace, clock, 0.008, waiting=False)
    assert line.told == [True, False]


@pytest.fixture
def connection() -> Iterator[Connection]:
    listener = socket.create_server(("127.0.0.1", 0))
    client = socket.create_connection(listener.getsockname())
    server, _address = listener.accept()
    yield Connection(server, None, reactor)
    for each in (listener, client, server):
        each.close()


def test_a_line_of_daphnes_tells_its_socket(connection):
    line = FeedLine(connection)

    def sent_at_once() -> bool:
        return bool(connection.getHandle().getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))

    line.join_small(True)
    assert not sent_at_once()
    line.join_small(False)
    assert sent_at_once()


def test_a_line_that_has_broken_is_told_nothing(connection):
    line = FeedLine(connection)
    connection.getHandle().close()
    line.join_small(True)
