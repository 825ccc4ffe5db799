"""/api/v1/areas/search and assets/near: places by their names, and what lies near a point."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.api.nearby import point_of
from backend.errors import InvalidInput
from geo.assets import MOST_NEAR_M, assets_near
from geo.search import Found, search

LONGEST = 100
MOST = 30


class AreaNameOutput(serializers.Serializer[Any]):
    code = serializers.CharField()
    name_vi = serializers.CharField()
    name_en = serializers.CharField()


class PositionOutput(serializers.Serializer[Any]):
    lat = serializers.FloatField()
    lon = serializers.FloatField()


class NameOutput(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(choices=["unit", "former", "place", "street"])
    name = serializers.CharField()
    label_vi = serializers.CharField()
    label_en = serializers.CharField()
    context = serializers.CharField(allow_blank=True)  # type: ignore[assignment]
    areas = AreaNameOutput(many=True)
    location = PositionOutput(allow_null=True)


class NameList(serializers.Serializer[Any]):
    results = NameOutput(many=True)


class AreaSearch(APIView):
    """GET /api/v1/areas/search"""

    authentication_classes = []

    @extend_schema(
        parameters=[
            OpenApiParameter("q", str, required=True, description="A name, as it is typed."),
            OpenApiParameter("limit", int, description="10 if none is said, 30 at most."),
        ],
        responses=NameList,
        auth=[],
    )
    def get(self, request: Request) -> Response:
        typed = request.query_params.get("q", "")[:LONGEST]
        given = request.query_params.get("limit") or "10"
        if not (given.isdecimal() and len(given) <= 2 and 1 <= int(given) <= MOST):
            raise InvalidInput("invalid", _("Give a number from 1 to 30."), field="limit")
        return Response({"results": [_shown(one) for one in search(typed, int(given))]})


class AssetOutput(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    layer = serializers.CharField()
    kind = serializers.CharField(allow_blank=True)
    code = serializers.CharField(allow_blank=True)
    name = serializers.CharField(allow_blank=True)
    distance_m = serializers.FloatField()
    location = PositionOutput(source="*")


class AssetList(serializers.Serializer[Any]):
    results = AssetOutput(many=True)


class AssetsNear(APIView):
    """GET /api/v1/assets/near: `location` is where each is nearest, for a pin to snap to."""

    authentication_classes = []

    @extend_schema(
        parameters=[
            OpenApiParameter("lat", float, required=True),
            OpenApiParameter("lon", float, required=True),
            OpenApiParameter("radius_m", float, description="50 if none is said, 2,000 at most."),
            OpenApiParameter("layer", str, description="One layer; all, if none is said."),
        ],
        responses=AssetList,
        auth=[],
    )
    def get(self, request: Request) -> Response:
        lat, lon = point_of(request)
        given = request.query_params.get("radius_m") or "50"
        try:
            radius = float(given)
        except ValueError:
            radius = -1.0
        if not 0 < radius <= MOST_NEAR_M:
            raise InvalidInput("invalid", _("Give metres, 2,000 at most."), field="radius_m")
        near = assets_near(lat, lon, radius, request.query_params.get("layer") or None)
        return Response({"results": AssetOutput(near, many=True).data})


def _shown(found: Found) -> dict[str, Any]:
    known = found.lat is not None
    return {
        "kind": found.kind,
        "name": found.name,
        "label_vi": found.label(),
        "label_en": found.label(english=True),
        "context": found.context,
        "areas": AreaNameOutput(found.areas, many=True).data,
        "location": {"lat": found.lat, "lon": found.lon} if known else None,
    }
