"""/api/v1/agencies/{code}/staff: who sits at an agency's desk, to be named for a ticket."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.accounts.models import Agency, Role
from backend.api.http import IsStaff, principal_of
from backend.errors import NotFound
from backend.tickets.policies import staff_of


class StaffMember(serializers.Serializer[Any]):
    username = serializers.CharField()
    name = serializers.CharField()


class StaffList(serializers.Serializer[Any]):
    results = StaffMember(many=True)


class AgencyStaff(APIView):
    """GET /api/v1/agencies/{code}/staff: for that agency and the operations centre alone."""

    permission_classes = [IsStaff]

    @extend_schema(responses=StaffList)
    def get(self, request: Request, code: str) -> Response:
        principal = principal_of(request)
        agency = Agency.objects.filter(code=code, active=True).first()
        knows = principal.holds(Role.OPERATIONS_CENTRE) or code in principal.agency_codes
        if agency is None or not knows:
            raise NotFound("agency_not_found", _("There is no such agency."))
        people = {member.user_id: member.user for member in staff_of([agency.pk])}
        results = [{"username": each.username, "name": str(each)} for each in people.values()]
        return Response({"results": sorted(results, key=lambda each: each["name"])})
