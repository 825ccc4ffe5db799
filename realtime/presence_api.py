"""/api/v1/presence: which desks are on duty, and which stand empty."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend import clock
from backend.api.http import IsStaff, principal_of
from backend.errors import NotAllowed
from realtime.presence import desks


class PersonOutput(serializers.Serializer[Any]):
    username = serializers.CharField()
    name = serializers.CharField(source="__str__")


class DeskOutput(serializers.Serializer[Any]):
    agency = serializers.CharField()
    name_vi = serializers.CharField()
    name_en = serializers.CharField()
    people = PersonOutput(many=True, help_text="Of its desk, who follow its tickets now.")
    open = serializers.IntegerField(help_text="Its tickets that are open.")
    overdue = serializers.IntegerField()


class PresenceOutput(serializers.Serializer[Any]):
    at = serializers.DateTimeField()
    on_duty = serializers.IntegerField(help_text="Desks with somebody at them.")
    empty = serializers.IntegerField(help_text="Desks with nobody.")
    desks = DeskOutput(many=True, help_text="Empty ones that have most open work come first.")


class Presence(APIView):
    """GET /api/v1/presence: for those who see all. Who left is gone from it in 15 seconds."""

    permission_classes = [IsStaff]

    @extend_schema(responses=PresenceOutput)
    def get(self, request: Request) -> Response:
        if not principal_of(request).sees_all:
            raise NotAllowed("presence_hidden", _("Who is on duty is shown to the centre alone."))
        found = desks()
        taken = sum(bool(desk.people) for desk in found)
        shown = {"at": clock.now(), "on_duty": taken, "empty": len(found) - taken, "desks": found}
        return Response(PresenceOutput(shown).data)
