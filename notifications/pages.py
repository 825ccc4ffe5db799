"""Pages of their own: the demo's pushes, and the way out of e-mails."""

from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from notifications.choices import stop_channel
from notifications.links import read_unsubscribe
from notifications.models import Topic
from notifications.sandbox.journal import newest
from notifications.transports import sandbox_folder

SHOWN = 100


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """End one kind of e-mail for whoever holds the link: asked first, or in one click.

    RFC 8058: a mail program posts to the link without cookies, so the token alone must do, and
    looking at the page, as scanners do, must change nothing.
    """
    try:
        person, topic, channel = read_unsubscribe(token)
        name = Topic(topic).label
    except (signing.BadSignature, ValueError):
        raise Http404 from None
    ended = request.method == "POST"
    if ended:
        stop_channel(person=person, topic=topic, channel=channel)
    context = {"topic": name, "ended": ended, "language": translation.get_language()}
    return render(request, "notifications/unsubscribe.html", context)


@require_safe
@never_cache
def pushes(request: HttpRequest) -> HttpResponse:
    """Show what the sandbox received, newest first, in Vietnamese or with `?lang=en`."""
    if not settings.DEMO:
        raise Http404
    asked = request.GET.get("lang", "")
    language = asked if asked in dict(settings.LANGUAGES) else translation.get_language()
    rows = [_row(each) for each in newest(sandbox_folder(), SHOWN)]
    with translation.override(language):
        context = {"rows": rows, "sandbox": settings.FCM_SANDBOX, "language": language}
        return render(request, "notifications/pushes.html", context)


def _row(received: dict[str, Any]) -> dict[str, Any]:
    message = received["message"]
    shown, data = message.get("notification", {}), message.get("data", {})
    return {
        "at": datetime.fromtimestamp(received["at"], UTC),
        "title": shown.get("title", ""),
        "body": shown.get("body", ""),
        "kind": data.get("kind", ""),
        "link": data.get("link", ""),
        "report_no": data.get("report_no", ""),
        "urgent": message.get("android", {}).get("priority") == "high",
        "address": _shortened(message.get("token", "")),
    }


def _shortened(address: str) -> str:
    return address if len(address) <= 24 else f"{address[:12]}…{address[-8:]}"
