"""/api/v1/tickets/{id}/duplicates: open tickets that are likely about the same thing."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.api.http import IsStaff, principal_of
from backend.api.ticket_shapes import STATUSES
from backend.api.tickets import visible_ticket
from backend.tickets.duplicates import Proposal, duplicates_of
from backend.tickets.lifecycle import OPEN
from backend.tickets.policies import tickets_visible_to
from backend.tickets.showing import _time

REASONS = ["near", "same_category", "same_sector", "same_time", "words", "photo"]


class LikenessReasonOutput(serializers.Serializer[Any]):
    code = serializers.ChoiceField(choices=REASONS)
    distance_m = serializers.IntegerField(required=False)
    hours = serializers.FloatField(required=False)
    percent = serializers.IntegerField(required=False, help_text="Of their words in common.")
    bits = serializers.IntegerField(required=False, help_text="Of 64, in which photos differ.")


class DuplicateOutput(serializers.Serializer[Any]):
    ticket = serializers.UUIDField()
    report_no = serializers.CharField()
    status = serializers.ChoiceField(choices=STATUSES)
    category = serializers.CharField()
    agency = serializers.CharField(allow_null=True)
    text = serializers.CharField()
    created_at = serializers.DateTimeField()
    score = serializers.FloatField(help_text="From 0 to 1, no probability: to put them in order.")
    reasons = LikenessReasonOutput(many=True, help_text="What speaks for it, strongest first.")


class DuplicateList(serializers.Serializer[Any]):
    results = DuplicateOutput(many=True)


class TicketDuplicates(APIView):
    """GET /api/v1/tickets/{id}/duplicates: at most five, none of which is merged by itself."""

    permission_classes = [IsStaff]

    @extend_schema(responses=DuplicateList)
    def get(self, request: Request, ticket_id: UUID) -> Response:
        principal = principal_of(request)
        ticket = visible_ticket(principal, ticket_id)
        among = tickets_visible_to(principal)
        found = duplicates_of(ticket, among) if ticket.state in OPEN else []
        return Response({"results": [_shown(each) for each in found]})


def _shown(proposal: Proposal) -> dict[str, Any]:
    ticket = proposal.ticket
    return {
        "ticket": str(ticket.pk),
        "report_no": ticket.report.report_no,
        "status": ticket.status,
        "category": ticket.category_id,
        "agency": ticket.agency.code if ticket.agency else None,
        "text": ticket.report.text,
        "created_at": _time(ticket.created_at),
        "score": proposal.score,
        "reasons": proposal.reasons,
    }
