"""/api/v1/rules/choice: where the rules in force would send an open ticket, were it about this."""

from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.api.http import IsStaff, principal_of
from backend.api.ticket_shapes import ExplanationOutput
from backend.api.tickets import visible_ticket
from backend.catalogue.models import Category
from backend.errors import InvalidInput, NotAllowed
from backend.tickets.lifecycle import Verb
from backend.tickets.policies import can
from routing import engine
from routing.facts import facts_of
from routing.rule_sets import rules_in_force
from routing.words import explain


class ChoiceOutput(serializers.Serializer[Any]):
    agency = serializers.CharField()
    supporting = serializers.ListField(child=serializers.CharField())
    priority = serializers.CharField()
    rule = serializers.CharField(allow_blank=True)
    explanation = ExplanationOutput()
    doubt = serializers.ListField(child=serializers.CharField())


class RulesChoice(APIView):
    """GET /api/v1/rules/choice: for whoever corrects a category and must name an agency."""

    permission_classes = [IsStaff]

    @extend_schema(
        parameters=[
            OpenApiParameter("ticket", UUID, required=True),
            OpenApiParameter("category", str, required=True),
        ],
        responses=ChoiceOutput,
    )
    def get(self, request: Request) -> Response:
        principal = principal_of(request)
        ticket = visible_ticket(principal, _ticket_id(request.query_params.get("ticket", "")))
        if not (can(principal, Verb.REROUTE, ticket) or can(principal, Verb.CORRECT, ticket)):
            raise NotAllowed("verb_not_allowed", _("This action is not yours to take."))
        facts = facts_of(ticket.report, area=ticket.area_code, category=_category(request))
        decision = engine.decide(facts, rules_in_force().rules)
        said = explain(facts, decision)
        return Response(
            {
                "agency": decision.agency,
                "supporting": list(decision.supporting),
                "priority": decision.priority,
                "rule": decision.rule,
                "explanation": {"vi": said.vi, "en": said.en},
                "doubt": list(decision.doubt),
            }
        )


def _ticket_id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        detail = _("There is no such ticket.")
        raise InvalidInput("unknown_ticket", detail, field="ticket") from None


def _category(request: Request) -> Category:
    code = request.query_params.get("category", "")
    category = Category.objects.filter(code=code, active=True).select_related("sector").first()
    if category is None:
        raise InvalidInput("unknown_category", _("There is no such category."), field="category")
    return category
