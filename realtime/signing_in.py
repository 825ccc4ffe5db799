"""Who a socket's client is: by the token in its first frame, or by the session cookie.

A browser sends the cookie along whatever page opened the socket, so the cookie counts only where
the page is ours.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from importlib import import_module
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_supported_language_variant
from django.utils.translation.trans_real import parse_accept_lang_header

from backend.accounts import principal as principals
from backend.accounts.principal import ANONYMOUS, Principal
from backend.accounts.services import device_by_token, note_device_seen
from backend.api.http import KEYWORD, principal_of_session
from realtime.attendance import rights_of

Headers = Mapping[str, str]


class NotKnown(Exception):
    """The token is nobody's, or the page is not ours."""


@dataclass(frozen=True)
class Signed:
    """Who it is, and by which session."""

    principal: Principal
    session: str = ""


def headers_of(scope: Mapping[str, Any]) -> dict[str, str]:
    """Return the handshake's headers, names in lower case."""
    return {
        name.decode("latin1").lower(): value.decode("latin1") for name, value in scope["headers"]
    }


def address_of(scope: Mapping[str, Any], headers: Headers) -> str:
    """Return where the client is, "" where nothing says so.

    Behind PROXIES it is the address that the first of them saw, as DRF's throttles read it: what
    stands before it in `X-Forwarded-For` is the client's own word.
    """
    seen = [each.strip() for each in headers.get("x-forwarded-for", "").split(",") if each.strip()]
    proxies: Any = settings.REST_FRAMEWORK["NUM_PROXIES"]
    if proxies and seen:
        return str(seen[-min(proxies, len(seen))])
    return (scope.get("client") or [""])[0] or ""


def language_of(headers: Headers) -> str:
    """Return the language for sentences in frames, as `Accept-Language` asks."""
    for code, _weight in parse_accept_lang_header(headers.get("accept-language", "").lower()):
        try:
            return get_supported_language_variant(code)
        except LookupError:
            continue
    return settings.LANGUAGE_CODE


def sign_in(headers: Headers, token: str | None) -> Signed:
    """Return who says hello; nobody in particular without token and session.

    Raises NotKnown for a token of nobody's, and for a page that is not ours without a token.
    """
    if token is not None:
        return Signed(_by_token(token))
    if not is_our_page(headers):
        raise NotKnown
    key = _session_key(headers)
    if key is None:
        return Signed(ANONYMOUS)
    request = HttpRequest()
    request.session = import_module(settings.SESSION_ENGINE).SessionStore(key)
    principal = principal_of_session(request)
    rights_of(principal)  # Asked here, in a thread that may wait for the database.
    return Signed(principal, key if principal != ANONYMOUS else "")


def _by_token(token: str) -> Principal:
    device = device_by_token(token.removeprefix(f"{KEYWORD} ").strip())
    if device is None:
        raise NotKnown
    note_device_seen(device)
    return principals.of_device(device)


def is_our_page(headers: Headers) -> bool:
    """Say whether the handshake came from our own page, or from no page at all."""
    origin = headers.get("origin")
    if origin is None:
        return True  # No browser; so nobody's cookie is used behind their back.
    return origin in settings.CSRF_TRUSTED_ORIGINS or urlsplit(origin).netloc == headers.get("host")


def _session_key(headers: Headers) -> str | None:
    try:
        cookie = SimpleCookie(headers.get("cookie", ""))
    except CookieError:
        return None
    morsel = cookie.get(settings.SESSION_COOKIE_NAME)
    # PostgreSQL cannot look for NUL, which a quoted cookie may hold as \\000.
    return morsel.value if morsel and "\0" not in morsel.value else None
