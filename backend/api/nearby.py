"""/api/v1/reports/nearby: what is open close by, to join instead of sending it again."""

from datetime import timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from shapely.geometry import Point

from backend import clock
from backend.api.http import IsKnown
from backend.catalogue.models import Category
from backend.errors import InvalidInput
from backend.tickets.models import Ticket
from backend.tickets.selectors import for_anyone, open_near
from backend.tickets.showing import _time, public_photos
from geo.geometry import distance_m

NEARBY_MOST = 5


class NearbyOutput(serializers.Serializer[Any]):
    ticket = serializers.UUIDField()
    category = serializers.CharField()
    status = serializers.CharField()
    distance_m = serializers.IntegerField()
    created_at = serializers.DateTimeField()
    reports = serializers.IntegerField()
    thumb_url = serializers.CharField(allow_null=True)


class NearbyPage(serializers.Serializer[Any]):
    results = NearbyOutput(many=True)


class ReportsNearby(APIView):
    """GET /api/v1/reports/nearby"""

    permission_classes = [IsKnown]

    @extend_schema(
        parameters=[
            OpenApiParameter("lat", float, required=True),
            OpenApiParameter("lon", float, required=True),
            OpenApiParameter("category", str, required=True),
        ],
        responses=NearbyPage,
    )
    def get(self, request: Request) -> Response:
        lat, lon = point_of(request)
        category = request.query_params.get("category", "")
        found = Category.objects.filter(code=category, active=True).first()
        if found is None:
            return Response({"results": []})
        reach, since = found.join_radius_m, clock.now() - timedelta(days=found.join_days)
        near = open_near(category, lat, lon, reach, since=since)
        rows = [_nearby(ticket, lat, lon) for ticket in for_anyone(near)[: NEARBY_MOST * 4]]
        close = sorted(
            (row for row in rows if row["distance_m"] <= reach),
            key=lambda row: row["distance_m"],
        )
        return Response({"results": close[:NEARBY_MOST]})


def _nearby(ticket: Ticket, lat: float, lon: float) -> dict[str, Any]:
    pictures = public_photos(ticket) if ticket.published else []
    return {
        "ticket": str(ticket.pk),
        "category": ticket.category_id,
        "status": ticket.status,
        "distance_m": round(distance_m(lat, lon, Point(ticket.lon, ticket.lat))),
        "created_at": _time(ticket.created_at),
        "reports": len(ticket.report_links.all()),
        "thumb_url": pictures[0]["thumb_url"] if pictures else None,
    }


def point_of(request: Request) -> tuple[float, float]:
    """Return `lat` and `lon` of the query in degrees. Raises InvalidInput for anything else."""
    try:
        lat = float(request.query_params["lat"])
        lon = float(request.query_params["lon"])
    except (KeyError, ValueError):
        raise InvalidInput("invalid", _("Give lat and lon in degrees."), field="lat") from None
    if not (-90 <= lat <= 90 and -180 <= lon <= 180):
        raise InvalidInput("out_of_range", _("Give lat and lon in degrees."), field="lat")
    return lat, lon
