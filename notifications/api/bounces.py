"""POST /api/v1/notifications/bounces: the mail server says what did not arrive after all."""

from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.errors import NotAllowed
from notifications.bounces import bounce
from notifications.transports.gateway import is_signed

KINDS = [("hard", "hard"), ("soft", "soft"), ("complaint", "complaint")]
SIGNED = [
    OpenApiParameter("X-Timestamp", str, OpenApiParameter.HEADER, required=True),
    OpenApiParameter("X-Signature", str, OpenApiParameter.HEADER, required=True),
]


class BounceInput(serializers.Serializer[Any]):
    address = serializers.EmailField()
    type = serializers.ChoiceField(choices=KINDS)
    message_id = serializers.CharField(max_length=200, required=False, allow_blank=True)
    reason = serializers.CharField(max_length=300, required=False, allow_blank=True)


class Bounces(APIView):
    """POST /api/v1/notifications/bounces"""

    authentication_classes = []

    @extend_schema(
        request=BounceInput,
        responses=inline_serializer("Bounced", {"addresses": serializers.IntegerField()}),
        parameters=SIGNED,
        auth=[],
    )
    def post(self, request: Request) -> Response:
        stamp = request.headers.get("X-Timestamp", "")
        signed = request.headers.get("X-Signature", "")
        if not is_signed(settings.BOUNCE_SECRET, request._request.body, stamp, signed):
            raise NotAllowed("not_signed", _("The signature is missing, old or wrong."))
        given = BounceInput(data=request.data)
        given.is_valid(raise_exception=True)
        return Response({"addresses": bounce(**given.validated_data)})
