"""A client of the feed, in a process of its own: it notes when each frame came."""

import json
import sys
import time
from typing import Any

from websockets.sync.client import connect

ACK_EVERY = 200


def main(url: str, session: str, after: str, want: str) -> None:
    """Follow `ops`; prints when it hears, then one line with the moment of each frame."""
    times: list[float] = []
    types: list[str] = []
    line = connect(
        url,
        subprotocols=["field.v1"],
        max_size=None,
        additional_headers={"Cookie": session},
        origin=url.replace("ws://", "http://").rpartition("/ws/")[0],
    )
    with line:
        _say(line, op="hello")
        more = {"after": int(after)} if after else {}
        _say(line, op="follow", id="a", audience="ops", **more)
        begun = time.monotonic()
        caught_up, sent = 0.0, 0
        while len(times) < int(want) or not caught_up:
            message = line.recv(timeout=120)
            now = time.monotonic()
            text = message if isinstance(message, str) else message.decode()
            frame = json.loads(text)
            sent += len(text)
            if frame["op"] == "event":
                times.append(now)
                types.append(frame["type"])
                if len(times) % ACK_EVERY == 0:
                    _say(line, op="ack", position=frame["position"])
            elif frame["op"] == "caught_up":
                caught_up = now - begun
                print("following", flush=True)
            elif frame["op"] in ("error", "reset"):
                raise RuntimeError(text)
    print(json.dumps({"times": times, "caught_up_s": caught_up, "bytes": sent}), flush=True)


def _say(line: Any, **command: Any) -> None:
    line.send(json.dumps(command))


if __name__ == "__main__":
    main(*sys.argv[1:])
