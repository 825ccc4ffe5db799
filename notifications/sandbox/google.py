"""What Google would answer; tests and developers tell it to fail as Google does."""

import itertools
import secrets
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import jwt
import orjson

from notifications.sandbox.identity import public_key
from notifications.sandbox.shape import violations

GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
SCOPES = {
    "https://www.googleapis.com/auth/cloud-platform",
    "https://www.googleapis.com/auth/firebase.messaging",
}
# Google's clients sign for this address, wherever the service account says that it is.
AUDIENCE = "https://oauth2.googleapis.com/token"
LONGEST_ASSERTION = 3600  # seconds, as Google's OAuth 2 pages ask
EVERYBODY = "*"

FCM_ERROR = "type.googleapis.com/google.firebase.fcm.v1.FcmError"
BAD_REQUEST = "type.googleapis.com/google.rpc.BadRequest"


class Fault(StrEnum):
    """How FCM can fail; the value is its error code where it has one."""

    UNREGISTERED = "UNREGISTERED"
    SENDER_ID_MISMATCH = "SENDER_ID_MISMATCH"
    QUOTA_EXCEEDED = "QUOTA_EXCEEDED"
    UNAVAILABLE = "UNAVAILABLE"
    INTERNAL = "INTERNAL"
    THIRD_PARTY_AUTH_ERROR = "THIRD_PARTY_AUTH_ERROR"
    UNAUTHENTICATED = "UNAUTHENTICATED"
    INVALID_TOKEN = "INVALID_TOKEN"  # noqa: S105 - the name of a fault
    BAD_GATEWAY = "BAD_GATEWAY"
    SLOW = "SLOW"
    CUT = "CUT"


# Status and gRPC status of each, from Google's table of FCM error codes.
STATUS: dict[Fault, tuple[int, str]] = {
    Fault.UNREGISTERED: (404, "NOT_FOUND"),
    Fault.SENDER_ID_MISMATCH: (403, "PERMISSION_DENIED"),
    Fault.QUOTA_EXCEEDED: (429, "RESOURCE_EXHAUSTED"),
    Fault.UNAVAILABLE: (503, "UNAVAILABLE"),
    Fault.INTERNAL: (500, "INTERNAL"),
    Fault.THIRD_PARTY_AUTH_ERROR: (401, "UNAUTHENTICATED"),
    Fault.UNAUTHENTICATED: (401, "UNAUTHENTICATED"),
}


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What goes back: a body, or nothing at all where the connection is `cut`."""

    status: int = 200
    body: Any = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    delay: float = 0.0  # seconds
    cut: bool = False


@dataclass
class Order:
    """A fault for one address or everybody; `times` None lasts until it is taken back."""

    fault: Fault
    times: int | None
    retry_after: int | None  # seconds
    delay: float  # seconds


@dataclass(frozen=True, kw_only=True)
class Received:
    """A message that reached FCM, whatever was answered; `at` in seconds since 1970."""

    at: float
    name: str
    message: dict[str, Any]

    @property
    def tag(self) -> str:
        """What a phone collapses by."""
        android = self.message.get("android", {})
        return str(android.get("notification", {}).get("tag") or self.name)


class Google:
    """The token endpoint and `messages:send` of one project; safe from several threads."""

    def __init__(
        self,
        account: Mapping[str, Any],
        *,
        token_lives: int = 3600,
        heard: Callable[[Received], None] = lambda _received: None,
    ) -> None:
        self._account = account
        self._key = public_key(dict(account))
        self._token_lives = token_lives  # seconds
        self._heard = heard
        self._lock = threading.Lock()
        self._tokens: dict[str, float] = {}
        self._orders: dict[str, Order] = {}
        self._numbers = itertools.count(1)
        self.received: list[Received] = []
        self.tokens_given = 0

    def order(
        self,
        fault: Fault,
        *,
        address: str = EVERYBODY,
        times: int | None = 1,
        retry_after: int | None = None,
        delay: float = 0.0,
    ) -> None:
        """Answer the next `times` messages to the address (or all of them) with this fault."""
        with self._lock:
            self._orders[address] = Order(fault, times, retry_after, delay)

    def behave(self) -> None:
        """Take every order back."""
        with self._lock:
            self._orders.clear()

    def revoke_tokens(self) -> None:
        """Let every access token given so far be refused from now on."""
        with self._lock:
            self._tokens.clear()

    def tray(self, address: str) -> list[Received]:
        """Return what a phone would show: of those with one tag, the last."""
        shown = {each.tag: each for each in self.received if each.message.get("token") == address}
        return list(shown.values())

    def token(self, form: Mapping[str, str]) -> Answer:
        """Exchange a signed assertion for an access token (RFC 7523)."""
        if form.get("grant_type") != GRANT:
            return Answer(status=400, body={"error": "unsupported_grant_type"})
        try:
            claims = jwt.decode(
                form.get("assertion", ""),
                self._key,
                algorithms=["RS256"],
                audience=AUDIENCE,
                issuer=self._account["client_email"],
                options={"require": ["aud", "exp", "iat", "iss"]},
            )
        except jwt.PyJWTError as error:
            return Answer(status=400, body=_refused(f"Invalid JWT: {error}"))
        if claims["exp"] - claims["iat"] > LONGEST_ASSERTION:
            return Answer(status=400, body=_refused("Invalid JWT: it lives too long."))
        if not SCOPES & set(str(claims.get("scope", "")).split()):
            return Answer(status=400, body={"error": "invalid_scope"})
        token = secrets.token_urlsafe(32)
        with self._lock:
            self._tokens[token] = time.time() + self._token_lives
            self.tokens_given += 1
        body = {"access_token": token, "expires_in": self._token_lives, "token_type": "Bearer"}
        return Answer(body=body)

    def send(self, project: str, authorization: str, content: bytes) -> Answer:
        """Take a message as `POST /v1/projects/{project}/messages:send` does."""
        if not self._knows(authorization):
            return _error(401, "UNAUTHENTICATED", "Request had invalid authentication credentials.")
        if project != self._account["project_id"]:
            return _error(403, "PERMISSION_DENIED", f"Permission denied on project {project}.")
        try:
            body = orjson.loads(content)
        except orjson.JSONDecodeError:
            return _invalid([("", "Invalid JSON payload received.")])
        if wrong := violations(body):
            return _invalid(wrong)
        message = body["message"]
        order = self._next_order(message.get("token", ""))
        name = f"projects/{project}/messages/{next(self._numbers)}"
        if order is not None and order.fault not in (Fault.SLOW, Fault.CUT):
            return _failure(order)
        if not body.get("validate_only"):
            self._keep(Received(at=time.time(), name=name, message=message))
        delay = order.delay if order else 0.0
        cut = order is not None and order.fault == Fault.CUT
        return Answer(body={"name": name}, delay=delay, cut=cut)

    def _keep(self, received: Received) -> None:
        with self._lock:
            self.received.append(received)
        self._heard(received)

    def _knows(self, authorization: str) -> bool:
        scheme, _space, token = authorization.partition(" ")
        with self._lock:
            return scheme == "Bearer" and self._tokens.get(token, 0) > time.time()

    def _next_order(self, address: str) -> Order | None:
        with self._lock:
            key = address if address in self._orders else EVERYBODY
            order = self._orders.get(key)
            if order is None:
                return None
            if order.times is not None:
                order.times -= 1
                if order.times <= 0:
                    del self._orders[key]
            return order


def _refused(text: str) -> dict[str, str]:
    return {"error": "invalid_grant", "error_description": text}


def _failure(order: Order) -> Answer:
    headers = {} if order.retry_after is None else {"Retry-After": str(order.retry_after)}
    if order.fault == Fault.INVALID_TOKEN:
        text = "The registration token is not a valid FCM registration token"
        return _invalid([("message.token", text)])
    if order.fault == Fault.BAD_GATEWAY:
        return Answer(status=502, body="Bad Gateway", headers=headers, delay=order.delay)
    status, grpc = STATUS[order.fault]
    text = f"The sandbox was told to answer {order.fault}."
    details = [] if order.fault == Fault.UNAUTHENTICATED else [_fcm_error(order.fault)]
    return _error(status, grpc, text, details, headers=headers, delay=order.delay)


def _fcm_error(code: str) -> dict[str, Any]:
    return {"@type": FCM_ERROR, "errorCode": code}


def _invalid(wrong: list[tuple[str, str]]) -> Answer:
    """Refuse as FCM does: the code for programs, and each field for people."""
    fields = [{"field": path, "description": text} for path, text in wrong]
    details = [
        _fcm_error("INVALID_ARGUMENT"),
        {"@type": BAD_REQUEST, "fieldViolations": fields},
    ]
    return _error(400, "INVALID_ARGUMENT", "\n".join(text for _path, text in wrong), details)


def _error(
    status: int,
    grpc: str,
    text: str,
    details: list[dict[str, Any]] | None = None,
    *,
    headers: dict[str, str] | None = None,
    delay: float = 0.0,
) -> Answer:
    error: dict[str, Any] = {"code": status, "message": text, "status": grpc}
    if details:
        error["details"] = details
    return Answer(status=status, body={"error": error}, headers=headers or {}, delay=delay)
