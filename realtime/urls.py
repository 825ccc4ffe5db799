"""The address of the live feed."""

from collections.abc import Mapping
from typing import Any

from realtime.consumer import Receive, feed
from realtime.outlet import Send

FEED = "/ws/v1/feed"


async def sockets(scope: Mapping[str, Any], receive: Receive, send: Send) -> None:
    """Every WebSocket of the product: the feed, or a refusal."""
    if scope["path"] == FEED:
        await feed(scope, receive, send)
    else:
        await send({"type": "websocket.close"})
