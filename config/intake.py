"""What daphne leaves to its application and no application could mend: bodies without end.

daphne spools a request's whole body to disk, then copies it into memory, before it asks anybody.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from daphne import http_protocol
from daphne.access import AccessLogGenerator
from django.conf import settings

from backend.api.uploads import ENVELOPE

PATIENCE = 4
"""Times the limit that a client may go on sending before the line is cut."""

Application = Callable[..., Awaitable[None]]


class BoundedRequest(http_protocol.WebRequest):  # type: ignore[misc]  # daphne has no types
    """A request of which no more is kept than any address takes.

    What is too long is heard to its end, since a client that is cut off sees a broken network
    and tries again for ever; the view then refuses it by its length, in the client's language.
    """

    received = 0

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        # Twisted would read a photo into memory in the reactor's own thread, for nobody, and
        # answer a form that it cannot read with an empty page.
        self._parsePOSTFormSubmission = False

    def handleContentChunk(self, data: bytes) -> None:  # noqa: N802 - Twisted's name
        self.received += len(data)
        limit = settings.UPLOAD_MAX_BYTES + ENVELOPE
        if self.received <= limit:
            super().handleContentChunk(data)
        elif self.received > PATIENCE * limit:
            self.channel.loseConnection()

    def process(self) -> Any:
        if self.received > settings.UPLOAD_MAX_BYTES + ENVELOPE:
            self.content.seek(0)
            self.content.truncate()
            # A body sent in chunks has announced no length.
            self.requestHeaders.setRawHeaders(b"content-length", [b"%d" % self.received])
        return super().process()


_write_entry = AccessLogGenerator.write_entry


def _write_without_query(log: Any, host: str, date: Any, request: str, **more: Any) -> None:
    _write_entry(log, host, date, request.partition("?")[0], **more)


def bound_requests() -> None:
    """Let every daphne of this process keep no more of a request than it must.

    Its access log keeps no query: beside an address of the network, lat and lon say where
    somebody stands.
    """
    http_protocol.WebRequest = BoundedRequest
    AccessLogGenerator.write_entry = _write_without_query


def headers_only_for_head(application: Application) -> Application:
    """Send no body in answer to HEAD: daphne drops its first piece alone, and the rest is then
    read as the next answer of the connection.
    """

    async def answer(scope: Mapping[str, Any], receive: Any, send: Any) -> None:
        async def send_head(message: Mapping[str, Any]) -> None:
            await send({**message, "body": b""} if "body" in message else message)

        await application(scope, receive, send_head if scope["method"] == "HEAD" else send)

    return answer
