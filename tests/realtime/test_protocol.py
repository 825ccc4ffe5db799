"""The protocol's words as tables: what is a command, what is not, how bytes go over the line."""

import tracemalloc
from datetime import UTC, datetime

import pytest

from realtime import protocol
from realtime.filters import ANYTHING, Filter
from realtime.protocol import Ack, FollowAudience, Hello, Malformed, Ping, Unfollow, parse


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ('{"op": "hello"}', Hello()),
        ('{"op": "hello", "token": "a.b", "epoch": "e"}', Hello("a.b", "e")),
        ('{"op": "hello", "token": null, "later": [1]}', Hello()),
        ('{"op": "follow", "id": "a", "audience": "ops"}', FollowAudience("a", "ops")),
        (
            '{"op": "follow", "id": "a", "audience": "public", "after": 0, "filter": null}',
            FollowAudience("a", "public", 0, ANYTHING),
        ),
        (
            '{"op": "follow", "id": "a", "audience": "ops", "filter": '
            '{"category": ["GT01"], "area": [], "bbox": [106, 20.5, 108, 21.7]}}',
            FollowAudience(
                "a",
                "ops",
                None,
                Filter(category=frozenset({"GT01"}), bbox=(106.0, 20.5, 108.0, 21.7)),
            ),
        ),
        ('{"op": "unfollow", "id": "a"}', Unfollow("a")),
        ('{"op": "ack", "position": 1234}', Ack(1234)),
        ('{"op": "ping"}', Ping()),
    ],
)
def test_a_command_is_read(text, command):
    assert parse(text) == command


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (None, "not_text"),
        ("", "not_json"),
        ("{", "not_json"),
        ("[]", "unknown_op"),
        ('"hello"', "unknown_op"),
        ("null", "unknown_op"),
        ("{}", "unknown_op"),
        ('{"op": "shout"}', "unknown_op"),
        ('{"op": ["hello"]}', "unknown_op"),
        ('{"op": "hello", "token": 5}', "invalid_token"),
        ('{"op": "hello", "epoch": {}}', "invalid_epoch"),
        ('{"op": "follow", "audience": "ops"}', "missing_field"),
        ('{"op": "follow", "id": 1, "audience": "ops"}', "missing_field"),
        ('{"op": "follow", "id": "", "audience": "ops"}', "invalid_id"),
        (f'{{"op": "follow", "id": "{"a" * 65}", "audience": "ops"}}', "invalid_id"),
        ('{"op": "follow", "id": "a", "audience": "ops", "after": -1}', "invalid_position"),
        ('{"op": "follow", "id": "a", "audience": "ops", "after": "5"}', "invalid_position"),
        ('{"op": "follow", "id": "a", "audience": "ops", "after": 1.5}', "invalid_position"),
        ('{"op": "follow", "id": "a", "audience": "ops", "after": true}', "invalid_position"),
        (f'{{"op": "ack", "position": {2**63}}}', "invalid_position"),
        ('{"op": "ack", "position": null}', "invalid_position"),
        ('{"op": "ack"}', "missing_field"),
        ('{"op": "unfollow"}', "missing_field"),
        (f'{{"op": "ping", "x": "{"a" * 20_000}"}}', "too_large"),
    ],
)
def test_what_is_no_command_is_refused_by_name(text, code):
    with pytest.raises(Malformed) as refusal:
        parse(text)
    assert refusal.value.code == code


@pytest.mark.parametrize(
    "given",
    [
        "[]",
        '"GT01"',
        '{"categories": ["GT01"]}',
        '{"category": "GT01"}',
        '{"category": [1]}',
        '{"bbox": [1, 2, 3]}',
        '{"bbox": [107, 20, 106, 21]}',
        '{"bbox": [107, 20, 108, 91]}',
        '{"bbox": ["107", 20, 108, 21]}',
        '{"bbox": [true, 20, 108, 21]}',
        '{"bbox": {"west": 107}}',
    ],
)
def test_what_is_no_filter_is_refused(given):
    with pytest.raises(Malformed) as refusal:
        parse(f'{{"op": "follow", "id": "a", "audience": "ops", "filter": {given}}}')
    assert refusal.value.code == "invalid_filter"


def test_what_has_no_place_does_not_pass_a_box():
    box = Filter(bbox=(106.0, 20.0, 108.0, 22.0))
    assert box.passes("GT01", "10001", "normal", (21.0, 107.0))
    assert not box.passes("GT01", "10001", "normal", (21.0, 109.0))
    assert not box.passes("GT01", "10001", "normal", None)


@pytest.mark.parametrize(
    ("size", "head"),
    [
        (125, b"\x81\x7d"),
        (126, b"\x81\x7e\x00\x7e"),
        (65_535, b"\x81\x7e\xff\xff"),
        (65_536, b"\x81\x7f\x00\x00\x00\x00\x00\x01\x00\x00"),
    ],
)
def test_a_frame_goes_over_the_line_as_the_rfc_writes_it(size, head):
    frame = protocol.Frame(b"a" * size)
    assert frame.wire == head + b"a" * size


def test_a_batch_is_the_frames_one_after_another():
    batch = protocol.batch(protocol.beat(5), protocol.event(7, "x", datetime.now(UTC), None, {}))
    assert batch.position == 7
    assert batch.size == sum(len(frame.payload) for frame in batch.frames)
    assert batch.wire == b"".join(frame.wire for frame in batch.frames)


def test_a_frame_takes_no_more_memory_than_it_has_bytes():
    at, ticket = datetime.now(UTC), {"id": "a" * 500}
    tracemalloc.start()
    frames = [protocol.event(n, "ticket.accepted", at, ticket, {}) for n in range(200)]
    held = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    assert held < 2 * sum(frame.size for frame in frames)
