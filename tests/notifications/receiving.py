"""What stands at the other end: an HTTP server and an SMTP server that answer as they are told."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import StreamRequestHandler, ThreadingTCPServer
from typing import Any

from aiosmtpd.controller import Controller

from tests.walks.product import free_port


@dataclass
class Call:
    path: str
    headers: dict[str, str]
    body: bytes
    peer: tuple[str, int] = ("", 0)


@dataclass
class Endpoint:
    """Keeps each call; answers with what `answers` holds next, then 201.

    An answer is a status, headers and perhaps a body.
    """

    port: int = 0
    calls: list[Call] = field(default_factory=list)
    answers: list[tuple[Any, ...]] = field(default_factory=list)

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@contextmanager
def an_endpoint() -> Iterator[Endpoint]:
    endpoint = Endpoint()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            endpoint.calls.append(Call(self.path, headers, body, self.client_address))
            status, more, *said = endpoint.answers.pop(0) if endpoint.answers else (201, {})
            answer = said[0] if said else b""
            self.send_response(status)
            for name, value in more.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            with suppress(OSError):  # who read enough hangs up
                self.wfile.write(answer)

        def log_message(self, *_args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    endpoint.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield endpoint
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@dataclass
class Dripper:
    """Says `first`, then a letter each 50 ms for at most ten seconds, until it is hung up on."""

    first: bytes
    port: int = 0
    hung_up: threading.Event = field(default_factory=threading.Event)

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@contextmanager
def a_dripper(first: bytes) -> Iterator[Dripper]:
    dripper, over = Dripper(first), threading.Event()

    class Handler(StreamRequestHandler):
        def handle(self) -> None:
            self.rfile.readline()
            try:
                self.wfile.write(dripper.first)
                for _letter in range(200):
                    if over.wait(0.05):
                        return
                    self.wfile.write(b"x")
            except OSError:
                dripper.hung_up.set()

    server = ThreadingTCPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    dripper.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield dripper
    finally:
        server.shutdown()
        thread.join()
        over.set()
        server.server_close()


class Mailbox:
    """An SMTP handler that keeps letters; `replies` refuses a receiver by address."""

    def __init__(self) -> None:
        self.letters: list[tuple[list[str], bytes]] = []
        self.replies: dict[str, str] = {}

    async def handle_RCPT(
        self, server: Any, session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        if address in self.replies:
            return self.replies[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.letters.append((envelope.rcpt_tos, envelope.content))
        return "250 OK"


@contextmanager
def a_mail_server() -> Iterator[tuple[Mailbox, int]]:
    mailbox = Mailbox()
    controller = Controller(mailbox, hostname="127.0.0.1", port=free_port())
    controller.start()
    try:
        yield mailbox, controller.port
    finally:
        controller.stop()
