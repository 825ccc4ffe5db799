"""How the service itself is: for a load balancer, for Prometheus, and for people."""

import logging
from collections.abc import Callable

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest

from backend.events import log
from backend.events.delivery import lags, skipped_count
from notifications.figures import figures

logger = logging.getLogger(__name__)


@require_safe
def live(request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return JsonResponse({"status": "ok"})


@require_safe
def ready(request: HttpRequest) -> HttpResponse:
    """It can do its work: database, channel layer, and neither log nor subscriber far behind."""
    checks = {"database": _database, "channel_layer": _channel_layer, "subscribers": _subscribers}
    answers = {name: _answer(check) for name, check in checks.items()}
    healthy = all(answer["ok"] for answer in answers.values())
    return JsonResponse(
        {"status": "ok" if healthy else "unready", "checks": answers},
        status=200 if healthy else 503,
    )


def _answer(check: Callable[[], dict[str, object]]) -> dict[str, object]:
    try:
        return check()
    except Exception as error:
        logger.warning("A readiness check failed: %r", error)
        return {"ok": False, "error": type(error).__name__}


def _database() -> dict[str, object]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return {"ok": True, "vendor": connection.vendor}


def _channel_layer() -> dict[str, object]:
    layer = get_channel_layer()
    name = async_to_sync(layer.new_channel)()
    async_to_sync(layer.send)(name, {"type": "health"})
    return {"ok": True, "backend": type(layer).__name__}


def _subscribers() -> dict[str, object]:
    behind, queued = lags(), log.queued()
    # Without a dispatcher nothing has a position, so that nobody is behind: the queue tells.
    worst = queued + max(behind.values(), default=0)
    return {"ok": worst <= settings.READY_MAX_LAG, "lag": behind, "queued": queued}


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Figures for Prometheus; the proxy keeps this address from the public."""
    if not _may_read_metrics(request):
        return HttpResponse(status=404)
    registry = CollectorRegistry()
    Gauge("hientruong_log_head", "Last position of the log.", registry=registry).set(log.head())
    queued = Gauge("hientruong_log_queued", "Entries without a position yet.", registry=registry)
    queued.set(log.queued())
    waited = Gauge(
        "hientruong_log_queued_seconds", "For how long the first of them waits.", registry=registry
    )
    waited.set(log.queued_seconds())
    lag = Gauge(
        "hientruong_subscriber_lag", "Entries not yet heard.", ["subscriber"], registry=registry
    )
    for name, behind in lags().items():
        lag.labels(name).set(behind)
    skipped = Gauge("hientruong_skipped_entries", "Entries set aside.", registry=registry)
    skipped.set(skipped_count())
    _notifications(registry)
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def _notifications(registry: CollectorRegistry) -> None:
    said = {
        "waiting": "Notifications planned and not sent yet.",
        "oldest_seconds": "For how long the oldest of them is due.",
        "failed_a_day": "Notifications of the last 24 hours that failed.",
        "dropped_a_day": "Notifications of the last 24 hours that were dropped.",
        "closed": "1 while the gateway is left alone because it failed.",
    }
    gauges = {
        name: Gauge(f"hientruong_notifications_{name}", text, ["transport"], registry=registry)
        for name, text in said.items()
    }
    for transport, counted in figures().items():
        for name, gauge in gauges.items():
            gauge.labels(transport).set(float(getattr(counted, name)))


def _may_read_metrics(request: HttpRequest) -> bool:
    token = settings.METRICS_TOKEN
    if token:
        return request.headers.get("Authorization") == f"Bearer {token}"
    forwarded = "X-Forwarded-For" in request.headers
    return not forwarded and request.META.get("REMOTE_ADDR") in ("127.0.0.1", "::1")
