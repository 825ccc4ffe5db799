"""How sending is doing, for Prometheus and for people."""

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Count, Min, Q

from backend import clock
from notifications.models import OPEN, Gateway, Notification, State, Way
from notifications.transports import offered

LATELY = timedelta(hours=24)


@dataclass(frozen=True)
class Figures:
    """One transport: how many wait, for how many seconds the oldest is due, what failed, and
    whether its gateway, or one of its webhooks, is left alone."""

    waiting: int = 0
    oldest_seconds: float = 0.0
    failed_a_day: int = 0
    dropped_a_day: int = 0
    closed: bool = False


def figures() -> dict[str, Figures]:
    """Return the figures of each transport that is on or has something waiting."""
    moment = clock.now()
    due = Notification.objects.filter(state__in=OPEN).exclude(transport=Way.INBOX)
    waiting = {
        transport: (count, oldest)
        for transport, count, oldest in due.values_list("transport")
        .annotate(Count("pk"), Min("due_at"))
        .order_by()
    }
    since = Notification.objects.filter(due_at__gt=moment - LATELY)
    ended = {
        transport: (failed, dropped)
        for transport, failed, dropped in since.filter(state__in=[State.FAILED, State.DROPPED])
        .values_list("transport")
        .annotate(
            failed=Count("pk", filter=Q(state=State.FAILED)),
            dropped=Count("pk", filter=Q(state=State.DROPPED)),
        )
        .order_by()
    }
    closed = Gateway.objects.filter(closed_until__gt=moment).values_list("pk", flat=True)
    troubled = {key.partition(":")[0] for key in closed}  # one of the webhooks is enough
    found: dict[str, Figures] = {}
    for transport in sorted(offered() | waiting.keys() | ended.keys()):
        count, oldest = waiting.get(transport, (0, None))
        age = max((moment - oldest).total_seconds(), 0.0) if oldest else 0.0
        found[transport] = Figures(count, age, *ended.get(transport, (0, 0)), transport in troubled)
    return found
