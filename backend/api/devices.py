"""/api/v1/devices: an installation of the app, and where its pushes go."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.accounts.models import Device
from backend.accounts.services import register_device, set_push_address
from backend.accounts.subscriptions import is_subscription
from backend.api.http import DeviceAuthentication, IsKnown, principal_of
from backend.api.throttling import NewDevices
from backend.errors import NotFound

LOCALES = [("vi", "vi"), ("en", "en")]
TRANSPORTS = [("fcm", "fcm"), ("webpush", "webpush")]


class PushInput(serializers.Serializer[Any]):
    transport = serializers.ChoiceField(choices=TRANSPORTS, default="fcm")
    token = serializers.CharField(max_length=4096, allow_blank=True)

    def validate(self, given: dict[str, Any]) -> dict[str, Any]:
        token = given["token"]
        if token and given["transport"] == "webpush" and not is_subscription(token):
            said = _("This is no subscription of a push service that is used here.")
            raise serializers.ValidationError({"token": [said]}, code="invalid_address")
        return given


class DeviceInput(serializers.Serializer[Any]):
    platform = serializers.CharField(max_length=20)
    locale = serializers.ChoiceField(choices=LOCALES, default="vi")
    push = PushInput(required=False, allow_null=True)


class DeviceOutput(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    token = serializers.CharField()


class DeviceCollection(APIView):
    """POST /api/v1/devices"""

    authentication_classes = []
    throttle_classes = [NewDevices]

    @extend_schema(request=DeviceInput, responses={201: DeviceOutput}, auth=[])
    def post(self, request: Request) -> Response:
        given = DeviceInput(data=request.data)
        given.is_valid(raise_exception=True)
        push = given.validated_data.get("push") or {}
        device, token = register_device(
            platform=given.validated_data["platform"],
            locale=given.validated_data["locale"],
            push_transport=push.get("transport", "") if push.get("token") else "",
            push_address=push.get("token", ""),
        )
        return Response({"id": str(device.pk), "token": token}, status=201)


class DevicePush(APIView):
    """PUT, DELETE /api/v1/devices/me/push"""

    authentication_classes = [DeviceAuthentication]
    permission_classes = [IsKnown]

    @extend_schema(request=PushInput, responses={204: None})
    def put(self, request: Request) -> Response:
        given = PushInput(data=request.data)
        given.is_valid(raise_exception=True)
        set_push_address(
            device=_device(request),
            transport=given.validated_data["transport"],
            address=given.validated_data["token"],
        )
        return Response(status=204)

    @extend_schema(request=None, responses={204: None})
    def delete(self, request: Request) -> Response:
        set_push_address(device=_device(request), transport="", address="")
        return Response(status=204)


class DeviceLocaleInput(serializers.Serializer[Any]):
    locale = serializers.ChoiceField(choices=LOCALES)


class DeviceItem(APIView):
    """PATCH /api/v1/devices/me"""

    authentication_classes = [DeviceAuthentication]
    permission_classes = [IsKnown]

    @extend_schema(request=DeviceLocaleInput, responses={204: None})
    def patch(self, request: Request) -> Response:
        given = DeviceLocaleInput(data=request.data)
        given.is_valid(raise_exception=True)
        device = _device(request)
        device.locale = given.validated_data["locale"]
        device.save(update_fields=["locale"])
        return Response(status=204)


def _device(request: Request) -> Device:
    device = principal_of(request).device
    if device is None:
        raise NotFound("device_not_found", _("There is no such device."))
    return device
