"""/api/v1/categories, areas, agencies, settings: what a client needs to know of the province."""

from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend import clock
from backend.accounts.models import Agency
from backend.api.nearby import point_of
from backend.api.report_shapes import PURPOSES, TEXT_MAX
from backend.catalogue.guesses import offered
from backend.catalogue.models import Priority, Sector
from backend.errors import InvalidInput
from geo.boundaries import boundaries_geojson
from geo.errors import GeoError
from geo.locator import AreaRef, index_on, locate
from geo.search import has_streets

a_while = method_decorator(cache_control(public=True, max_age=300), name="get")


class CategoryOutput(serializers.Serializer[Any]):
    code = serializers.CharField()
    name_vi = serializers.CharField()
    name_en = serializers.CharField()
    priority = serializers.ChoiceField(choices=Priority.choices)
    restricted = serializers.BooleanField()
    photo_required = serializers.BooleanField()
    approval_required = serializers.BooleanField()
    hint_vi = serializers.CharField()
    hint_en = serializers.CharField()
    questions = serializers.ListField(child=serializers.DictField())
    asset_layer = serializers.CharField(
        help_text="Assets of this layer near the place may be named; blank: it is about none."
    )


class SectorOutput(serializers.Serializer[Any]):
    code = serializers.CharField()
    name_vi = serializers.CharField()
    name_en = serializers.CharField()
    categories = CategoryOutput(many=True)


class CatalogueOutput(serializers.Serializer[Any]):
    sectors = SectorOutput(many=True)


@a_while
class CategoryCollection(APIView):
    """GET /api/v1/categories"""

    authentication_classes = []

    @extend_schema(responses=CatalogueOutput, auth=[])
    def get(self, request: Request) -> Response:
        sectors = []
        for sector in Sector.objects.prefetch_related("categories"):
            active = [each for each in sector.categories.all() if each.active]
            if active:
                shown = SectorOutput(sector).data | {
                    "categories": CategoryOutput(active, many=True).data
                }
                sectors.append(shown)
        return Response({"sectors": sectors})


class AgencyOutput(serializers.Serializer[Any]):
    code = serializers.CharField()
    kind = serializers.CharField()
    name_vi = serializers.CharField()
    name_en = serializers.CharField()
    area_code = serializers.CharField(allow_blank=True)
    parent = serializers.CharField(  # type: ignore[assignment]
        source="parent.code", default=None, allow_null=True
    )


class AgencyList(serializers.Serializer[Any]):
    results = AgencyOutput(many=True)


@a_while
class AgencyCollection(APIView):
    """GET /api/v1/agencies"""

    authentication_classes = []

    @extend_schema(responses=AgencyList, auth=[])
    def get(self, request: Request) -> Response:
        agencies = Agency.objects.filter(active=True).select_related("parent")
        return Response({"results": AgencyOutput(agencies, many=True).data})


class AreaOutput(serializers.Serializer[Any]):
    code = serializers.CharField()
    level = serializers.CharField()
    kind = serializers.CharField()
    name_vi = serializers.CharField()
    name_en = serializers.CharField()


class AreaList(serializers.Serializer[Any]):
    results = AreaOutput(many=True)


@a_while
class AreaCollection(APIView):
    """GET /api/v1/areas: the commune-level units that are in force today."""

    authentication_classes = []

    @extend_schema(responses=AreaList, auth=[])
    def get(self, request: Request) -> Response:
        units = index_on(timezone.localdate(clock.now())).units
        areas = sorted(units, key=lambda unit: unit.ref.code)
        return Response({"results": AreaOutput([unit.ref for unit in areas], many=True).data})


@a_while
class AreaBoundaries(APIView):
    """GET /api/v1/areas/boundaries: GeoJSON of the units, for the map."""

    authentication_classes = []

    @extend_schema(responses={(200, "application/json"): dict}, auth=[])
    def get(self, request: Request) -> Response:
        return Response(boundaries_geojson("commune"))


class PlaceOutput(serializers.Serializer[Any]):
    area = AreaOutput(allow_null=True)
    candidates = AreaOutput(many=True)
    doubt = serializers.ListField(child=serializers.CharField())
    distance_m = serializers.FloatField(allow_null=True)


class AreaLocate(APIView):
    """GET /api/v1/areas/locate"""

    authentication_classes = []

    @extend_schema(
        parameters=[
            OpenApiParameter("lat", float, required=True),
            OpenApiParameter("lon", float, required=True),
            OpenApiParameter("accuracy_m", float),
        ],
        responses=PlaceOutput,
        auth=[],
    )
    def get(self, request: Request) -> Response:
        lat, lon = point_of(request)
        try:
            accuracy = float(request.query_params.get("accuracy_m") or 0) or None
            place = locate(lat, lon, on=timezone.localdate(clock.now()), accuracy_m=accuracy)
        except GeoError as error:
            raise InvalidInput(error.code, error.detail, field="location") from error
        except ValueError as error:
            told = _("The accuracy is a number of metres, 0 or more.")
            raise InvalidInput("invalid", told, field="accuracy_m") from error
        return Response(
            {
                "area": _ref(place.area),
                "candidates": [_ref(each) for each in place.candidates],
                "doubt": list(place.doubt),
                "distance_m": place.distance_m,
            }
        )


def _ref(area: AreaRef | None) -> dict[str, Any] | None:
    return AreaOutput(area).data if area else None


class SettingsOutput(serializers.Serializer[Any]):
    map = serializers.DictField()
    limits = serializers.DictField()
    languages = serializers.ListField(child=serializers.CharField())
    purposes = serializers.ListField(child=serializers.CharField())
    demo = serializers.BooleanField()
    suggest = serializers.BooleanField(help_text="Whether categories are suggested from words.")
    push = serializers.DictField()
    streets = serializers.BooleanField(help_text="Whether streets are among the names searched.")


@a_while
class ClientSettings(APIView):
    """GET /api/v1/settings: what the web client is told at its start."""

    authentication_classes = []

    @extend_schema(responses=SettingsOutput, auth=[])
    def get(self, request: Request) -> Response:
        return Response(
            {
                "map": {
                    "tile_url": settings.MAP_TILE_URL,
                    "attribution": settings.MAP_ATTRIBUTION,
                    "center": settings.MAP_CENTER,
                    "zoom": settings.MAP_ZOOM,
                },
                "limits": {
                    "text": TEXT_MAX,
                    "photos": settings.REPORT_MAX_PHOTOS,
                    "upload_bytes": settings.UPLOAD_MAX_BYTES,
                    "asset_radius_m": settings.ASSET_RADIUS_M,
                },
                "languages": [code for code, _name in settings.LANGUAGES],
                "purposes": list(PURPOSES),
                "demo": settings.DEMO,
                "suggest": offered(),
                "push": {"vapid_key": settings.VAPID_PUBLIC_KEY},
                "streets": has_streets(),
            }
        )
