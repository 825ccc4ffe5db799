"""Follow the live feed, and go on where it stopped: `python follow_feed.py ws://localhost:8000`.

Needs `pip install websockets`. Prints each event's position and type. The position is kept in a
file beside it, so that neither a restart of the server nor one of this program misses anything.
"""

import asyncio
import json
import os
import sys
from pathlib import Path

from websockets.asyncio.client import connect
from websockets.exceptions import WebSocketException

AUDIENCE = os.environ.get("AUDIENCE", "public")  # ops, agency:SXD, report:QN-26-7K3F9D
TOKEN = os.environ.get("TOKEN")  # of a device; the public feed needs none
KEPT = Path(os.environ.get("KEPT", "position.json"))


async def follow(url: str) -> None:
    """Follow until the connection ends."""
    kept = json.loads(KEPT.read_text()) if KEPT.exists() else {}
    async with connect(f"{url}/ws/v1/feed", subprotocols=["field.v1"]) as socket:
        await socket.send(json.dumps({"op": "hello", "token": TOKEN}))
        async for text in socket:
            frame = json.loads(text)
            if frame["op"] == "welcome":
                wanted = {"op": "follow", "id": "a", "audience": AUDIENCE, **kept}
                kept["epoch"] = frame["epoch"]
                await socket.send(json.dumps(wanted))
            elif frame["op"] == "reset":  # a restored database: a real client loads all again
                kept = {"after": frame["head"], "epoch": frame["epoch"]}
                wanted = {"op": "follow", "id": "a", "audience": AUDIENCE, **kept}
                await socket.send(json.dumps(wanted))
            elif frame["op"] == "event":
                print(frame["position"], frame["type"], flush=True)
            elif frame["op"] == "error":
                sys.exit(frame["detail"])
            if (position := frame.get("position", frame.get("from"))) is not None:
                kept["after"] = position
                KEPT.write_text(json.dumps(kept))
                if position % 200 == 0 or frame["op"] == "caught_up":
                    await socket.send(json.dumps({"op": "ack", "position": position}))


async def main(url: str) -> None:
    while True:
        try:
            await follow(url)
        except (OSError, WebSocketException) as error:
            print(f"Lost ({error!r}); coming back.", file=sys.stderr)
        await asyncio.sleep(1)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
