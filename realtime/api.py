"""/api/v1/events: the feed's past by HTTP, for who cannot hold a socket."""

from typing import Any

import orjson
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import exceptions, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.accounts.principal import ANONYMOUS
from backend.api.http import principal_of
from backend.errors import Conflict, InvalidInput, NotFound
from backend.events import log
from realtime.audiences import PUBLIC, may_follow
from realtime.filters import Filter
from realtime.past import PastIsGone, page_after
from realtime.protocol import LARGEST_POSITION, number_in

USUAL = 200
MOST = 1000
PAGES = 10
"""Pages of the log looked through for one answer, however few entries are for the audience."""

PARAMETERS = [
    OpenApiParameter(
        "audience",
        str,
        required=True,
        description="`ops`, `agency:<code>`, `report:<report_no>` or `public`.",
    ),
    OpenApiParameter("after", int, required=True, description="The last position you have."),
    OpenApiParameter("limit", int, description=f"At most {MOST}; otherwise {USUAL}."),
    OpenApiParameter("epoch", str, description="The past that `after` belongs to."),
    OpenApiParameter("category", str, description="Category codes, by commas."),
    OpenApiParameter("area", str, description="Area codes, by commas."),
    OpenApiParameter("priority", str, description="Priorities, by commas."),
    OpenApiParameter("bbox", str, description="west,south,east,north in degrees."),
]


class EventOutput(serializers.Serializer[Any]):
    op = serializers.CharField()
    position = serializers.IntegerField()
    type = serializers.CharField()
    at = serializers.DateTimeField()
    ticket = serializers.DictField(allow_null=True)
    data = serializers.DictField()  # type: ignore[assignment]  # the field, not DRF's property


class EventsOutput(serializers.Serializer[Any]):
    """`position` is how far this answer goes; ask for what comes after it next."""

    results = EventOutput(many=True)
    position = serializers.IntegerField()
    head = serializers.IntegerField()
    epoch = serializers.UUIDField()


class EventCollection(APIView):
    """GET /api/v1/events: the same frames that the socket sends, for the same eyes."""

    @extend_schema(parameters=PARAMETERS, responses=EventsOutput)
    def get(self, request: Request) -> Response:
        audience = _audience(request)
        after = _number(request, "after", LARGEST_POSITION)
        limit = _number(request, "limit", MOST, USUAL)
        head, epoch = log.head(), str(log.epoch())
        if after > head or request.query_params.get("epoch", epoch) != epoch:
            raise _gone()
        results, position = _collect(audience, _filter(request), after, head, limit)
        return Response({"results": results, "position": position, "head": head, "epoch": epoch})


def _audience(request: Request) -> str:
    principal = principal_of(request)
    wanted = request.query_params.get("audience", "")
    if principal == ANONYMOUS and wanted != PUBLIC:
        raise exceptions.NotAuthenticated
    audience = may_follow(principal, wanted)
    if audience is None:
        raise NotFound("audience_not_found", _("There is nothing here for you to follow."))
    return audience


def _number(request: Request, name: str, most: int, usual: int | None = None) -> int:
    text = request.query_params.get(name)
    if text is None and usual is not None:
        return usual
    number = None if text is None else number_in(text, most)
    if number is None:
        detail = _("Give a whole number from 0 to %(most)d.") % {"most": most}
        raise InvalidInput("invalid_number", detail, field=name)
    return number


def _filter(request: Request) -> Filter:
    given: dict[str, Any] = {
        name: [code for code in text.split(",") if code]
        for name in ("category", "area", "priority")
        if (text := request.query_params.get(name))
    }
    try:
        if text := request.query_params.get("bbox"):
            given["bbox"] = [float(edge) for edge in text.split(",")]
        return Filter.of(given)
    except ValueError:
        raise InvalidInput("invalid_filter", _("This is no filter.")) from None


def _gone() -> Conflict:
    detail = _("The log has another past than the one you know. Please load everything again.")
    return Conflict("reset", detail)


def _collect(
    audience: str, wanted: Filter, after: int, head: int, limit: int
) -> tuple[list[Any], int]:
    """Return at most `limit` frames, and the position up to which they are all there."""
    frames: list[Any] = []
    for _turn in range(PAGES):
        if after >= head or len(frames) >= limit:
            break
        try:
            page = page_after(audience, after, head)
        except PastIsGone:
            raise _gone() from None
        for item in page.items:
            if len(frames) >= limit:
                return frames, after
            if frame := item.frame_for(audience, wanted):
                frames.append(orjson.loads(frame.payload))
            after = item.position
        after = page.until
    return frames, after
