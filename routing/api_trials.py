"""/api/v1/rules, what is found out before publishing: coverage, a simulation, what would move."""

from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.accounts.models import Role
from backend.api.http import principal_of
from backend.api.moments import moment_of
from backend.api.pagination import wrong_cursor
from backend.errors import InvalidInput, NotAllowed
from backend.tickets.models import Ticket
from routing import api_shapes as shapes
from routing import engine
from routing.api import SeesRules, found_set
from routing.coverage import coverage
from routing.moving import move_tickets
from routing.rule_sets import rules_in_force, rules_of
from routing.simulation import Change, Move, moves_page, simulate
from routing.waiting import counted

SIZE = 500
"""Reports in one part of a simulation: about a second's work."""

MOST_DAYS = 366
USUAL, MOST = 50, 200
FROM = OpenApiParameter("start", int, description="`next` of the page before.")
AFTER = OpenApiParameter("cursor", str, description="`next` of the page before.")
LIMIT = OpenApiParameter(
    "limit", int, description="Rows of a page: 50 if none is said, 200 at most."
)
DAYS = OpenApiParameter("days", int, description="Reports of so many days, 30 if none is said.")
START = OpenApiParameter("start", int, description="How many were done: `done` of the last part.")


class RuleSetCoverage(APIView):
    """GET /api/v1/rules/sets/{number}/coverage"""

    permission_classes = [SeesRules]

    @extend_schema(parameters=[FROM, LIMIT], responses=shapes.CoverageOutput)
    def get(self, request: Request, number: int) -> Response:
        start = _whole(request, "start", 0, most=10**6)
        end = start + _whole(request, "limit", USUAL, least=1, most=MOST)
        found = coverage(rules_of(found_set(number)))
        longest = max(len(found.gaps), len(found.idle))
        return Response(
            {
                "categories": found.categories,
                "areas": found.areas,
                "gaps_count": len(found.gaps),
                "idle_count": len(found.idle),
                "gaps": [asdict(gap) for gap in found.gaps[start:end]],
                "idle": [asdict(idle) for idle in found.idle[start:end]],
                "next": end if end < longest else None,
            }
        )


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

    @extend_schema(parameters=[AFTER, LIMIT], responses=shapes.MovePage)
    def get(self, request: Request, number: int) -> Response:
        size = _whole(request, "limit", USUAL, least=1, most=MOST)
        rules = rules_of(found_set(number))
        found, more = moves_page(rules, after=_after(request), size=size)
        return Response(
            {
                "results": [_show_move(move) for move in found],
                "next": _cursor_of(found[-1].ticket) if more else None,
            }
        )


class RulesMove(APIView):
    """GET, POST /api/v1/rules/moves: how many would move; move some by what is in force."""

    permission_classes = [SeesRules]

    @extend_schema(operation_id="rules_moves_counted", responses=shapes.MovesCountedOutput)
    def get(self, request: Request) -> Response:
        told = counted()
        names = ("count", "boundary", "rules", "successor")
        if told is None:
            return Response({"at": None, "rule_set": None, **dict.fromkeys(names, 0)})
        numbers = {name: getattr(told.event, name) for name in names}
        return Response({"at": told.at, "rule_set": told.event.rule_set, **numbers})

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


def _cursor_of(ticket: Ticket) -> str:
    return f"{ticket.created_at.isoformat()}~{ticket.pk}"


def _after(request: Request) -> tuple[datetime, UUID] | None:
    """Return the ticket that the last page ended with. Raises InvalidInput for any other text."""
    text = request.query_params.get("cursor", "")
    if not text:
        return None
    when, _mark, key = text.replace(" ", "+").partition("~")
    moment = moment_of(when)
    try:
        if moment is not None:
            return moment, UUID(key)
    except ValueError:
        pass
    raise wrong_cursor()


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
