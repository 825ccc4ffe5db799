"""The sandbox on the network: a proxy that answers for Google's hosts itself.

firebase-admin asks its proxy for a tunnel to FCM; the tunnel ends here, in TLS with our own
certificate. The token endpoint is plain HTTP at the address that the service account names.
"""

import asyncio
import logging
import re
import socket
import ssl
import threading
from contextlib import suppress
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import h11
import orjson

from notifications.sandbox import identity
from notifications.sandbox.google import EVERYBODY, Answer, Fault, Google
from notifications.sandbox.journal import Journal

logger = logging.getLogger(__name__)

TUNNELS = {f"{host}:443" for host in identity.HOSTS}
SEND = re.compile(r"/v1/projects/([^/]+)/messages:send")
LOCATIONS = re.compile(r"/v1/projects/-/serviceAccounts/[^/]+/allowedLocations")
LARGEST_BODY = 1024 * 1024
CHUNK = 65536
START_WITHIN = 10.0  # seconds


class Sandbox:
    """A local FCM in a thread of its own; what it received is in `google.received`."""

    def __init__(self, folder: Path, *, port: int = 0, token_lives: int = 3600) -> None:
        self.folder = folder
        self._port = port
        self._token_lives = token_lives
        self._ready = threading.Event()
        self._failure: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="fcm-sandbox", daemon=True)
        self._connections: set[asyncio.Task[None]] = set()

    def start(self) -> None:
        """Listen, and write the folder's files. Raises OSError for a port that is taken."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.journal = Journal(self.folder)
        self._thread.start()
        self._ready.wait(START_WITHIN)
        if self._failure:
            raise self._failure

    def stop(self) -> None:
        """Close every connection and end."""
        with suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._ended.set)
        self._thread.join(START_WITHIN)

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    @property
    def environment(self) -> dict[str, str]:
        """The variables that a process needs to push to this sandbox."""
        return identity.environment(self.folder)

    @property
    def service_account(self) -> Path:
        """The file that FCM_CREDENTIALS is to name."""
        return self.folder / identity.SERVICE_ACCOUNT

    def _run(self) -> None:
        try:
            asyncio.run(self._main())
        except BaseException as error:
            self._failure = error
            self._ready.set()

    async def _main(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._ended = asyncio.Event()
        listener = await asyncio.start_server(self._take, "127.0.0.1", self._port, backlog=512)
        self._port = listener.sockets[0].getsockname()[1]
        self._tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        self._tls.load_cert_chain(identity.write_certificates(self.folder))
        account = identity.write_service_account(self.folder, token_uri=f"{self.origin}/token")
        self.google = Google(account, token_lives=self._token_lives, heard=self.journal.add)
        self._ready.set()
        await self._ended.wait()
        listener.close()
        for task in tuple(self._connections):
            task.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)

    async def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._connections.add(task)
        try:
            await self._converse(reader, writer)
        except (OSError, h11.ProtocolError, asyncio.IncompleteReadError) as error:
            logger.debug("A connection to the sandbox ended: %r", error)
        except asyncio.CancelledError:
            writer.transport.abort()
        finally:
            self._connections.discard(task)
            with suppress(OSError, RuntimeError):
                writer.close()

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer requests until the client leaves; a tunnel begins a new conversation inside."""
        http = h11.Connection(h11.SERVER, max_incomplete_event_size=CHUNK)
        while True:
            request, body = await _request(http, reader, writer)
            if request is None:
                return
            method, target = request.method.decode(), request.target.decode()
            if method == "CONNECT":
                if target not in TUNNELS:
                    _write(http, writer, Answer(status=403, body="The sandbox is FCM only."))
                    return
                writer.write(http.send(h11.Response(status_code=200, headers=[])) or b"")
                # Nothing may be awaited in between: the client's hello belongs to TLS.
                await writer.start_tls(self._tls)
                http = h11.Connection(h11.SERVER, max_incomplete_event_size=CHUNK)
                continue
            answer = self._answer(method, target, dict(request.headers), body)
            await asyncio.sleep(answer.delay)
            if answer.cut:
                writer.transport.abort()
                return
            _write(http, writer, answer)
            await writer.drain()
            if http.our_state is not h11.DONE or http.their_state is not h11.DONE:
                return
            http.start_next_cycle()

    def _answer(self, method: str, target: str, headers: dict[bytes, bytes], body: bytes) -> Answer:
        """Route the request; `/orders` and `/received` are for developers, not Google's."""
        if method == "POST" and target == "/token":
            return self.google.token(dict(parse_qsl(body.decode("utf-8", "replace"))))
        if method == "POST" and (found := SEND.fullmatch(target)):
            authorization = headers.get(b"authorization", b"").decode("latin-1")
            return self.google.send(found[1], authorization, body)
        if method == "GET" and LOCATIONS.fullmatch(target):
            return Answer(body={"locations": [], "encodedLocations": "0x0"})  # anywhere
        if method == "POST" and target == "/orders":
            return self._order(body)
        if method == "GET" and target == "/received":
            return Answer(body=[each.message for each in self.google.received])
        return Answer(status=404, body={"error": {"code": 404, "message": "Not found."}})

    def _order(self, body: bytes) -> Answer:
        try:
            given: dict[str, Any] = orjson.loads(body)
            fault = given.get("fault")
            if fault is None:
                self.google.behave()
            else:
                self.google.order(
                    Fault(fault),
                    address=str(given.get("address", EVERYBODY)),
                    times=given.get("times", 1),
                    retry_after=given.get("retry_after"),
                    delay=float(given.get("delay", 0)),
                )
        except (ValueError, TypeError, AttributeError) as error:
            return Answer(status=400, body={"error": {"code": 400, "message": str(error)}})
        return Answer(body={})


async def _request(
    http: h11.Connection, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> tuple[h11.Request | None, bytes]:
    """Return the next request and its body, None once the client has gone."""
    request: h11.Request | None = None
    body = bytearray()
    while True:
        event = http.next_event()
        if event is h11.NEED_DATA:
            http.receive_data(await reader.read(CHUNK))
            _acknowledge(writer)
        elif isinstance(event, h11.Request):
            request = event
        elif isinstance(event, h11.Data):
            body += event.data
            if len(body) > LARGEST_BODY:
                raise h11.RemoteProtocolError("The body is too large.", error_status_hint=413)
        elif isinstance(event, h11.EndOfMessage) or event is h11.PAUSED:
            return request, bytes(body)
        else:
            return None, b""


def _acknowledge(writer: asyncio.StreamWriter) -> None:
    """Let the client go on at once: by a proxy urllib3 leaves Nagle's algorithm on, so it holds a
    request's body back until its head is acknowledged, which Linux puts off by 40 ms."""
    quick = getattr(socket, "TCP_QUICKACK", None)
    if quick is not None:
        writer.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, quick, 1)


def _write(http: h11.Connection, writer: asyncio.StreamWriter, answer: Answer) -> None:
    content = answer.body.encode() if isinstance(answer.body, str) else orjson.dumps(answer.body)
    headers = {
        "Content-Type": "application/json; charset=UTF-8",
        "Content-Length": str(len(content)),
        **answer.headers,
    }
    response = h11.Response(
        status_code=answer.status,
        reason=HTTPStatus(answer.status).phrase,
        headers=list(headers.items()),
    )
    for event in (response, h11.Data(data=content), h11.EndOfMessage()):
        writer.write(http.send(event) or b"")
