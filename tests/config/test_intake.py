"""The door before Django, with daphne's own request."""

import asyncio
import io
from unittest.mock import MagicMock

import pytest
from daphne.access import AccessLogGenerator

from backend.api.uploads import ENVELOPE
from config.asgi import application
from config.intake import PATIENCE, BoundedRequest


@pytest.fixture
def incoming(settings, monkeypatch):
    """A request whose headers have come, where 1,000 bytes are as many as any address takes."""
    settings.UPLOAD_MAX_BYTES = 1000 - ENVELOPE
    request = BoundedRequest(MagicMock(name="daphne's line"))
    request.gotLength(10)
    monkeypatch.setattr(
        BoundedRequest.__base__, "process", lambda self: self.content.seek(0) or self.content.read()
    )
    return request


def test_a_body_within_the_limit_is_kept_whole(incoming):
    for _piece in range(10):
        incoming.handleContentChunk(b"x" * 100)
    assert incoming.process() == b"x" * 1000
    assert not incoming.requestHeaders.hasHeader("content-length")


def test_of_a_body_over_the_limit_nothing_but_its_length_reaches_the_view(incoming):
    for _piece in range(11):
        incoming.handleContentChunk(b"x" * 100)
    assert incoming.process() == b""
    assert incoming.requestHeaders.getRawHeaders("content-length") == ["1100"]
    assert not incoming.channel.loseConnection.called


def test_a_body_without_end_is_cut_off(incoming):
    for _piece in range(10 * PATIENCE + 1):
        incoming.handleContentChunk(b"x" * 100)
    assert incoming.channel.loseConnection.called
    assert incoming.content.tell() == 1000


def test_a_form_is_left_to_the_view_whatever_is_in_it(incoming):
    incoming.requestHeaders.setRawHeaders("content-type", ["multipart/form-data; boundary=b"])
    incoming.handleContentChunk(b"--a--")
    incoming.process = MagicMock()
    incoming.requestReceived(b"POST", b"/api/v1/uploads", b"HTTP/1.1")
    assert incoming.process.called
    assert incoming.content.read() == b"--a--"
    assert not incoming.channel._respondToBadRequestAndDisconnect.called


def test_the_access_log_does_not_say_where_somebody_stands():
    page = io.StringIO()
    details = {"client": "192.0.2.1:5", "method": "GET", "status": 200, "size": 3}
    path = "/api/v1/areas/locate?lat=20.95&lon=107.05"
    AccessLogGenerator(page)("http", "complete", {**details, "path": path})
    assert '"GET /api/v1/areas/locate" 200 3' in page.getvalue()
    assert "20.95" not in page.getvalue()


@pytest.mark.parametrize(("method", "empty"), [("HEAD", True), ("GET", False)])
def test_the_answer_to_head_has_no_body(settings, method, empty):
    settings.ALLOWED_HOSTS = ["*"]
    sent = []
    scope = {
        "type": "http",
        "method": method,
        "path": "/api/nothing",
        "query_string": b"",
        "headers": [],
    }

    said = iter([{"type": "http.request", "body": b"", "more_body": False}])

    async def receive():
        return next(said, None) or await asyncio.Event().wait()

    async def send(message):
        sent.append(message)

    async def ask():
        await application(scope, receive, send)

    asyncio.run(ask())
    assert sent[0]["status"] == 404
    assert dict(sent[0]["headers"])[b"Content-Length"] != b"0"
    assert (b"".join(message.get("body", b"") for message in sent) == b"") is empty
