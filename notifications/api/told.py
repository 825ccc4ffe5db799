"""/api/v1/tickets/{id}/notifications: what became of all that was said about a ticket."""

from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.api.http import IsStaff, principal_of
from backend.errors import NotFound
from backend.tickets.policies import tickets_visible_to
from notifications.selectors import told_about


class ToldOutput(serializers.Serializer[Any]):
    """All that went to people concerned alike, by one way, about one event."""

    position = serializers.IntegerField()
    kind = serializers.CharField()
    title = serializers.CharField()
    relation = serializers.CharField()
    transport = serializers.CharField()
    at = serializers.DateTimeField()
    planned = serializers.IntegerField()
    sent = serializers.IntegerField()
    read = serializers.IntegerField()
    folded = serializers.IntegerField()
    failed = serializers.IntegerField()
    dropped = serializers.IntegerField()
    attempts = serializers.IntegerField()
    next_at = serializers.DateTimeField(allow_null=True)
    sent_at = serializers.DateTimeField(allow_null=True)
    reasons = serializers.ListField(child=serializers.CharField())


class ToldList(serializers.Serializer[Any]):
    results = ToldOutput(many=True)


class TicketNotifications(APIView):
    """GET /api/v1/tickets/{id}/notifications"""

    permission_classes = [IsStaff]

    @extend_schema(responses=ToldList)
    def get(self, request: Request, ticket_id: UUID) -> Response:
        if not tickets_visible_to(principal_of(request)).filter(pk=ticket_id).exists():
            raise NotFound("ticket_not_found", _("There is no such ticket."))
        return Response({"results": [ToldOutput(row).data for row in told_about(ticket_id)]})
