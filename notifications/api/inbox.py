"""/api/v1/inbox: what the app keeps of all that its person was told."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.api.http import IsKnown, principal_of
from backend.api.pagination import Newest
from backend.errors import InvalidInput
from notifications.inbox import inbox_of, mark_read, unread_count
from notifications.links import path_to
from notifications.models import Notification

MOST_IDS = 500


class NewestFirst(Newest):
    ordering = ("-at", "-id")


class InboxItemOutput(serializers.Serializer[Notification]):
    id = serializers.IntegerField()
    at = serializers.DateTimeField()
    kind = serializers.CharField()
    title = serializers.CharField()
    body = serializers.CharField()
    report_no = serializers.CharField()
    ticket = serializers.UUIDField(source="ticket_id", allow_null=True)
    path = serializers.SerializerMethodField(help_text="The page on this site that says more.")
    read_at = serializers.DateTimeField(allow_null=True)

    def get_path(self, row: Notification) -> str:
        return path_to(row)


class InboxReadInput(serializers.Serializer[Any]):
    ids = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=2**63 - 1),
        max_length=MOST_IDS,
        required=False,
    )
    all = serializers.BooleanField(required=False, default=False)


INBOX_PAGE = inline_serializer(
    "InboxPage",
    {
        "next": serializers.URLField(allow_null=True),
        "previous": serializers.URLField(allow_null=True),
        "results": InboxItemOutput(many=True),
        "unread": serializers.IntegerField(),
    },
)
UNREAD = inline_serializer("InboxUnread", {"unread": serializers.IntegerField()})


class Inbox(APIView):
    """GET /api/v1/inbox"""

    permission_classes = [IsKnown]

    @extend_schema(responses=INBOX_PAGE)
    def get(self, request: Request) -> Response:
        person = principal_of(request).key
        pages = NewestFirst()
        rows = pages.paginate_queryset(inbox_of(person), request, view=self) or []
        items = [InboxItemOutput(row).data for row in rows]
        response = pages.get_paginated_response(items)
        response.data["unread"] = unread_count(person)
        return response


class InboxRead(APIView):
    """POST /api/v1/inbox/read"""

    permission_classes = [IsKnown]

    @extend_schema(request=InboxReadInput, responses=UNREAD)
    def post(self, request: Request) -> Response:
        given = InboxReadInput(data=request.data)
        given.is_valid(raise_exception=True)
        ids = given.validated_data.get("ids")
        everything = given.validated_data["all"]
        if everything == (ids is not None):
            raise InvalidInput("ids_or_all", _("Say which ones, or all of them."), field="ids")
        person = principal_of(request).key
        mark_read(person=person, ids=None if everything else ids)
        return Response({"unread": unread_count(person)})
