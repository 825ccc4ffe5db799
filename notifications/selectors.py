"""Who asked to hear of a place or a ticket, and what became of a ticket's notifications."""

from collections import defaultdict
from typing import Any
from uuid import UUID

from django.db.models import Count, Max, Min, Q, QuerySet
from django.utils.translation import get_language, gettext

from backend.tickets.models import Ticket
from geo.geometry import box_around
from notifications.models import OPEN, Notification, State, Subscription
from notifications.models.people import LARGEST_RADIUS_M
from notifications.texts import TEXTS

MOST_GROUPS = 500
MOST_ERRORS = 200


def subscriptions_around(ticket: Ticket) -> QuerySet[Subscription]:
    """Return the subscriptions to the ticket, to its area, and to points that may be near."""
    west, south, east, north = box_around(ticket.lat, ticket.lon, LARGEST_RADIUS_M)
    near = Q(radius_m__isnull=False, lat__range=(south, north), lon__range=(west, east))
    wanted = Q(ticket=ticket) | near
    if ticket.area_code:
        wanted |= Q(area_code=ticket.area_code)
    return Subscription.objects.filter(wanted).order_by()


def subscriptions_of(person: str) -> QuerySet[Subscription]:
    return Subscription.objects.filter(person=person).select_related("ticket__report")


def told_about(ticket_id: UUID) -> list[dict[str, Any]]:
    """Return what was told of the ticket, newest first, and what became of it.

    Summed over people who are concerned alike: an area may have ten thousand, and staff need
    not know who they are. `title` is what it is about and `reasons` are up to three of those for
    which some failed or were dropped, in the language of who asks where they are words of ours.
    """
    rows = Notification.objects.filter(ticket=ticket_id)
    open_ = Q(state__in=OPEN)
    groups: list[dict[str, Any]] = [
        dict(group)
        for group in rows.values("position", "kind", "relation", "transport", "at")
        .annotate(
            planned=Count("pk", filter=open_),
            sent=Count("pk", filter=Q(state=State.SENT)),
            read=Count("pk", filter=Q(read_at__isnull=False)),
            folded=Count("pk", filter=Q(state=State.FOLDED)),
            failed=Count("pk", filter=Q(state=State.FAILED)),
            dropped=Count("pk", filter=Q(state=State.DROPPED)),
            attempts=Max("attempts"),
            next_at=Min("next_at", filter=open_),
            sent_at=Max("sent_at"),
        )
        .order_by("-position", "relation", "transport")[:MOST_GROUPS]
    ]
    said = rows.exclude(error="").values_list("position", "relation", "transport", "error")
    errors: dict[tuple[int, str, str], list[str]] = defaultdict(list)
    for position, relation, transport, error in said.distinct()[:MOST_ERRORS]:
        errors[position, relation, transport].append(error)
    for group in groups:
        key = group["position"], group["relation"], group["transport"]
        group["reasons"] = [gettext(error) for error in errors[key][:3]]
        group["title"] = _title(group["kind"], group["relation"])
    return groups


def _title(kind: str, relation: str) -> str:
    """Return the first text's title: what people were sent may be worded otherwise."""
    text = TEXTS.get(relation, {}).get(kind)
    return text.words(get_language() or "vi").title if text else ""
