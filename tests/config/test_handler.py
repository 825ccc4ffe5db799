"""HTTP by threads that stay: each request on one of them, from its beginning to its end."""

import asyncio
import io
import threading
from typing import Any

import pytest
from django.core.signals import request_finished, request_started
from django.http import FileResponse, HttpRequest, HttpResponse
from django.urls import path

from config.handler import WholeRequests

pytestmark = pytest.mark.django_db

begun: list[str] = []
go_on = threading.Event()
files: list[io.BytesIO] = []


def name_thread(request: HttpRequest) -> HttpResponse:
    answer = HttpResponse(threading.current_thread().name)
    answer.set_cookie("seen", "1")
    return answer


def wait(request: HttpRequest, name: str) -> HttpResponse:
    begun.append(name)
    go_on.wait(10)
    return HttpResponse(name)


def file(request: HttpRequest) -> FileResponse:
    files.append(io.BytesIO(b"x" * 100_000))
    answer = FileResponse(files[-1], content_type="image/webp")
    answer.set_cookie("seen", "1")
    return answer


urlpatterns = [path("thread", name_thread), path("wait/<name>", wait), path("file", file)]


class Line:
    """A client's connection: its one request, what it was sent, and its leaving."""

    def __init__(self, path: str) -> None:
        self.scope = {"type": "http", "method": "GET", "path": path, "headers": []}
        self.coming: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.coming.put_nowait({"type": "http.request"})
        self.sent: list[dict[str, Any]] = []

    async def ask(self, application: WholeRequests) -> list[dict[str, Any]]:
        await application(self.scope, self.coming.get, self._take)
        return self.sent

    async def _take(self, message: dict[str, Any]) -> None:
        self.sent.append(message)

    def leave(self) -> None:
        self.coming.put_nowait({"type": "http.disconnect"})


@pytest.fixture
def application(settings) -> WholeRequests:
    settings.ROOT_URLCONF = __name__
    settings.ALLOWED_HOSTS = ["*"]
    settings.MIDDLEWARE = []
    settings.WEB_THREADS = 1
    begun.clear()
    files.clear()
    go_on.clear()
    return WholeRequests()


async def test_a_request_begins_and_ends_on_one_thread_that_serves_the_next(application):
    threads = []

    def note(**_more: Any) -> None:
        threads.append(threading.current_thread().name)

    request_started.connect(note)
    request_finished.connect(note)
    try:
        first, second = [await Line("/thread").ask(application) for _turn in range(2)]
    finally:
        request_started.disconnect(note)
        request_finished.disconnect(note)
    assert threads == ["http_0"] * 4
    assert [message["body"] for message in (first[1], second[1])] == [b"http_0"] * 2
    assert (b"Set-Cookie", b"seen=1; Path=/") in first[0]["headers"]


async def test_a_file_goes_out_piece_by_piece_and_is_closed(application):
    start, *parts = await Line("/file").ask(application)
    assert start["status"] == 200
    assert (b"Content-Type", b"image/webp") in start["headers"]
    assert (b"Set-Cookie", b"seen=1; Path=/") in start["headers"]
    assert [len(part.get("body", b"")) for part in parts] == [65536, 34464, 0]
    assert [part.get("more_body", False) for part in parts] == [True, True, False]
    assert files[0].closed


async def test_who_leaves_before_a_thread_is_free_is_not_served(application):
    patient, gone = Line("/wait/patient"), Line("/wait/gone")
    first = asyncio.create_task(patient.ask(application))
    while not begun:
        await asyncio.sleep(0)
    second = asyncio.create_task(gone.ask(application))
    gone.leave()
    assert await second == []
    go_on.set()
    assert (await first)[1]["body"] == b"patient"
    assert begun == ["patient"]


async def test_who_leaves_in_the_midst_is_answered_by_nobody(application):
    gone = Line("/wait/gone")
    task = asyncio.create_task(gone.ask(application))
    while not begun:
        await asyncio.sleep(0)
    gone.leave()
    assert await task == []
    go_on.set()
    assert (await Line("/thread").ask(application))[0]["status"] == 200
