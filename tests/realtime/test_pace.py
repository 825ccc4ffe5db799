"""The hub's pace: where a crowd cannot be served one by one, its packets are joined."""

import socket
from collections.abc import Iterator

import pytest
from daphne.server import twisted_loop  # noqa: F401 - daphne's reactor must be the first
from twisted.internet import reactor
from twisted.internet.tcp import Connection

from realtime.pace import Pace
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


def give(pace, clock, frames, a_second, seconds=2.0):
    """Hand out so many frames, so many times a second, for so long."""
    for _round in range(round(a_second * seconds)):
        pace.gave(frames)
        pace.look()
        clock.seconds += 1 / a_second


def test_packets_are_joined_while_very_many_frames_leave(pace, clock, line):
    give(pace, clock, 2_000, a_second=50)
    assert (line.told, pace.pressed) == ([True], True)


def test_the_wall_of_a_province_is_sent_each_event_at_once(pace, clock, line):
    give(pace, clock, 2_000, a_second=20)
    assert (line.told, pace.pressed) == ([], False)


def test_a_few_clients_are_sent_each_event_at_once_however_fast_they_come(pace, clock, line):
    give(pace, clock, 20, a_second=1_000)
    assert (line.told, pace.pressed) == ([], False)


def test_what_was_held_back_leaves_once_nothing_comes(pace, clock, line):
    give(pace, clock, 2_000, a_second=50)
    clock.seconds += 1.0
    pace.look()
    assert (line.told, pace.pressed) == ([True, False], False)


def test_lines_are_not_told_again_and_again_where_it_is_much_and_less_by_turns(pace, clock, line):
    for _turn in range(5):
        give(pace, clock, 2_000, a_second=40, seconds=0.5)
        give(pace, clock, 2_000, a_second=20, seconds=0.5)
    assert line.told == [True]


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
