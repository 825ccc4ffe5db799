"""The product with one address more, which answers when a file is there: a request in hand."""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from config.asgi import application as product

BODY = b"x" * (2 << 20)


async def application(scope: Mapping[str, Any], receive: Any, send: Any) -> None:
    if scope["type"] != "http" or not scope["path"].startswith("/patient/"):
        await product(scope, receive, send)
        return
    folder = Path(scope["path"].removeprefix("/patient"))
    (folder / "begun").touch()
    while not (folder / "go").exists():
        await asyncio.sleep(0.02)
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": BODY})
