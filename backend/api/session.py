"""/api/v1/session: staff sign in and out; who am I."""

from typing import Any

from django.contrib.auth import authenticate, login, logout
from django.http import HttpResponse
from django.middleware.csrf import get_token
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import ensure_csrf_cookie
from drf_spectacular.utils import extend_schema
from rest_framework import exceptions, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.accounts.models import Role, User
from backend.accounts.principal import Principal, of_user
from backend.accounts.second_factor import has_second_factor, passes_second_factor
from backend.api.http import StaffSessionAuthentication, principal_of
from backend.api.throttling import SignIns, SignInsOfAnAddress


class SessionInput(serializers.Serializer[Any]):
    username = serializers.CharField(max_length=150)
    password = serializers.CharField(max_length=256, trim_whitespace=False)
    otp = serializers.CharField(
        max_length=20,
        required=False,
        allow_blank=True,
        help_text="Of whoever has switched on two-step sign-in: the app's code or a recovery code.",
    )


class AgencyRef(serializers.Serializer[Any]):
    code = serializers.CharField()
    name_vi = serializers.CharField()
    name_en = serializers.CharField()


class SessionOutput(serializers.Serializer[Any]):
    key = serializers.CharField(help_text="As `actor` of what this person does.")
    username = serializers.CharField()
    name = serializers.CharField()
    roles = serializers.ListField(child=serializers.ChoiceField(choices=Role.choices))
    agencies = AgencyRef(many=True)
    audiences = serializers.ListField(child=serializers.CharField())
    second_factor = serializers.BooleanField(help_text="Whether two-step sign-in is on.")
    csrf_token = serializers.CharField()


def audiences_of(principal: Principal) -> list[str]:
    """Return the live feeds that this person may follow, the widest first."""
    wide = ["ops"] if principal.sees_all else []
    return wide + [f"agency:{code}" for code in sorted(principal.agency_codes)]


def _shown(request: Request, user: User) -> dict[str, Any]:
    principal = of_user(user)
    agencies = {
        member.agency.code: member.agency
        for member in user.memberships.select_related("agency")
        if member.agency
    }
    return {
        "key": principal.key,
        "username": user.username,
        "name": str(user),
        "roles": sorted(principal.roles),
        "agencies": [
            {"code": each.code, "name_vi": each.name_vi, "name_en": each.name_en}
            for each in agencies.values()
        ],
        "audiences": audiences_of(principal),
        "second_factor": has_second_factor(user),
        "csrf_token": get_token(request._request),
    }


def require_second_factor(user: User, code: str) -> None:
    """Raise AuthenticationFailed unless the code is right, or none is needed."""
    if not has_second_factor(user):
        return
    if not code:
        detail = _("Enter the code of your authenticator app.")
        raise exceptions.AuthenticationFailed(detail, code="otp_required")
    if not passes_second_factor(user, code):
        detail = _("This code is not right. Wait a moment, then try the next one.")
        raise exceptions.AuthenticationFailed(detail, code="wrong_otp")


@method_decorator(ensure_csrf_cookie, name="dispatch")
class SessionItem(APIView):
    """POST, GET, DELETE /api/v1/session"""

    authentication_classes = [StaffSessionAuthentication]

    def get_throttles(self) -> list[Any]:
        return [SignIns(), SignInsOfAnAddress()] if self.request.method == "POST" else []

    @extend_schema(request=SessionInput, responses=SessionOutput)
    def post(self, request: Request) -> Response:
        given = SessionInput(data=request.data)
        given.is_valid(raise_exception=True)
        user = authenticate(
            request._request,
            username=given.validated_data["username"],
            password=given.validated_data["password"],
        )
        if not isinstance(user, User):
            detail = _("The name or the password is not right.")
            raise exceptions.AuthenticationFailed(detail, code="wrong_credentials")
        require_second_factor(user, given.validated_data.get("otp", ""))
        login(request._request, user)
        return Response(_shown(request, user))

    @extend_schema(responses=SessionOutput)
    def get(self, request: Request) -> Response:
        principal = principal_of(request)
        if principal.user is None:
            raise exceptions.NotAuthenticated
        return Response(_shown(request, principal.user))

    @extend_schema(request=None, responses={204: None})
    def delete(self, request: Request) -> HttpResponse:
        logout(request._request)
        return Response(status=204)
