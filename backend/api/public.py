"""/api/v1/public: what anyone may see, without signing in."""

from typing import Any

from django.db.models import Count, Q
from django.utils.decorators import method_decorator
from django.views.decorators.cache import cache_control
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend import clock
from backend.api.pagination import Newest
from backend.api.ticket_filters import PARAMETERS, filtered
from backend.api.ticket_shapes import PublicTicketPage
from backend.events import log
from backend.tickets.lifecycle import DONE, OPEN, Status
from backend.tickets.selectors import for_showing, public_tickets
from backend.tickets.showing import public_summary

PUBLIC_FILTERS = {"status", "agency", "area", "category", "priority", "overdue", "bbox", "since"}


class PublicTickets(APIView):
    """GET /api/v1/public/tickets"""

    authentication_classes = []

    @extend_schema(
        operation_id="public_tickets_list",
        parameters=[each for each in PARAMETERS if each.name not in ("q", "assignee")],
        responses=PublicTicketPage,
        auth=[],
    )
    def get(self, request: Request) -> Response:
        position = log.head()
        query = request._request.GET.copy()
        for name in set(query) - PUBLIC_FILTERS:
            del query[name]
        pages = Newest()
        page = pages.paginate_queryset(
            for_showing(filtered(public_tickets(), query)), request, view=self
        )
        response = pages.get_paginated_response([public_summary(each) for each in page or []])
        response["Feed-Position"] = str(position)
        return response


class PublicFiguresOutput(serializers.Serializer[Any]):
    total = serializers.IntegerField()
    open = serializers.IntegerField()
    overdue = serializers.IntegerField()
    resolved = serializers.IntegerField()
    at = serializers.DateTimeField()


@method_decorator(cache_control(public=True, max_age=30), name="get")
class PublicFigures(APIView):
    """GET /api/v1/public/figures"""

    authentication_classes = []

    @extend_schema(responses=PublicFiguresOutput, auth=[])
    def get(self, request: Request) -> Response:
        moment = clock.now()
        counted = public_tickets().aggregate(
            total=Count("pk"),
            open=Count("pk", filter=Q(status__in=OPEN)),
            overdue=Count("pk", filter=Q(due_at__lt=moment)),
            resolved=Count("pk", filter=Q(status__in=DONE & {Status.RESOLVED, Status.CLOSED})),
        )
        return Response({**counted, "at": moment})
