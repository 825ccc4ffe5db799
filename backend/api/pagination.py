"""Pages of a list: a cursor that stays right while rows are added."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import NotFound
from rest_framework.pagination import Cursor, CursorPagination
from rest_framework.request import Request
from rest_framework.response import Response

from backend.api.moments import moment_of
from backend.errors import InvalidInput


class Newest(CursorPagination):
    """The newest first; `limit` rows a page, 200 at most."""

    page_size = 50
    max_page_size = 200
    page_size_query_param = "limit"
    ordering: Any = ("-created_at", "-id")

    def decode_cursor(self, request: Request) -> Cursor | None:
        """Return the cursor that the client was given. Raises InvalidInput for any other."""
        try:
            cursor = super().decode_cursor(request)
        except NotFound:
            raise _wrong_cursor() from None
        if cursor and cursor.position is not None and moment_of(str(cursor.position)) is None:
            raise _wrong_cursor()
        return cursor

    def get_paginated_response(self, data: Any) -> Response:
        return Response(
            {"next": self.get_next_link(), "previous": self.get_previous_link(), "results": data}
        )


class NewestReports(Newest):
    ordering = ("-submitted_at", "-id")


def _wrong_cursor() -> InvalidInput:
    detail = _("This page of the list cannot be found. Please start again from its beginning.")
    return InvalidInput("invalid_cursor", detail, field="cursor")
