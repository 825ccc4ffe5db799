"""A client of the feed, in a process of its own: it notes when each frame came.

It reads frames by hand, since the libraries for that take longer over one than our server does.
"""

import json
import sys
import time

import orjson

from benchmarks.feed.crowd import Line, first_frame

ACK_EVERY = 200
AT_ONCE = 1 << 20
TEXT, PING, PONG = 0x81, 0x89, 0x8A


def main(port: str, session: str, after: str, want: str) -> None:
    """Follow `ops`; prints when it is live, then one line with the moment of each frame."""
    headers = (f"Cookie: {session}", f"Origin: http://127.0.0.1:{port}")
    line = Line(int(port), "/ws/v1/feed", headers, "field.v1")
    line.upgraded()
    line.say(json.dumps({"op": "hello"}))
    line.hear_op("welcome")
    follow = {"op": "follow", "id": "a", "audience": "ops"}
    line.say(json.dumps(follow | ({"after": int(after)} if after else {})))
    line.hear_op("following")
    begun = time.monotonic()
    seen = _Seen(line, int(after) if after else None)
    seen.take(line.left())
    while len(seen.times) < int(want) or not seen.caught_up:
        data = line.socket.recv(AT_ONCE)
        if not data:
            raise ConnectionError("The server closed the line.")
        seen.take(data)
    known = {"times": seen.times, "caught_up_s": seen.caught_up - begun, "bytes": seen.bytes}
    print(json.dumps(known), flush=True)


class _Seen:
    """What came, in order: a gap or a repetition ends it."""

    def __init__(self, line: Line, after: int | None) -> None:
        self.times: list[float] = []
        self.caught_up = 0.0
        self.bytes = 0
        self._line = line
        self._position = after
        self._rest = b""

    def take(self, data: bytes) -> None:
        now = time.monotonic()
        self.bytes += len(data)
        held = memoryview(self._rest + data)
        while frame := first_frame(held):
            payload = held[frame[0] : frame[1]]
            if held[0] == TEXT:
                self._take_frame(orjson.loads(payload), now)
            elif held[0] == PING:  # answered, masked with zeros
                self._line.socket.sendall(bytes((PONG, 0x80 | len(payload), *bytes(4), *payload)))
            else:
                raise ConnectionError(f"The server sent {bytes(held[: frame[1]])!r}.")
            held = held[frame[1] :]
        self._rest = bytes(held)

    def _take_frame(self, frame: dict[str, object], now: float) -> None:
        if frame["op"] == "caught_up":
            self.caught_up = now
            print("following", flush=True)
        elif frame["op"] == "event":
            position = int(str(frame["position"]))
            if self._position is not None and position != self._position + 1:
                raise ConnectionError(f"{position} came after {self._position}.")
            self._position = position
            self.times.append(now)
            if len(self.times) % ACK_EVERY == 0:
                self._line.say(json.dumps({"op": "ack", "position": position}))
        elif frame["op"] in ("error", "reset"):
            raise ConnectionError(str(frame))


if __name__ == "__main__":
    main(*sys.argv[1:])
