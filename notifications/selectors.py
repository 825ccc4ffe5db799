"""Who asked to hear of a place or a ticket, and what became of a ticket's notifications."""

from django.db.models import Q, QuerySet

from backend.tickets.models import Ticket
from geo.geometry import box_around
from notifications.models import Subscription
from notifications.models.people import LARGEST_RADIUS_M


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
