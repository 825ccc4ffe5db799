"""/api/v1/tickets/{id}/following: whether the asker follows a matter, or has a report in it."""

from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.accounts.principal import Principal
from backend.api.http import IsKnown, principal_of
from backend.errors import NotFound
from backend.tickets.models import Ticket
from backend.tickets.policies import tickets_visible_to
from backend.tickets.selectors import is_public
from notifications.policies import reporters_of
from notifications.selectors import subscriptions_of


class FollowingOutput(serializers.Serializer[Any]):
    """Who has a report in the matter hears of it anyhow, and by the report's number."""

    subscription = serializers.IntegerField(allow_null=True)
    report_no = serializers.CharField(allow_blank=True)


class TicketFollowing(APIView):
    """GET /api/v1/tickets/{id}/following"""

    permission_classes = [IsKnown]

    @extend_schema(responses=FollowingOutput)
    def get(self, request: Request, ticket_id: UUID) -> Response:
        principal = principal_of(request)
        ticket = ticket_to_follow(principal, ticket_id)
        followed = subscriptions_of(principal.key).filter(ticket=ticket).first()
        mine = reporters_of(ticket).get(principal.key)
        return Response(
            {
                "subscription": followed.pk if followed else None,
                "report_no": mine[0] if mine else "",
            }
        )


def ticket_to_follow(principal: Principal, ticket_id: UUID) -> Ticket:
    """Return the ticket where anyone, or this person at work, may see it; else raise NotFound."""
    found = Ticket.objects.select_related("category", "report")
    ticket = found.prefetch_related("report_links__report").filter(pk=ticket_id).first()
    seen = ticket and (
        is_public(ticket) or tickets_visible_to(principal).filter(pk=ticket_id).exists()
    )
    if ticket is None or not seen:
        raise NotFound("ticket_not_found", _("There is no such ticket."))
    return ticket
