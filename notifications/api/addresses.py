"""/api/v1/addresses: e-mail addresses, phone numbers and browsers of one person."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.api.http import IsKnown, principal_of
from backend.api.throttling import Addresses, CodesOfAClient, CodesTo
from backend.errors import InvalidInput, NotFound
from notifications import proofs
from notifications.models import Address, Way
from notifications.transports import offered

GIVEN = [(way.value, way.value) for way in (Way.EMAIL, Way.SMS, Way.ZALO, Way.WEBPUSH)]
LOCALES = [("vi", "vi"), ("en", "en")]


class AddressInput(serializers.Serializer[Any]):
    transport = serializers.ChoiceField(choices=GIVEN)
    value = serializers.CharField(max_length=4096)
    locale = serializers.ChoiceField(choices=LOCALES, default="vi")


class AddressOutput(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    transport = serializers.ChoiceField(choices=GIVEN)
    value = serializers.CharField()
    locale = serializers.ChoiceField(choices=LOCALES)
    state = serializers.ChoiceField(choices=[("unproved",) * 2, ("good",) * 2, ("dead",) * 2])


class AddressList(serializers.Serializer[Any]):
    results = AddressOutput(many=True)


class ProofInput(serializers.Serializer[Any]):
    code = serializers.RegexField(r"^\d{6}$")


class AddressCollection(APIView):
    """GET, POST /api/v1/addresses"""

    permission_classes = [IsKnown]

    def get_throttles(self) -> list[Any]:
        return [Addresses()] if self.request.method == "POST" else []

    @extend_schema(responses=AddressList)
    def get(self, request: Request) -> Response:
        mine = Address.objects.filter(person=principal_of(request).key).order_by("pk")
        return Response({"results": [shown(each) for each in mine]})

    @extend_schema(request=AddressInput, responses={201: AddressOutput})
    def post(self, request: Request) -> Response:
        given = AddressInput(data=request.data)
        given.is_valid(raise_exception=True)
        wanted = given.validated_data
        if wanted["transport"] not in offered():
            raise InvalidInput("not_offered", _("This way is not offered."), field="transport")
        if wanted["transport"] in proofs.TYPED:
            self._pace_codes(request, proofs.normal(wanted["transport"], wanted["value"]))
        address = proofs.give_address(
            person=principal_of(request).key,
            transport=wanted["transport"],
            value=wanted["value"],
            language=wanted["locale"],
        )
        return Response(shown(address), status=201)

    def _pace_codes(self, request: Request, value: str) -> None:
        """Refuse one code too many, before anything is looked up: who is known does not show."""
        for throttle in (CodesOfAClient(), CodesTo(value)):
            if not throttle.allow_request(request, self):
                self.throttled(request, throttle.wait() or 0.0)


class AddressProof(APIView):
    """POST /api/v1/addresses/{id}/confirm"""

    permission_classes = [IsKnown]

    @extend_schema(request=ProofInput, responses=AddressOutput)
    def post(self, request: Request, address_id: int) -> Response:
        given = ProofInput(data=request.data)
        given.is_valid(raise_exception=True)
        person = principal_of(request).key
        proofs.count_try(person=person, address_id=address_id)
        code = given.validated_data["code"]
        return Response(
            shown(proofs.prove_address(person=person, address_id=address_id, code=code))
        )


class AddressItem(APIView):
    """DELETE /api/v1/addresses/{id}"""

    permission_classes = [IsKnown]

    @extend_schema(request=None, responses={204: None})
    def delete(self, request: Request, address_id: int) -> Response:
        person = principal_of(request).key
        if not proofs.remove_address(person=person, address_id=address_id):
            raise NotFound("address_not_found", _("There is no such address."))
        return Response(status=204)


class ReleaseInput(serializers.Serializer[Any]):
    value = serializers.CharField(max_length=4096)


class BrowserRelease(APIView):
    """POST /api/v1/addresses/release: no account's pushes go to this browser any more.

    Asked at signing out, and by whoever takes the chair of somebody whose session has ended: the
    subscription itself, which only that browser and we know, is what allows it.
    """

    authentication_classes = []

    @extend_schema(request=ReleaseInput, responses={204: None}, auth=[])
    def post(self, request: Request) -> Response:
        given = ReleaseInput(data=request.data)
        given.is_valid(raise_exception=True)
        proofs.release_browser(given.validated_data["value"])
        return Response(status=204)


def shown(address: Address) -> dict[str, Any]:
    state = "dead" if address.dead_at else "good" if address.confirmed_at else "unproved"
    return {
        "id": address.pk,
        "transport": address.transport,
        # A subscription is a key as much as an address: whoever reads it could push.
        "value": "" if address.transport == Way.WEBPUSH else address.value,
        "locale": address.language,
        "state": state,
    }
