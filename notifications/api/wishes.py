"""/api/v1/notifications/preferences and /api/v1/subscriptions: what a person wants to hear."""

from collections.abc import Collection
from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.accounts.principal import Principal
from backend.api.http import IsKnown, principal_of
from backend.catalogue.models import Sector
from backend.errors import InvalidInput, NotFound
from geo.geometry import is_position
from geo.models import Area
from notifications import choices
from notifications.api.following import ticket_to_follow
from notifications.models import Digest, Quiet, Subscription
from notifications.models.people import LARGEST_RADIUS_M
from notifications.reach import ways_to
from notifications.selectors import subscriptions_of
from notifications.transports import offered

MOST_SUBSCRIPTIONS = 50
CHANNEL_CHOICES = [(name, name) for name in choices.CHANNELS]
TOPIC_CHOICES = [(topic.value, topic.value) for topic in (*choices.FOR_STAFF, *choices.FOR_ALL)]
DIGEST_CHOICES = [(digest.value, digest.value) for digest in Digest]


class QuietInput(serializers.Serializer[Any]):
    begins = serializers.TimeField(format="%H:%M")
    ends = serializers.TimeField(format="%H:%M")

    def validate(self, given: dict[str, Any]) -> dict[str, Any]:
        if given["begins"] == given["ends"]:
            raise serializers.ValidationError(_("Quiet hours cannot last all day."))
        return given


class TopicWish(serializers.Serializer[Any]):
    topic = serializers.ChoiceField(choices=TOPIC_CHOICES)
    channels = serializers.ListField(child=serializers.ChoiceField(choices=CHANNEL_CHOICES))
    digest = serializers.ChoiceField(choices=DIGEST_CHOICES, default=Digest.NOW)


class PreferencesInput(serializers.Serializer[Any]):
    topics = serializers.ListField(child=TopicWish(), required=False, max_length=len(TOPIC_CHOICES))
    quiet = QuietInput(required=False, allow_null=True)


class PreferencesOutput(serializers.Serializer[Any]):
    topics = TopicWish(many=True)
    quiet = QuietInput(allow_null=True)
    offered = serializers.ListField(child=serializers.ChoiceField(choices=CHANNEL_CHOICES))
    reached = serializers.ListField(child=serializers.ChoiceField(choices=CHANNEL_CHOICES))


class Preferences(APIView):
    """GET, PATCH /api/v1/notifications/preferences"""

    permission_classes = [IsKnown]

    @extend_schema(responses=PreferencesOutput)
    def get(self, request: Request) -> Response:
        return Response(shown_wishes(principal_of(request)))

    @extend_schema(request=PreferencesInput, responses=PreferencesOutput)
    def patch(self, request: Request) -> Response:
        given = PreferencesInput(data=request.data)
        given.is_valid(raise_exception=True)
        principal = principal_of(request)
        for wish in given.validated_data.get("topics", []):
            choices.choose(person=principal.key, **wish)
        if "quiet" in given.validated_data:
            quiet = given.validated_data["quiet"] or {"begins": None, "ends": None}
            choices.set_quiet(person=principal.key, **quiet)
        return Response(shown_wishes(principal))


def shown_wishes(principal: Principal) -> dict[str, Any]:
    """Return what the person can choose and has chosen, in the order in which it is shown."""
    chosen = choices.preferences_of(principal.key)
    quiet = Quiet.objects.filter(person=principal.key).first()
    open_channels = _channels(offered())
    reached = _channels(ways_to(principal.key))
    return {
        "topics": [
            {
                "topic": topic.value,
                "channels": [
                    name
                    for name in choices.CHANNELS
                    if name in choices.channels_of(topic, chosen.get(topic))
                ],
                "digest": chosen[topic].digest if topic in chosen else Digest.NOW.value,
            }
            for topic in choices.topics_for(principal)
        ],
        "quiet": {"begins": f"{quiet.begins:%H:%M}", "ends": f"{quiet.ends:%H:%M}"}
        if quiet
        else None,
        "offered": [name for name in choices.CHANNELS if name in open_channels | {"inbox"}],
        "reached": [name for name in choices.CHANNELS if name in reached | {"inbox"}],
    }


def _channels(ways: Collection[str]) -> set[str]:
    return {channel for way, channel in choices.CHANNEL_OF.items() if way in ways}


class PlaceInput(serializers.Serializer[Any]):
    lat = serializers.FloatField()
    lon = serializers.FloatField()
    radius_m = serializers.IntegerField(min_value=100, max_value=LARGEST_RADIUS_M)

    def validate(self, given: dict[str, Any]) -> dict[str, Any]:
        if not is_position(given["lat"], given["lon"]):
            raise serializers.ValidationError(_("This is no place on the globe."))
        return given


class SubscriptionInput(serializers.Serializer[Any]):
    """One of `ticket`, `near` and `area`; `sectors` and `updates` narrow a place or an area."""

    ticket = serializers.UUIDField(required=False)
    near = PlaceInput(required=False)
    area = serializers.RegexField(r"^\w{1,10}$", required=False)
    sectors = serializers.ListField(
        child=serializers.CharField(max_length=10), max_length=30, required=False, default=list
    )
    updates = serializers.BooleanField(required=False, default=True)


class SubscriptionOutput(SubscriptionInput):
    id = serializers.IntegerField()
    report_no = serializers.CharField(allow_blank=True)
    category = serializers.CharField(allow_blank=True)


class SubscriptionList(serializers.Serializer[Any]):
    results = SubscriptionOutput(many=True)


class SubscriptionCollection(APIView):
    """GET, POST /api/v1/subscriptions"""

    permission_classes = [IsKnown]

    @extend_schema(responses=SubscriptionList)
    def get(self, request: Request) -> Response:
        mine = subscriptions_of(principal_of(request).key)
        return Response({"results": [shown_subscription(each) for each in mine]})

    @extend_schema(request=SubscriptionInput, responses={201: SubscriptionOutput})
    def post(self, request: Request) -> Response:
        given = SubscriptionInput(data=request.data)
        given.is_valid(raise_exception=True)
        principal = principal_of(request)
        wish = _wish(principal, given.validated_data)
        mine = subscriptions_of(principal.key)
        if mine.count() >= MOST_SUBSCRIPTIONS and not mine.filter(**wish).exists():
            raise InvalidInput("too_many", _("You follow very much already. End something first."))
        kept = choices.subscribe(person=principal.key, **wish)
        return Response(shown_subscription(kept), status=201)


class SubscriptionItem(APIView):
    """DELETE /api/v1/subscriptions/{id}"""

    permission_classes = [IsKnown]

    @extend_schema(request=None, responses={204: None})
    def delete(self, request: Request, subscription_id: int) -> Response:
        person = principal_of(request).key
        if not choices.unsubscribe(person=person, subscription_id=subscription_id):
            raise NotFound("subscription_not_found", _("You do not follow this."))
        return Response(status=204)


def _wish(principal: Principal, given: dict[str, Any]) -> dict[str, Any]:
    named = [name for name in ("ticket", "near", "area") if name in given]
    if len(named) != 1:
        raise InvalidInput("one_thing", _("Name a ticket, a place or an area."), field="ticket")
    if named == ["ticket"]:
        return {"ticket": ticket_to_follow(principal, given["ticket"])}
    sectors = sorted(set(given["sectors"]))
    if Sector.objects.filter(code__in=sectors).count() < len(sectors):
        raise InvalidInput("unknown_sector", _("There is no such sector."), field="sectors")
    narrowed = {"sectors": sectors, "updates": given["updates"]}
    if named == ["area"]:
        if not Area.objects.filter(code=given["area"]).exists():
            raise InvalidInput("unknown_area", _("There is no such area."), field="area")
        return {"area_code": given["area"], **narrowed}
    return {**given["near"], **narrowed}


def shown_subscription(one: Subscription) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "id": one.pk,
        "sectors": one.sectors,
        "updates": one.updates,
        "report_no": "",
        "category": "",
    }
    if one.ticket:
        return shown | {
            "ticket": str(one.ticket.pk),
            "report_no": one.ticket.report.report_no,
            "category": one.ticket.category_id,
        }
    if one.area_code:
        return shown | {"area": one.area_code}
    return shown | {"near": {"lat": one.lat, "lon": one.lon, "radius_m": one.radius_m}}
