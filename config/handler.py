"""Django's HTTP by ASGI, with each request whole on one thread, out of threads that stay.

Django's own handler gives each request a thread of its own, and goes between it and the event loop
twice for every middleware that knows both ways. That took more time than keeping a report does.
"""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import IO, Any

from django.conf import settings
from django.core import signals
from django.core.exceptions import RequestAborted
from django.core.handlers.asgi import ASGIHandler, get_script_prefix
from django.db import close_old_connections
from django.http import FileResponse, HttpResponseBase
from django.urls import set_script_prefix


class WholeRequests(ASGIHandler):
    """An application for HTTP alone; what does not end, such as a stream of events, is not its."""

    def __init__(self) -> None:
        # Not ASGIHandler's own, which loads the middlewares for the event loop.
        super(ASGIHandler, self).__init__()
        self.load_middleware(is_async=False)
        self._threads = ThreadPoolExecutor(settings.WEB_THREADS, "http")

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        try:
            body = await self.read_body(receive)
        except RequestAborted:
            return
        answer = self._in_thread(self._answer, scope, body)
        watch = asyncio.create_task(_drop_if_left(answer, receive))
        try:
            response: HttpResponseBase = await answer
        except asyncio.CancelledError:
            if watch.done():  # The client left; else it is the server that wants an end.
                return
            raise
        finally:
            watch.cancel()
        if response.streaming:
            await self._send_parts(response, send)
        else:
            await self.send_response(response, send)

    def _in_thread(self, call: Any, *given: Any) -> "asyncio.Future[Any]":
        return asyncio.get_running_loop().run_in_executor(self._threads, call, *given)

    def _answer(self, scope: Any, body: IO[bytes]) -> HttpResponseBase:
        """Do all that a request asks for; its connection to the database is given back."""
        with body:
            set_script_prefix(get_script_prefix(scope))
            signals.request_started.send(sender=type(self), scope=scope)
            request, refusal = self.create_request(scope, body)
            response: Any = refusal if request is None else self.get_response(request)
            if response.streaming:
                close_old_connections()
            else:
                response.close()
        answered: HttpResponseBase = response
        return answered

    async def _send_parts(self, response: Any, send: Any) -> None:
        """Send what is read piece by piece, as a file is, without holding a thread between."""
        if isinstance(response, FileResponse):
            response.block_size = self.chunk_size
        parts = iter(response)
        try:
            await send(_start(response))
            while (part := await self._in_thread(next, parts, None)) is not None:
                await send({"type": "http.response.body", "body": part, "more_body": True})
            await send({"type": "http.response.body"})
        finally:
            await self._in_thread(response.close)


async def _drop_if_left(answer: "asyncio.Future[Any]", receive: Any) -> None:
    """Forget a request that no thread has begun when its client leaves; one that runs is done."""
    await receive()  # After the body nothing else can come.
    answer.cancel()


def _start(response: HttpResponseBase) -> dict[str, Any]:
    headers = [(name.encode("ascii"), value.encode("latin1")) for name, value in response.items()]
    cookies = (each.output(header="").strip() for each in response.cookies.values())
    headers += [(b"Set-Cookie", cookie.encode("ascii")) for cookie in cookies]
    return {"type": "http.response.start", "status": response.status_code, "headers": headers}
