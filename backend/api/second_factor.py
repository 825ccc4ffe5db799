"""/api/v1/session/second-factor/…: staff switch two-step sign-in on and off for themselves."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import exceptions, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.accounts.models import User
from backend.accounts.second_factor import (
    begin_second_factor,
    confirm_second_factor,
    end_second_factor,
    has_second_factor,
)
from backend.api.http import IsStaff, StaffSessionAuthentication, principal_of
from backend.api.session import require_second_factor
from backend.api.throttling import SecondFactors
from backend.errors import InvalidInput


class PasswordInput(serializers.Serializer[Any]):
    password = serializers.CharField(max_length=256, trim_whitespace=False)


class EnrolmentOutput(serializers.Serializer[Any]):
    secret = serializers.CharField(help_text="To type into the app, in base 32.")
    uri = serializers.CharField(help_text="otpauth:// for an app on the same phone.")
    qr_svg = serializers.CharField(help_text="The same as a QR code.")


class CodeInput(serializers.Serializer[Any]):
    otp = serializers.CharField(max_length=20)


class RecoveryOutput(serializers.Serializer[Any]):
    recovery_codes = serializers.ListField(
        child=serializers.CharField(), help_text="Each works once; they are never shown again."
    )


class EndInput(PasswordInput, CodeInput):
    pass


class _Own(APIView):
    """What only the person signed in may ask, and not as often as one could guess."""

    authentication_classes = [StaffSessionAuthentication]
    permission_classes = [IsStaff]
    throttle_classes = [SecondFactors]


class SecondFactorBegin(_Own):
    """POST /api/v1/session/second-factor/begin"""

    @extend_schema(request=PasswordInput, responses=EnrolmentOutput)
    def post(self, request: Request) -> Response:
        given = PasswordInput(data=request.data)
        given.is_valid(raise_exception=True)
        user = _who_knows_the_password(request, given.validated_data["password"])
        return Response(EnrolmentOutput(begin_second_factor(user)).data)


class SecondFactorEnd(_Own):
    """POST /api/v1/session/second-factor/end"""

    @extend_schema(request=EndInput, responses={204: None})
    def post(self, request: Request) -> Response:
        given = EndInput(data=request.data)
        given.is_valid(raise_exception=True)
        user = _who_knows_the_password(request, given.validated_data["password"])
        if has_second_factor(user):
            _require(user, given.validated_data["otp"])
        end_second_factor(user)
        return Response(status=204)


class SecondFactorConfirm(_Own):
    """POST /api/v1/session/second-factor/confirm"""

    @extend_schema(request=CodeInput, responses=RecoveryOutput)
    def post(self, request: Request) -> Response:
        given = CodeInput(data=request.data)
        given.is_valid(raise_exception=True)
        codes = confirm_second_factor(_signed_in(request), given.validated_data["otp"])
        return Response({"recovery_codes": codes})


def _signed_in(request: Request) -> User:
    user = principal_of(request).user
    if user is None:
        raise exceptions.NotAuthenticated
    return user


def _who_knows_the_password(request: Request, password: str) -> User:
    """Return the one signed in, if it is still they who sit there."""
    user = _signed_in(request)
    if not user.check_password(password):
        raise InvalidInput("wrong_password", _("The password is not right."), field="password")
    return user


def _require(user: User, code: str) -> None:
    try:
        require_second_factor(user, code)
    except exceptions.AuthenticationFailed as error:
        raise InvalidInput("wrong_otp", error.detail, field="otp") from error
