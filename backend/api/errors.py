"""Every refusal as a problem document (RFC 9457): a stable code and a sentence for a person."""

import logging
import traceback
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.db import DatabaseError, DataError
from django.http import Http404, HttpRequest, JsonResponse
from django.utils.encoding import force_str
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import set_rollback

from backend.api.http import principal_of
from backend.errors import DomainError
from backend.tickets.models import Ticket
from backend.tickets.selectors import for_showing
from backend.tickets.showing import detail
from media.errors import (
    MediaError,
    OriginalMissing,
    QuotaExceeded,
    StorageFull,
    TooLarge,
    TooManyPixels,
    UnknownUpload,
)

logger = logging.getLogger(__name__)

CONTENT_TYPE = "application/problem+json"
STATUS = {
    "bad_request": 400,
    "forbidden": 403,
    "not_found": 404,
    "conflict": 409,
    "too_large": 413,
    "unavailable": 503,
}
MEDIA_TOO_LARGE = (TooLarge, TooManyPixels)
RETRY_AFTER = "5"
RETRY_LATER, RETRY_TOMORROW = "60", "3600"
FIELD_CODES = {"null": "required", "blank": "empty", "max_length": "too_long"}


def problem(status: int, code: str, detail: Any, **more: Any) -> dict[str, Any]:
    """Return the body of a problem document."""
    return {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "code": code,
        "detail": force_str(detail),
        **more,
    }


def problem_response(error: Exception, context: dict[str, Any]) -> Response | None:
    """Answer an error of a REST view. Unexpected ones rise, to be logged and answered with 500."""
    set_rollback()
    translated = _translated(error, context)
    if translated is None:
        return None
    body, headers = translated
    return Response(body, status=body["status"], headers=headers, content_type=CONTENT_TYPE)


def _translated(
    error: Exception, context: dict[str, Any]
) -> tuple[dict[str, Any], dict[str, str]] | None:
    if isinstance(error, DomainError):
        return _of_domain(error, context)
    if isinstance(error, MediaError):
        return _of_media(error)
    if isinstance(error, RequestDataTooBig):
        return problem(413, "too_large", _("This is more than can be sent at once.")), {}
    if isinstance(error, SuspiciousOperation):  # Too many fields or files in one form.
        return problem(400, "invalid_input", _("Some answers need another look.")), {}
    if isinstance(error, DataError):
        # A value that no column takes: sent again, it would be refused again.
        _log_without_values("The database refused a value", error)
        return problem(400, "invalid_input", _("Some answers need another look.")), {}
    if isinstance(error, DatabaseError):
        _log_without_values("The database did not answer", error)
        text = _("The service is busy. Nothing was lost; please try again.")
        return problem(503, "unavailable", text), {"Retry-After": RETRY_AFTER}
    if isinstance(error, Http404):
        error = exceptions.NotFound()
    elif isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied()
    return _of_rest(error) if isinstance(error, exceptions.APIException) else None


def _of_media(error: MediaError) -> tuple[dict[str, Any], dict[str, str]]:
    if isinstance(error, StorageFull):
        logger.error("The storage takes no more photos: %s", error.__cause__)
        return problem(503, error.code, error.detail), {"Retry-After": RETRY_LATER}
    if isinstance(error, QuotaExceeded):
        return problem(429, error.code, error.detail), {"Retry-After": RETRY_TOMORROW}
    if isinstance(error, OriginalMissing):
        return problem(404, error.code, error.detail), {}
    field = "uploads" if isinstance(error, UnknownUpload) else "file"
    status = 413 if isinstance(error, MEDIA_TOO_LARGE) else 400
    return problem(status, error.code, error.detail, errors=[_field(field, error)]), {}


def _log_without_values(what: str, error: DatabaseError) -> None:
    """Log where it happened, and not the database's message, which quotes the row itself."""
    state = getattr(error.__cause__, "sqlstate", None) or ""
    frames = "".join(traceback.format_tb(error.__traceback__))
    logger.error("%s: %s %s\n%s", what, type(error).__name__, state, frames)


def _of_domain(
    error: DomainError, context: dict[str, Any]
) -> tuple[dict[str, Any], dict[str, str]]:
    more: dict[str, Any] = {**error.context.get("more", {})}
    if error.field:
        more["errors"] = [_field(error.field, error)]
    if ticket := error.context.get("ticket"):
        # Read again, outside the change that was refused: what the actor should look at now.
        current = for_showing(Ticket.objects.filter(pk=ticket.pk)).get()
        more["ticket"] = detail(current, principal_of(context["request"]))
    headers = {"Retry-After": RETRY_AFTER} if error.kind == "unavailable" else {}
    return problem(STATUS[error.kind], error.code, error.detail, **more), headers


def _field(name: str, error: DomainError | MediaError) -> dict[str, str]:
    return {"field": name, "code": error.code, "detail": force_str(error.detail)}


def _of_rest(error: exceptions.APIException) -> tuple[dict[str, Any], dict[str, str]]:
    headers: dict[str, str] = {}
    if scheme := getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = scheme
    if isinstance(error, exceptions.Throttled):
        headers["Retry-After"] = str(int(getattr(error, "wait", None) or 1) + 1)
        text = _("Too many requests. Please wait a moment and try again.")
        return problem(429, "too_many_requests", text), headers
    if isinstance(error, exceptions.ValidationError):
        errors = list(_fields(error.get_full_details()))
        text = errors[0]["detail"] if len(errors) == 1 else _("Some answers need another look.")
        return problem(400, "invalid_input", text, errors=errors), headers
    details = error.get_full_details()
    code = details["code"] if isinstance(details, dict) and "code" in details else "error"
    return problem(error.status_code, str(code), error.detail), headers


def _fields(details: Any, path: str = "") -> Iterator[dict[str, str]]:
    """Flatten DRF's nested details into one row for each fault."""
    if isinstance(details, list):
        for turn, item in enumerate(details):
            is_fault = isinstance(item, dict) and set(item) == {"message", "code"}
            yield from _fields(item, path if is_fault else f"{path}[{turn}]")
    elif set(details) == {"message", "code"}:
        code = FIELD_CODES.get(details["code"], details["code"])
        yield {"field": path, "code": code, "detail": force_str(details["message"])}
    else:
        for name, inner in details.items():
            inner_path = path if name == "non_field_errors" else f"{path}.{name}".strip(".")
            yield from _fields(inner, inner_path)


@csrf_exempt  # There is nothing here to forge.
def not_found(request: HttpRequest, exception: Exception | None = None) -> JsonResponse:
    """Answer an address under /api/ that leads nowhere."""
    body = problem(404, "not_found", _("There is nothing at this address."))
    return JsonResponse(body, status=404, content_type=CONTENT_TYPE)


def not_this_way(request: HttpRequest) -> JsonResponse:
    """Answer a method that an address does not know."""
    body = problem(405, "method_not_allowed", _("This cannot be done at this address."))
    return JsonResponse(body, status=405, content_type=CONTENT_TYPE)


def server_error(request: HttpRequest) -> JsonResponse:
    """Answer a failure of ours; what happened is in the log, not in the answer."""
    body = problem(500, "server_error", _("Something went wrong on our side. Please try again."))
    return JsonResponse(body, status=500, content_type=CONTENT_TYPE)
