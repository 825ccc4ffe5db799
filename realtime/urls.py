"""The addresses of the live feed."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from realtime.consumer import Receive, feed
from realtime.outlet import Send
from realtime.stream import stream

FEED = "/ws/v1/feed"
STREAM = "/api/v1/events/stream"

Application = Callable[..., Awaitable[None]]


async def sockets(scope: Mapping[str, Any], receive: Receive, send: Send) -> None:
    """Every WebSocket of the product: the feed, or a refusal."""
    if scope["path"] == FEED:
        await feed(scope, receive, send)
    else:
        await send({"type": "websocket.close"})


def with_stream(http: Application) -> Application:
    """Answer the stream's address by its own application: Django would hold a thread for each."""

    async def answer(scope: Mapping[str, Any], receive: Receive, send: Send) -> None:
        is_stream = scope["path"] == STREAM
        await (stream if is_stream else http)(scope, receive, send)

    return answer
