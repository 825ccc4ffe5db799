"""Who calls: a device by its token, or staff by their session."""

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib.auth import get_user
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from rest_framework import authentication, exceptions, permissions
from rest_framework.request import Request

from backend.accounts import principal as principals
from backend.accounts.models import Device, User
from backend.accounts.principal import Principal
from backend.accounts.services import device_by_token, note_device_seen
from backend.errors import InvalidInput

if TYPE_CHECKING:  # DRF's views read their settings, which name the classes below.
    from rest_framework.views import APIView

KEYWORD = "Device"


def device_of_header(header: str) -> Device | None:
    """Return the device of an `Authorization: Device …` value, None for a token of nobody's."""
    keyword, _space, token = header.partition(" ")
    return device_by_token(token.strip()) if keyword == KEYWORD else None


class DeviceAuthentication(authentication.BaseAuthentication):
    """`Authorization: Device <token>`."""

    def authenticate(self, request: Request) -> tuple[None, Device] | None:
        header = request.headers.get("Authorization", "")
        if not header.startswith(f"{KEYWORD} "):
            return None
        device = device_of_header(header)
        if device is None:
            raise exceptions.AuthenticationFailed(_("This device is not known any more."))
        note_device_seen(device)
        return None, device

    def authenticate_header(self, request: Request) -> str:
        return KEYWORD


class StaffSessionAuthentication(authentication.SessionAuthentication):
    """The session cookie; what changes something needs the CSRF token too."""

    def authenticate_header(self, request: Request) -> str:
        return "Session"

    def enforce_csrf(self, request: Request) -> None:
        """Refuse in words for a person: most who meet this left a page open for too long."""
        try:
            super().enforce_csrf(request)
        except exceptions.PermissionDenied:
            detail = _("This page has become too old. Please load it again.")
            raise exceptions.PermissionDenied(detail) from None


def principal_of(request: Request) -> Principal:
    """Return who makes this request; ANONYMOUS for nobody in particular."""
    if isinstance(request.auth, Device):
        return principals.of_device(request.auth)
    if isinstance(request.user, User):
        return principals.of_user(request.user)
    return principals.ANONYMOUS


def principal_of_session(request: HttpRequest) -> Principal:
    """Return who a session cookie belongs to, for what is not a REST view."""
    user = get_user(request)
    return principals.of_user(user) if isinstance(user, User) else principals.ANONYMOUS


class IsKnown(permissions.BasePermission):
    """A device or a member of staff: anyone who can send reports and follow them."""

    def has_permission(self, request: Request, view: "APIView") -> bool:
        return principal_of(request) != principals.ANONYMOUS


class IsStaff(permissions.BasePermission):
    """Somebody with a role; a device has no desk."""

    message = _("This page is for staff. Please sign in.")

    def has_permission(self, request: Request, view: "APIView") -> bool:
        return bool(principal_of(request).roles)


def uuid_or_none(value: Any, field: str) -> UUID | None:
    if value in (None, ""):
        return None
    try:
        return UUID(str(value))
    except ValueError:
        raise InvalidInput("invalid_id", _("This is not an id."), field=field) from None
