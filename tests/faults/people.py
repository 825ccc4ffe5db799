"""Those who go on while things break: citizens who send, and watchers who come and go."""

import asyncio
import json
import random
import threading
import time
from contextlib import suppress
from typing import Any
from uuid import UUID

import httpx
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

from tests.factories import picture
from tests.faults.fleet import Fleet

CATEGORIES = ("GT01", "MT01", "CX01")
EVERY = 0.4
"""Seconds between one citizen's reports."""
ACK_EVERY = 20


class Citizen(threading.Thread):
    """Sends a report again and again, each until it was accepted, under the id that it has."""

    every = EVERY

    def __init__(self, fleet: Fleet, token: str, seed: int) -> None:
        super().__init__(daemon=True)
        self._fleet, self._token = fleet, token
        self._chance = random.Random(seed)
        self._ending = threading.Event()
        self.accepted: dict[str, str] = {}
        self.refused: list[str] = []

    def run(self) -> None:
        while not self._ending.wait(self.every):
            self._send(str(UUID(int=self._chance.getrandbits(128), version=4)))

    def _send(self, report_id: str) -> None:
        while True:
            port = self._chance.choice(self._fleet.product.ports)
            answer = self.post(port, report_id)
            if answer is not None and answer.status_code in (200, 201):
                self.accepted[report_id] = answer.json()["report_no"]
                return
            if answer is not None and answer.status_code < 500:
                self.refused.append(f"{answer.status_code} {answer.text}")
                return
            time.sleep(0.2)

    def post(self, port: int, report_id: str, *uploads: str) -> httpx.Response | None:
        body: dict[str, Any] = {
            "id": report_id,
            # By the id: the same id sent again must have the same body.
            "category": CATEGORIES[UUID(report_id).int % len(CATEGORIES)],
            "text": "Ổ gà lớn giữa đường",
            "location": {"lat": 20.95, "lon": 107.08, "accuracy_m": 12},
            "uploads": list(uploads),
        }
        return self._say(port, "reports", json=body)

    def _say(self, port: int, path: str, **given: Any) -> httpx.Response | None:
        url = f"{self._fleet.product.http(port)}/api/v1/{path}"
        headers = {"Authorization": f"Device {self._token}"}
        with suppress(httpx.TransportError):
            return httpx.post(url, headers=headers, timeout=15, **given)
        return None

    def end(self) -> None:
        """Finish the report in hand, however long that takes."""
        self._ending.set()
        self.join(120)
        assert not self.is_alive(), "a report was neither accepted nor refused"


class Photographer(Citizen):
    """Sends reports with a photo each, more slowly; `photos` are those that were accepted."""

    every = 2.0

    def __init__(self, fleet: Fleet, token: str, seed: int) -> None:
        super().__init__(fleet, token, seed)
        self.photos: set[str] = set()

    def _send(self, report_id: str) -> None:
        self._upload = self._uploaded()
        super()._send(report_id)
        self.photos.add(self._upload)

    def post(self, port: int, report_id: str, *uploads: str) -> httpx.Response | None:
        return super().post(port, report_id, *uploads, self._upload)

    def _uploaded(self) -> str:
        photo = picture((1200, 900))
        while True:
            port = self._chance.choice(self._fleet.product.ports)
            answer = self._say(port, "uploads", files={"file": ("a.jpg", photo, "image/jpeg")})
            if answer is not None and answer.status_code in (200, 201):
                return str(answer.json()["id"])
            if answer is not None and answer.status_code < 500:
                self.refused.append(f"{answer.status_code} {answer.text}")
                raise SystemExit
            time.sleep(0.2)


class Watcher:
    """A follower of the centre's feed that loses its line, or leaves, and comes back."""

    def __init__(self, fleet: Fleet, cookie: str, seed: int, after: int) -> None:
        self._fleet, self._cookie = fleet, cookie
        self._chance = random.Random(seed)
        self.began, self.position = after, after
        self.positions: list[int] = []
        self.faults: list[str] = []
        self.closed: list[int] = []
        self.visits = 0
        self.ending = False

    async def watch(self) -> None:
        while not self.ending:
            try:
                await self._visit(self._chance.choice(self._fleet.product.ports))
            except (OSError, WebSocketException) as error:
                code = getattr(getattr(error, "rcvd", None), "code", None)
                if code:
                    self.closed.append(code)
            await asyncio.sleep(self._chance.uniform(0.1, 0.5))

    async def _visit(self, port: int) -> None:
        product = self._fleet.product
        headers = {"Origin": product.http(port), "Cookie": self._cookie}
        async with connect(
            product.socket(port),
            subprotocols=["field.v1"],  # type: ignore[list-item]
            additional_headers=headers,
            open_timeout=15,
            close_timeout=1,
        ) as line:
            self.visits += 1
            await line.send(json.dumps({"op": "hello"}))
            follow = {"op": "follow", "id": "a", "audience": "ops", "after": self.position}
            await line.send(json.dumps(follow))
            stays = time.monotonic() + self._chance.uniform(1, 12)
            while not self.ending and time.monotonic() < stays:
                with suppress(TimeoutError):
                    self._hear(json.loads(await asyncio.wait_for(line.recv(), 1)))
                    await self._acknowledge(line)

    def _hear(self, frame: dict[str, Any]) -> None:
        if frame["op"] == "event":
            if frame["position"] <= self.position:
                self.faults.append(f"{frame['position']} came after {self.position}")
            self.position = frame["position"]
            self.positions.append(self.position)
        elif frame["op"] in ("reset", "error"):
            self.faults.append(json.dumps(frame))

    async def _acknowledge(self, line: ClientConnection) -> None:
        if len(self.positions) % ACK_EVERY == 0 and self.positions:
            await line.send(json.dumps({"op": "ack", "position": self.position}))


class Watchers(threading.Thread):
    """All watchers in an event loop of their own."""

    def __init__(self, watchers: list[Watcher]) -> None:
        super().__init__(daemon=True)
        self.all = watchers

    def run(self) -> None:
        asyncio.run(self._watch())

    async def _watch(self) -> None:
        await asyncio.gather(*(watcher.watch() for watcher in self.all))

    def reach(self, head: int, seconds: float) -> bool:
        """Wait until every watcher has come so far."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if all(watcher.position >= head for watcher in self.all):
                return True
            time.sleep(0.1)
        return False

    def end(self) -> None:
        for watcher in self.all:
            watcher.ending = True
        self.join(30)
