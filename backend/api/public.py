"""/api/v1/public: what anyone may see, without signing in."""

from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.http import QueryDict
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import cache_control
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend import clock
from backend.api.pagination import Newest
from backend.api.throttling import PublicReads
from backend.api.ticket_filters import PARAMETERS, box, clustered_at, filtered
from backend.api.ticket_shapes import (
    PublicClusterOutput,
    PublicTicketDetailOutput,
    PublicTicketPage,
)
from backend.errors import NotFound
from backend.events import log
from backend.tickets.clustering import clusters_among
from backend.tickets.lifecycle import DONE, OPEN, Status
from backend.tickets.models import Ticket
from backend.tickets.selectors import (
    HIDDEN,
    for_anyone,
    inside_as_shown,
    public_tickets,
)
from backend.tickets.showing import PUBLIC_DECIMALS, _time, public_detail, public_summary

# Of the board's filters; nobody looks for words or for people here.
PUBLIC_FILTERS = {"status", "agency", "area", "category", "sector", "priority", "overdue", "since"}
PUBLIC_PARAMETERS = [each for each in PARAMETERS if each.name not in ("q", "assignee")]

# The steps of a ticket that anyone may read: what happened, never what was said.
TOLD_TO_ALL = frozenset(
    {
        "ticket.opened",
        "ticket.routed",
        "ticket.rerouted",
        "ticket.corrected",
        "ticket.returned",
        "ticket.accepted",
        "ticket.started",
        "ticket.resolution_proposed",
        "ticket.resolved",
        "ticket.approved",
        "ticket.extended",
        "ticket.reopened",
        "ticket.closed",
    }
)


def _asked_for(query: QueryDict) -> QuerySet[Ticket]:
    """Return the public tickets that pass the query's filters, other fields left aside."""
    known = query.copy()
    for name in set(known) - PUBLIC_FILTERS:
        del known[name]
    tickets = filtered(public_tickets(), known)
    if value := query.get("bbox"):
        tickets = inside_as_shown(tickets, box(value), PUBLIC_DECIMALS)
    return tickets


class PublicTickets(APIView):
    """GET /api/v1/public/tickets: open and done, the newest first."""

    authentication_classes = []
    throttle_classes = [PublicReads]

    @extend_schema(
        operation_id="public_tickets_list",
        parameters=PUBLIC_PARAMETERS,
        responses=PublicTicketPage,
        auth=[],
    )
    def get(self, request: Request) -> Response:
        position = str(log.head())  # Before the rows are read: what comes later comes by the feed.
        tickets = _asked_for(request._request.GET)
        resolution = clustered_at(request._request.GET)
        if resolution is not None:
            counted = PublicClusterOutput(clusters_among(tickets, resolution), many=True).data
            body: dict[str, Any] = {
                "next": None,
                "previous": None,
                "results": [],
                "clusters": counted,
            }
            return Response(body, headers={"Feed-Position": position})
        pages = Newest()
        page = pages.paginate_queryset(for_anyone(tickets), request, view=self)
        response = pages.get_paginated_response([public_summary(each) for each in page or []])
        response["Feed-Position"] = position
        return response


class PublicTicketItem(APIView):
    """GET /api/v1/public/tickets/{id}: how it went, and whether its deadlines were kept."""

    authentication_classes = []
    throttle_classes = [PublicReads]

    @extend_schema(responses=PublicTicketDetailOutput, auth=[])
    def get(self, request: Request, ticket_id: UUID) -> Response:
        position = str(log.head())
        ticket = for_anyone(public_tickets().filter(pk=ticket_id)).first()
        if ticket is None:
            raise NotFound("ticket_not_found", _("There is no such ticket."))
        body = {**public_detail(ticket), "timeline": _timeline(ticket)}
        return Response(body, headers={"Feed-Position": position})


def _timeline(ticket: Ticket) -> list[dict[str, Any]]:
    """Return the ticket's steps while anyone could see it, as the feed told them."""
    steps = []
    for entry in log.history([f"ticket:{ticket.pk}"]):
        if entry.type not in TOLD_TO_ALL:
            continue
        said = entry.event.as_data()
        if not said["restricted"] and said["status"] not in HIDDEN:
            names = {"status": said["status"], "agency": said["agency"]}
            steps.append({"at": _time(entry.at), "type": entry.type, **names})
    return steps


class PublicFiguresOutput(serializers.Serializer[Any]):
    total = serializers.IntegerField()
    open = serializers.IntegerField()
    overdue = serializers.IntegerField()
    resolved = serializers.IntegerField()
    at = serializers.DateTimeField()


@method_decorator(cache_control(public=True, max_age=30), name="get")
class PublicFigures(APIView):
    """GET /api/v1/public/figures: of all that anyone may see, or of what the filters leave."""

    authentication_classes = []
    throttle_classes = [PublicReads]

    @extend_schema(
        parameters=[each for each in PUBLIC_PARAMETERS if each.name in PUBLIC_FILTERS | {"bbox"}],
        responses=PublicFiguresOutput,
        auth=[],
    )
    def get(self, request: Request) -> Response:
        moment = clock.now()
        counted = _asked_for(request._request.GET).aggregate(
            total=Count("pk"),
            open=Count("pk", filter=Q(status__in=OPEN)),
            overdue=Count("pk", filter=Q(due_at__lt=moment)),
            resolved=Count("pk", filter=Q(status__in=DONE & {Status.RESOLVED, Status.CLOSED})),
        )
        return Response({**counted, "at": moment})
