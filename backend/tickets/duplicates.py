"""Which open tickets are likely about the same thing as this one, for a dispatcher to look at."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db.models import Q, QuerySet

from backend.reports.models import ReportPhoto
from backend.tickets.likeness import PROPOSED, Reason, Said, likeness, reach_m
from backend.tickets.models import Ticket
from backend.tickets.selectors import open_around

MOST_LOOKED_AT = 200
MOST_PROPOSED = 5


@dataclass(frozen=True)
class Proposal:
    """Another ticket, how likely it is the same thing (0 to 1), and why."""

    ticket: Ticket
    score: float
    reasons: list[Reason]


def duplicates_of(ticket: Ticket, among: QuerySet[Ticket]) -> list[Proposal]:
    """Return the likeliest few of `among`, those that the viewer may see; three queries.

    Looked at are the newest open tickets within the category's reach and age. What is restricted
    is proposed for what is restricted alone, so that no merge carries it to other eyes.
    """
    category = ticket.category
    span = timedelta(days=category.join_days)
    reach = reach_m(category.join_radius_m)
    near = open_around(among, ticket.lat, ticket.lon, reach).filter(
        restricted=ticket.restricted,
        created_at__range=(ticket.created_at - span, ticket.created_at + span),
    )
    others = list(
        near.exclude(pk=ticket.pk).select_related("report", "category", "agency")[:MOST_LOOKED_AT]
    )
    if not others:
        return []
    photos = _photos_of([ticket.pk, *(other.pk for other in others)])
    mine = _said(ticket, photos[ticket.pk])
    found = []
    for other in others:
        score, reasons = likeness(
            mine,
            _said(other, photos[other.pk]),
            radius_m=category.join_radius_m,
            days=category.join_days,
        )
        if score >= PROPOSED:
            found.append(Proposal(other, score, reasons))
    found.sort(key=lambda each: (-each.score, each.ticket.created_at, each.ticket.pk))
    return found[:MOST_PROPOSED]


def _photos_of(tickets: Iterable[UUID]) -> dict[UUID, list[str]]:
    """Return the likenesses of the pictures of the scene, by ticket."""
    rows = ReportPhoto.objects.filter(
        ~Q(upload__likeness=""), report__ticket_link__ticket__in=list(tickets)
    ).values_list("report__ticket_link__ticket", "upload__likeness")
    found: dict[UUID, list[str]] = defaultdict(list)
    for ticket, seen in rows:
        found[ticket].append(seen)
    return found


def _said(ticket: Ticket, photos: list[str]) -> Said:
    return Said(
        category=ticket.category_id,
        sector=ticket.category.sector_id,
        lat=ticket.lat,
        lon=ticket.lon,
        accuracy_m=ticket.report.accuracy_m or 0,
        at=ticket.created_at,
        folded=ticket.report.folded,
        photos=photos,
    )
