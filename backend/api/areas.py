"""/api/v1/areas/search: names of units, former units, places and streets, as people type them."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.errors import InvalidInput
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
        if not (given.isdecimal() and 1 <= int(given) <= MOST):
            raise InvalidInput("invalid", _("Give a number from 1 to 30."), field="limit")
        return Response({"results": [_shown(one) for one in search(typed, int(given))]})


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
