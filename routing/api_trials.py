"""/api/v1/rules, what is found out before publishing: coverage, a simulation, what would move."""

from dataclasses import asdict
from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.accounts.models import Role
from backend.api.http import principal_of
from backend.errors import InvalidInput, NotAllowed
from routing import api_shapes as shapes
from routing import engine
from routing.api import SeesRules, found_set
from routing.coverage import coverage
from routing.moving import move_tickets
from routing.rule_sets import rules_in_force, rules_of
from routing.simulation import Change, Move, moves, simulate

SIZE = 500
"""Reports in one part of a simulation: about a second's work."""

MOST_DAYS = 366
DAYS = OpenApiParameter("days", int, description="Reports of so many days, 30 if none is said.")
START = OpenApiParameter("start", int, description="How many were done: `done` of the last part.")


class RuleSetCoverage(APIView):
    """GET /api/v1/rules/sets/{number}/coverage"""

    permission_classes = [SeesRules]

    @extend_schema(responses=shapes.CoverageOutput)
    def get(self, request: Request, number: int) -> Response:
        return Response(asdict(coverage(rules_of(found_set(number)))))


class RuleSetSimulation(APIView):
    """GET /api/v1/rules/sets/{number}/simulation: part by part, against the set in force."""

    permission_classes = [SeesRules]

    @extend_schema(parameters=[DAYS, START], responses=shapes.SimulationOutput)
    def get(self, request: Request, number: int) -> Response:
        days = _whole(request, "days", 30, least=1, most=MOST_DAYS)
        start = _whole(request, "start", 0, most=2**31)
        part = simulate(
            rules_in_force().rules, rules_of(found_set(number)), days=days, start=start, size=SIZE
        )
        return Response(
            {
                "done": part.done,
                "total": part.total,
                "ended": part.ended,
                "changes": [_show_change(change) for change in part.changes],
            }
        )


class RuleSetMoves(APIView):
    """GET /api/v1/rules/sets/{number}/moves: the open tickets that would lie elsewhere."""

    permission_classes = [SeesRules]

    @extend_schema(responses=shapes.MovePage)
    def get(self, request: Request, number: int) -> Response:
        found = moves(rules_of(found_set(number)))
        return Response({"results": [_show_move(move) for move in found]})


class RulesMove(APIView):
    """POST /api/v1/rules/moves: move those of these tickets that the rules in force would move."""

    permission_classes = [SeesRules]

    @extend_schema(request=shapes.MoveInput, responses=shapes.MovedOutput)
    def post(self, request: Request) -> Response:
        actor = principal_of(request)
        if not actor.holds(Role.OPERATIONS_CENTRE):
            raise NotAllowed("verb_not_allowed", _("This action is not yours to take."))
        given = shapes.MoveInput(data=request.data)
        given.is_valid(raise_exception=True)
        ids = given.validated_data["tickets"]
        moved = move_tickets(ids=ids, reason=given.validated_data["reason"], actor=actor)
        return Response({"moved": moved, "refused": [each for each in ids if each not in moved]})


def _whole(request: Request, name: str, default: int, *, least: int = 0, most: int) -> int:
    text = request.query_params.get(name, str(default))
    short = text.isdecimal() and len(text) <= len(str(most))
    if not short or not least <= int(text) <= most:
        detail = _("“%(value)s” cannot be used here.") % {"value": text[:60]}
        raise InvalidInput("invalid_filter", detail, field=name)
    return int(text)


def _show_change(change: Change) -> dict[str, Any]:
    shown = {
        name: getattr(change, name) for name in ("report_no", "category", "area", "lat", "lon")
    }
    return shown | {
        "submitted_at": change.submitted_at,
        "before": _show_decision(change.before),
        "after": _show_decision(change.after),
    }


def _show_decision(decision: engine.Decision) -> dict[str, Any]:
    return {
        "agency": decision.agency,
        "rule": decision.rule,
        "priority": decision.priority,
        "supporting": list(decision.supporting),
        "waits": decision.waits,
    }


def _show_move(move: Move) -> dict[str, Any]:
    ticket = move.ticket
    return {
        "ticket": str(ticket.pk),
        "version": ticket.version,
        "report_no": ticket.report.report_no,
        "status": ticket.status,
        "category": ticket.category_id,
        "agency": ticket.agency.code if ticket.agency else "",
        "to": move.agency,
        "area": move.area,
        "reason": move.reason,
        "movable": move.movable,
    }
