"""The five faces: pages that the web build made, served as they are."""

from pathlib import Path

from django.conf import settings
from django.contrib import admin
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.template.loader import render_to_string
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_safe
from rest_framework.parsers import FormParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.views import APIView

from backend.api.errors import server_error
from backend.api.throttling import SignIns, SignInsOfAnAddress

# Scripts and styles are our own; map tiles and pushes may come from where the province says.
POLICY = (
    "default-src 'self'; img-src 'self' data: blob: {tiles}; style-src 'self' 'unsafe-inline'; "
    "worker-src 'self' blob:; connect-src 'self' {tiles}; object-src 'none'; base-uri 'self'; "
    "frame-ancestors 'none'"
)


def _page(name: str, content_type: str = "text/html; charset=utf-8") -> HttpResponseBase:
    path = Path(settings.WEB_DIST) / name
    if not path.is_file():
        text = _("The web pages are not built yet: run “make web”.")
        return HttpResponse(text, status=503, content_type="text/plain; charset=utf-8")
    response = FileResponse(path.open("rb"), content_type=content_type)
    response["Cache-Control"] = "no-cache"
    response["Content-Security-Policy"] = _policy()
    response["Permissions-Policy"] = "geolocation=(self), camera=(self), microphone=()"
    return response


def missing(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    """Say that an address leads nowhere, in the reader's language, and show the ways on."""
    advice = _("The address may be mistyped, or what was here has gone.")
    return _problem(404, _("There is nothing at this address."), advice)


def broken(request: HttpRequest) -> HttpResponseBase:
    """Say that we failed; to a program as the API does, to a person with the ways on."""
    if request.path.startswith("/api/"):
        return server_error(request)
    advice = _("What happened is in our log. What you wrote on this device is still there.")
    return _problem(500, _("Something went wrong on our side. Please try again."), advice)


def _problem(status: int, said: str, advice: str) -> HttpResponse:
    ways = [
        ("/", _("Send a report, or follow one")),
        ("/public", _("Reports in the province")),
        ("/desk", _("The agencies' desk")),
        ("/ops", _("The operations centre")),
    ]
    shown = {"status": status, "said": said, "advice": advice, "ways": ways}
    page = {"language": get_language() or settings.LANGUAGE_CODE, "static": settings.STATIC_URL}
    # Without the request: what makes a page for somebody may be what failed.
    text = render_to_string("pages/problem.html", shown | page)
    headers = {"Content-Security-Policy": _policy(), "Cache-Control": "no-store"}
    return HttpResponse(text, status=status, headers=headers)


def _policy() -> str:
    return POLICY.format(tiles="/".join(settings.MAP_TILE_URL.split("/")[:3]))


@require_safe
@ensure_csrf_cookie
def citizen(request: HttpRequest) -> HttpResponseBase:
    return _page("index.html")


@require_safe
@ensure_csrf_cookie
def desk(request: HttpRequest) -> HttpResponseBase:
    return _page("desk.html")


@require_safe
@ensure_csrf_cookie
def ops(request: HttpRequest) -> HttpResponseBase:
    return _page("ops.html")


@require_safe
@ensure_csrf_cookie
def rules(request: HttpRequest) -> HttpResponseBase:
    return _page("rules.html")


@require_safe
def public(request: HttpRequest) -> HttpResponseBase:
    """What anyone may see: nobody is known here, so no cookie is set."""
    return _page("public.html")


@require_safe
def service_worker(request: HttpRequest) -> HttpResponseBase:
    return _page("sw.js", "text/javascript; charset=utf-8")


@require_safe
def manifest(request: HttpRequest) -> HttpResponseBase:
    return _page("manifest.webmanifest", "application/manifest+json")


def admin_sign_in(request: HttpRequest) -> HttpResponseBase:
    """The administration's own form: as slow to guess at as the API's, by the same count."""
    if request.method == "POST":
        asked = Request(request, parsers=[FormParser(), MultiPartParser()])
        counts = (SignIns(), SignInsOfAnAddress())
        for guess in (each for each in counts if not each.allow_request(asked, APIView())):
            text = _("Too many requests. Please wait a moment and try again.")
            wait = str(int(guess.wait() or 1) + 1)
            return HttpResponse(
                text,
                status=429,
                content_type="text/plain; charset=utf-8",
                headers={"Retry-After": wait},
            )
    return admin.site.login(request)
