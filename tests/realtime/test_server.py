"""Our daphne's line: one ordered way out, counted, with what is not sent yet still ours to drop."""

import asyncio
from typing import Any

import pytest
from daphne.server import twisted_loop  # noqa: F401 - daphne's reactor must be the first

from realtime.outlet import LineOutlet, QueuedOutlet, outlet_for
from realtime.protocol import Batch, Close, Frame
from realtime.server import CHUNK, FeedLine, SealedLine


class FullLine:
    """A transport whose network takes nothing until it is told to."""

    TLS = False

    def __init__(self) -> None:
        self.taken: list[bytes] = []
        self.producer: Any = None

    def write(self, data: bytes) -> None:
        self.taken.append(data)

    def registerProducer(self, producer: Any, streaming: bool) -> None:
        assert self.producer is None
        self.producer = producer
        producer.resumeProducing()

    def unregisterProducer(self) -> None:
        self.producer = None

    def drain(self) -> None:
        """The network took all that Twisted had."""
        self.producer.resumeProducing()


@pytest.fixture
def line() -> tuple[FeedLine, FullLine]:
    transport = FullLine()
    line = FeedLine(transport)
    line.lend()
    return line, transport


def frame(letter: str, size: int = 1000) -> Frame:
    return Frame(letter.encode() * size)


def test_everything_goes_one_way_in_order(line):
    way, transport = line
    way.push(b"a" * CHUNK)
    way.put(b"ping")
    way.push(b"b")
    assert transport.taken == [b"a" * CHUNK]
    assert way.held == CHUNK + 5
    transport.drain()
    assert transport.taken[1:] == [b"pingb"]
    transport.drain()
    assert (way.held, transport.producer) == (0, None)


def test_what_is_behind_the_first_chunk_can_be_dropped(line):
    way, transport = line
    for letter in (b"a", b"b", b"c"):
        way.push(letter * CHUNK)
    way.forget()
    assert way.held == CHUNK
    way.put(b"close")
    transport.drain()
    assert transport.taken == [b"a" * CHUNK, b"close"]


def test_nothing_is_pushed_after_a_close(line):
    way, transport = line
    way.end()
    way.push(b"late")
    assert transport.taken == []


def test_a_line_that_breaks_holds_nothing(line):
    way, _transport = line
    way.push(b"a" * CHUNK)
    way.push(b"b")
    way.stopProducing()
    assert way.held == 0


class SlowLine:
    """A lent line that keeps everything."""

    def __init__(self) -> None:
        self.held = 0
        self.sent: list[bytes] = []
        self.drained = lambda: None
        self.quick = None

    def push(self, wire: bytes, taken: int = 0) -> None:
        self.sent.append(wire)
        self.held += len(wire)

    def forget(self) -> None:
        self.sent.clear()
        self.held = 0


async def test_a_lent_line_is_used_and_its_bytes_are_made_once():
    line = SlowLine()
    outlet = outlet_for({"extensions": {"feed.push": line}}, send=None, drop=lambda: None)
    batch = Batch((frame("a"), frame("b")))
    outlet.push(batch)
    assert isinstance(outlet, LineOutlet)
    assert line.sent == [batch.wire]
    assert line.sent[0] is batch.wire


async def test_whoever_lets_a_line_fill_is_told_to_come_back(settings):
    settings.FEED_QUEUE_BYTES = 5000
    line, said = SlowLine(), []

    async def send(message):
        said.append(message)

    outlet = outlet_for({"extensions": {"feed.push": line}}, send, drop=lambda: None)
    for _turn in range(8):
        outlet.push(Batch((frame("a"),)))
    await asyncio.sleep(0)
    assert said == [{"type": "websocket.close", "code": 4408}]
    assert (line.sent, outlet.closed) == ([], True)


@pytest.mark.parametrize("offered", [True, False])
async def test_who_holds_nothing_back_is_given_a_batch_of_any_size(settings, offered):
    settings.FEED_QUEUE_BYTES = 5000
    never = asyncio.Event()
    extensions = {"feed.push": SlowLine()} if offered else {}
    outlet = outlet_for({"extensions": extensions}, lambda _said: never.wait(), lambda: None)
    outlet.push(Batch((frame("a", 6000),)))
    assert outlet.closed is False
    outlet.push(Batch((frame("b", 1),)))
    assert outlet.closed is True
    await outlet.end()


async def test_a_replay_waits_for_room_and_not_for_ever(settings):
    settings.FEED_QUEUE_BYTES = 5000
    settings.FEED_PATIENCE_SECONDS = 0.05
    line = SlowLine()
    outlet = outlet_for({"extensions": {"feed.push": line}}, send=None, drop=lambda: None)
    assert await outlet.room() is True
    outlet.push(Batch((frame("a", 3000),)))
    assert await outlet.room() is False
    waiting = asyncio.create_task(outlet.room())
    await asyncio.sleep(0)
    line.forget()
    line.drained()
    assert await waiting is True


async def test_a_server_that_stops_taking_is_not_waited_for_by_others(settings):
    settings.FEED_QUEUE_BYTES = 5000
    dropped = asyncio.Event()
    never = asyncio.Event()

    async def send(message):
        await never.wait()

    stuck = QueuedOutlet(send, dropped.set)
    for _turn in range(8):
        stuck.push(Batch((frame("a"),)))
    assert stuck.closed
    await stuck.end()


async def test_a_close_that_the_server_cannot_say_is_an_ordinary_one():
    said = []

    async def send(message):
        said.append(message)
        if message.get("code") == 1012:
            raise ValueError("invalid close code 1012")

    outlet = QueuedOutlet(send, lambda: None)
    outlet.push(Batch((frame("a", 3),)))
    outlet.close(Close.RESTARTING)
    await asyncio.sleep(0.01)
    assert said == [
        {"type": "websocket.send", "text": "aaa"},
        {"type": "websocket.close", "code": 1012},
        {"type": "websocket.close"},
    ]
    await outlet.end()


class SealedTransport:
    """A transport that speaks TLS: it takes everything, and says when it has enough."""

    TLS = True

    def __init__(self) -> None:
        self.taken: list[bytes] = []
        self.producer: Any = None

    def write(self, data: bytes) -> None:
        self.taken.append(data)

    def registerProducer(self, producer: Any, streaming: bool) -> None:
        assert streaming
        self.producer = producer

    def unregisterProducer(self) -> None:
        self.producer = None


@pytest.fixture
def sealed() -> tuple[SealedLine, SealedTransport]:
    transport = SealedTransport()
    line = SealedLine(transport)
    line.put(b"101 Switching Protocols")
    line.lend()
    return line, transport


def test_by_tls_a_line_holds_what_the_network_does_not_take(sealed):
    way, transport = sealed
    way.push(b"a")
    transport.producer.pauseProducing()
    way.push(b"b", taken=0)
    way.put(b"ping")
    assert (transport.taken[1:], way.held, way.quick) == ([b"a"], 5, None)
    transport.producer.resumeProducing()
    assert (transport.taken[1:], way.held) == ([b"a", b"b", b"ping"], 0)


def test_by_tls_a_resumed_line_stops_again_when_it_is_told_to(sealed):
    way, transport = sealed
    transport.producer.pauseProducing()
    for letter in (b"a", b"b", b"c"):
        way.push(letter)
    transport.write = lambda data: (transport.taken.append(data), way.pauseProducing())
    transport.producer.resumeProducing()
    assert (transport.taken[1:], way.held) == ([b"a"], 2)


@pytest.mark.parametrize("paused", [False, True])
def test_by_tls_a_close_is_the_last_thing_sent_and_lets_the_line_go(sealed, paused):
    way, transport = sealed
    producer = transport.producer
    if paused:
        producer.pauseProducing()
        way.push(b"late")
        way.forget()
    way.end()
    way.put(b"close")
    way.push(b"nothing more")
    if paused:
        assert transport.producer is producer
        producer.resumeProducing()
    assert transport.taken[1:] == [b"close"]
    assert transport.producer is None
