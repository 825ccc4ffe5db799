"""The words of `field.v1`: commands that a client sends, frames that it gets, and why it is closed.

Pure: nothing here knows a socket or the database.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum
from functools import cached_property
from typing import Any

import orjson

from realtime.encoding import encoded
from realtime.filters import ANYTHING, Filter

SUBPROTOCOL = "field.v1"
LARGEST_COMMAND = 16 * 1024
"""Bytes. The longest sensible filter is a tenth of it."""
LONGEST_ID = 64
LARGEST_POSITION = 2**63 - 1
MOST_DIGITS = 19
"""Of a position. Python itself refuses to read a number of thousands."""


class Close(IntEnum):
    """Why the server ends a connection."""

    RESTARTING = 1012
    MALFORMED = 4400
    NOT_SIGNED_IN = 4401
    NOT_ALLOWED = 4403
    TOO_SLOW = 4408
    TOO_MANY = 4429


class Malformed(ValueError):
    """A frame that is not this protocol's; `code` says in which way."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Hello:
    token: str | None = None
    epoch: str | None = None


@dataclass(frozen=True, slots=True)
class FollowAudience:
    """`after` is the last position that the client has; without it, the follow starts now."""

    id: str
    audience: str
    after: int | None = None
    filter: Filter = ANYTHING
    epoch: str | None = None


@dataclass(frozen=True, slots=True)
class Unfollow:
    id: str


@dataclass(frozen=True, slots=True)
class Ack:
    position: int


@dataclass(frozen=True, slots=True)
class Ping:
    pass


Command = Hello | FollowAudience | Unfollow | Ack | Ping


def parse(text: str | None) -> Command:
    """Return what a client's text frame asks for; None stands for a binary frame.

    Raises Malformed. Fields that are not known here are passed over, so that a client may be newer.
    """
    if text is None:
        raise Malformed("not_text")
    if len(text) > LARGEST_COMMAND:
        raise Malformed("too_large")
    try:
        given = orjson.loads(text)
    except orjson.JSONDecodeError:
        raise Malformed("not_json") from None
    return _command(given)


def _command(given: Any) -> Command:
    match given:
        case {"op": "hello"}:
            return Hello(token=_text(given, "token"), epoch=_text(given, "epoch"))
        case {"op": "follow", "id": str(name), "audience": str(audience)}:
            return FollowAudience(
                id=_name(name),
                audience=audience,
                after=_position(given.get("after"), optional=True),
                filter=_filter(given.get("filter")),
                epoch=_text(given, "epoch"),
            )
        case {"op": "unfollow", "id": str(name)}:
            return Unfollow(_name(name))
        case {"op": "ack", "position": position}:
            return Ack(_position(position) or 0)
        case {"op": "ping"}:
            return Ping()
        case {"op": "hello" | "follow" | "unfollow" | "ack" | "ping"}:
            raise Malformed("missing_field")
    raise Malformed("unknown_op")


def _name(name: str) -> str:
    if not 0 < len(name) <= LONGEST_ID:
        raise Malformed("invalid_id")
    return name


def _text(given: Mapping[str, Any], name: str) -> str | None:
    value = given.get(name)
    if value is None or isinstance(value, str):
        return value
    raise Malformed(f"invalid_{name}")


def _position(value: Any, *, optional: bool = False) -> int | None:
    if value is None and optional:
        return None
    # True is an int to Python, and no position to anybody.
    if type(value) is not int or not 0 <= value <= LARGEST_POSITION:
        raise Malformed("invalid_position")
    return value


def number_in(text: str, most: int = LARGEST_POSITION) -> int | None:
    """Return a whole number from 0 to `most` as an address or a header says it, else None."""
    if not text.isdecimal() or len(text) > MOST_DIGITS:
        return None
    number = int(text)
    return number if number <= most else None


def _filter(value: Any) -> Filter:
    try:
        return Filter.of(value)
    except ValueError:
        raise Malformed("invalid_filter") from None


@dataclass(frozen=True, eq=False)
class Frame:
    """Bytes on their way to any number of sockets, each form of them made once.

    `position` is 0 for what is no entry of the log.
    """

    payload: bytes
    position: int = field(default=0)

    @property
    def size(self) -> int:
        return len(self.payload)

    @cached_property
    def message(self) -> dict[str, Any]:
        """The frame as an ASGI server takes it."""
        return {"type": "websocket.send", "text": self.payload.decode()}

    @cached_property
    def wire(self) -> bytes:
        """The frame as it goes over the line: a whole, unmasked text frame of RFC 6455, §5.2."""
        size = len(self.payload)
        if size < 126:
            head = bytes((0x81, size))
        elif size < 1 << 16:
            head = b"\x81\x7e" + size.to_bytes(2, "big")
        else:
            head = b"\x81\x7f" + size.to_bytes(8, "big")
        return head + self.payload


@dataclass(frozen=True, eq=False)
class Batch:
    """Frames that go out together, in order; what many sockets need of them is made once."""

    frames: tuple[Frame, ...]

    @cached_property
    def size(self) -> int:
        """Bytes."""
        return sum(frame.size for frame in self.frames)

    @cached_property
    def position(self) -> int:
        """The last entry's position, 0 where there is none."""
        return max((frame.position for frame in self.frames), default=0)

    @cached_property
    def wire(self) -> bytes:
        return b"".join([frame.wire for frame in self.frames])


def batch(*frames: Frame) -> Batch:
    return Batch(frames)


def _frame(**content: Any) -> Frame:
    return Frame(encoded(content))


def welcome(epoch: str, head: int) -> Frame:
    return _frame(op="welcome", epoch=epoch, head=head)


def following(name: str, start: int) -> Frame:
    return _frame(op="following", id=name, **{"from": start})


def caught_up(name: str, position: int) -> Frame:
    return _frame(op="caught_up", id=name, position=position)


def reset(name: str, epoch: str, head: int) -> Frame:
    """The positions that the client has mean nothing here: it takes a new snapshot."""
    return _frame(op="reset", id=name, epoch=epoch, head=head)


def pong(head: int) -> Frame:
    return _frame(op="pong", head=head)


def beat(head: int) -> Frame:
    return _frame(op="beat", head=head)


def error(code: str, detail: str, name: str | None = None) -> Frame:
    """A refusal in words; `name` is the follow that it is about."""
    about = {} if name is None else {"id": name}
    return _frame(op="error", code=code, detail=detail, **about)


def event(position: int, type_: str, at: datetime, ticket: Any, data: Any) -> Frame:
    """An entry of the log, with the ticket as the audience may see it; None where there is none.

    `at` is in UTC.
    """
    content = {"op": "event", "position": position, "type": type_, "at": at}
    said = {**content, "ticket": ticket, "data": data}
    return Frame(encoded(said, orjson.OPT_UTC_Z), position)
