"""Those who walk: a phone, and staff at their desks, over HTTP and the live feed alone."""

import json
import time
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import httpx
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from tests.factories import picture
from tests.walks.product import Product

PATIENCE = 60.0
Frame = dict[str, Any]


def routed_by(frame: Frame) -> list[str]:
    """Return the reports of the ticket that this frame says was routed; none of another frame."""
    numbers: list[str] = (
        frame["ticket"]["report_nos"] if frame.get("type") == "ticket.routed" else []
    )
    return numbers


class Feed:
    """A socket that follows one audience, and remembers every event frame that came."""

    def __init__(self, product: Product, audience: str, *, port: int | None = None, **who: Any):
        self.events: list[Frame] = []
        headers = {"Origin": product.http(port)} | who.get("headers", {})
        self._socket: ClientConnection = connect(
            product.socket(port), subprotocols=["field.v1"], additional_headers=headers, legacy=True
        )
        hello: Frame = {"op": "hello"} | ({"token": who["token"]} if "token" in who else {})
        self._send(hello)
        self.welcome = self._next_where(lambda frame: frame["op"] == "welcome")
        follow: Frame = {"op": "follow", "id": "a", "audience": audience}
        if "after" in who:
            follow["after"] = who["after"]
        self._send(follow)
        self._next_where(lambda frame: frame["op"] in ("caught_up", "following"))

    def _send(self, frame: Frame) -> None:
        self._socket.send(json.dumps(frame))

    def _next_where(self, wanted: Callable[[Frame], bool]) -> Frame:
        deadline = time.monotonic() + PATIENCE
        while True:
            frame = json.loads(self._socket.recv(timeout=deadline - time.monotonic()))
            if frame["op"] == "event":
                self.events.append(frame)
            if wanted(frame):
                return frame

    def wait_for(self, kind: str) -> Frame:
        """Return the newest event of this type, waiting for it if it has not come yet."""
        for frame in self.events:
            if frame["type"] == kind:
                return frame
        return self._next_where(lambda frame: frame.get("type") == kind)

    def wait_until_routed(self, report_no: str) -> Frame:
        """Return what told that this report was routed, waiting for it if need be."""

        def tells(frame: Frame) -> bool:
            return report_no in routed_by(frame)

        return next(filter(tells, self.events), None) or self._next_where(tells)

    def closed_with(self) -> int:
        """Wait until the server closes it, and return the code."""
        try:
            self._next_where(lambda frame: False)
        except ConnectionClosed as closed:
            return closed.rcvd.code if closed.rcvd else 1006
        raise AssertionError("nothing ends before it is ended")

    @property
    def kinds(self) -> list[str]:
        return [frame["type"] for frame in self.events]

    def close(self) -> None:
        self._socket.close()


class Phone:
    """A citizen's installation: registers itself, and needs no account."""

    def __init__(self, product: Product, push_token: str) -> None:
        self._product = product
        self.client = httpx.Client(base_url=f"{product.http()}/api/v1/", timeout=PATIENCE)
        push = {"transport": "fcm", "token": push_token}
        given = {"platform": "android", "locale": "vi", "push": push}
        device = self.client.post("devices", json=given).raise_for_status().json()
        self.token = device["token"]
        self.client.headers["Authorization"] = f"Device {self.token}"

    def upload(self) -> str:
        files = {"file": ("a.jpg", picture((800, 600)), "image/jpeg")}
        upload: str = self.client.post("uploads", files=files).raise_for_status().json()["id"]
        return upload

    def report(self, **more: Any) -> httpx.Response:
        body = {
            "id": str(uuid4()),
            "category": "GT01",
            "text": "Ổ gà lớn giữa đường, xe máy dễ ngã",
            "location": {"lat": 20.95, "lon": 107.08, "accuracy_m": 12},
        }
        return self.client.post("reports", json=body | more)

    def status(self, report_no: str) -> str:
        """Return how far the report has come."""
        return str(self.client.get(f"reports/{report_no}").raise_for_status().json()["status"])

    def feed(self, report_no: str) -> Feed:
        return Feed(self._product, f"report:{report_no}", token=self.token)


class Staff:
    """Somebody who signs in at one of the product's processes."""

    def __init__(self, product: Product, username: str, port: int | None = None) -> None:
        self._product, self._port = product, port
        self.client = httpx.Client(base_url=f"{product.http(port)}/api/v1/", timeout=PATIENCE)
        given = {"username": username, "password": "hientruong"}
        me = self.client.post("session", json=given).raise_for_status().json()
        self.client.headers["X-CSRFToken"] = me["csrf_token"]

    def feed(self, audience: str, **more: Any) -> Feed:
        cookie = f"sessionid={self.client.cookies['sessionid']}"
        return Feed(self._product, audience, port=self._port, headers={"Cookie": cookie}, **more)

    def upload(self) -> str:
        files = {"file": ("a.jpg", picture((800, 600)), "image/jpeg")}
        upload: str = self.client.post("uploads", files=files).raise_for_status().json()["id"]
        return upload

    def ticket(self, ticket_id: str) -> dict[str, Any]:
        shown: dict[str, Any] = self.client.get(f"tickets/{ticket_id}").raise_for_status().json()
        return shown

    def act(self, ticket_id: str, verb: str, **given: Any) -> httpx.Response:
        return self.client.post(f"tickets/{ticket_id}/{verb}", json=given)
