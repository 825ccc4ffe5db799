"""Refusals of the domain: each kind has an HTTP meaning, each case a stable code."""

from typing import Any


class DomainError(Exception):
    """A refusal that a person can read: a stable `code` and a translatable sentence."""

    kind = "bad_request"

    def __init__(self, code: str, detail: Any, *, field: str | None = None, **context: Any) -> None:
        super().__init__(code)
        self.code = code
        self.detail = detail
        self.field = field
        self.context = context

    def __str__(self) -> str:
        return f"{self.code}: {self.detail}"


class InvalidInput(DomainError):
    """What was given cannot be used; `field` names the part."""


class NotAllowed(DomainError):
    """Seen, but not this person's to do."""

    kind = "forbidden"


class NotFound(DomainError):
    """Not there, or not to be seen: the two look alike from outside."""

    kind = "not_found"


class Conflict(DomainError):
    """Somebody was first, or the thing has moved on."""

    kind = "conflict"


class InvalidTransition(Conflict):
    """The lifecycle does not lead from here to there."""


class TooLarge(DomainError):
    """More bytes or pixels than are taken."""

    kind = "too_large"


class Unavailable(DomainError):
    """Cannot be done just now; the same request may succeed later."""

    kind = "unavailable"
