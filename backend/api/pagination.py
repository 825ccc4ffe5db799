"""Pages of a list: a cursor that stays right while rows are added."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import NotFound
from rest_framework.pagination import Cursor, CursorPagination
from rest_framework.request import Request
from rest_framework.response import Response

from backend.api.moments import moment_of
from backend.errors import InvalidInput

LONGEST_LIMIT = 9


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
            raise wrong_cursor() from None
        if cursor and cursor.position is not None and moment_of(str(cursor.position)) is None:
            raise wrong_cursor()
        return cursor

    def get_page_size(self, request: Request) -> int:
        """Return how many rows were asked for, at most. Raises InvalidInput for no such number."""
        asked = request.query_params.get(self.page_size_query_param)
        if asked is None:
            return self.page_size
        if not asked.isdecimal() or len(asked) > LONGEST_LIMIT or int(asked) == 0:
            detail = _("Give a whole number from 1 to %(most)d.") % {"most": self.max_page_size}
            raise InvalidInput("invalid_limit", detail, field=self.page_size_query_param)
        return min(int(asked), self.max_page_size)

    def get_paginated_response(self, data: Any) -> Response:
        return Response(
            {"next": self.get_next_link(), "previous": self.get_previous_link(), "results": data}
        )


class NewestReports(Newest):
    ordering = ("-submitted_at", "-id")


def wrong_cursor() -> InvalidInput:
    detail = _("This page of the list cannot be found. Please start again from its beginning.")
    return InvalidInput("invalid_cursor", detail, field="cursor")
