"""/api/v1/photos: pictures out by signed links; /api/v1/tickets/{id}/photos: what staff do."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.files.storage import FileSystemStorage, default_storage
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.accounts.principal import Principal
from backend.api.errors import not_found, not_this_way
from backend.api.http import IsStaff, principal_of
from backend.api.report_shapes import LocationOutput
from backend.api.ticket_shapes import StaffPhotoOutput
from backend.api.tickets import visible_ticket
from backend.errors import NotAllowed, NotFound
from backend.tickets.models import Ticket
from backend.tickets.policies import (
    can_cover_photo,
    can_release_photo,
    can_see_original,
    tickets_visible_to,
)
from backend.tickets.selectors import has_public_ticket
from backend.tickets.services import photos as services
from backend.tickets.showing import _time, staff_photos
from media.errors import MediaError
from media.likeness import alike
from media.links import Shown, open_signed
from media.models import Upload

MAX_AGE = 3600  # seconds; a link lives longer than that
MOST_BOXES = 100
CSP = "default-src 'none'; sandbox"


def takes_webp(accept: str) -> bool:
    """Say whether to send WebP: not to a browser that lists what pictures it takes without it.

    Browsers before 2020 (Safari 13, Internet Explorer) name png and `image/*`; who names
    nothing, or takes anything, gets WebP.
    """
    return "image/webp" in accept or "image/" not in accept


@csrf_exempt  # It is only ever read.
def photo(request: HttpRequest, token: str) -> HttpResponseBase:
    """GET /api/v1/photos/{token}: a picture, by a link that was given to who may see it."""
    if request.method not in ("GET", "HEAD"):
        return not_this_way(request)
    try:
        shown = open_signed(token, webp=takes_webp(request.headers.get("Accept", "")))
    except (MediaError, FileNotFoundError):
        return not_found(request)
    if shown.public and not has_public_ticket(shown.public):
        shown.file.close()
        return not_found(request)
    response = _sent(shown)
    response["Cache-Control"] = (
        f"private, max-age={MAX_AGE}, immutable" if shown.final else "no-store"
    )
    response["Content-Disposition"] = "inline"
    patch_vary_headers(response, ["Accept"])
    return guarded(response)


def _sent(shown: Shown) -> HttpResponseBase:
    if settings.PHOTO_ACCEL and shown.name and isinstance(default_storage, FileSystemStorage):
        shown.file.close()
        return HttpResponse(
            content_type=shown.content_type,
            headers={"X-Accel-Redirect": f"{settings.PHOTO_ACCEL.rstrip('/')}/{shown.name}"},
        )
    return FileResponse(shown.file, content_type=shown.content_type)


def guarded(response: HttpResponseBase) -> HttpResponseBase:
    """Let a picture be nothing but a picture, whatever its bytes look like."""
    response["Content-Security-Policy"] = CSP
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Referrer-Policy"] = "no-referrer"
    return response


class BoxSerializer(serializers.Serializer[Any]):
    """A part of the upright picture: left, top, width and height, 0 to 1."""

    x = serializers.FloatField(min_value=0, max_value=0.999)
    y = serializers.FloatField(min_value=0, max_value=0.999)
    w = serializers.FloatField(min_value=0.001, max_value=1)
    h = serializers.FloatField(min_value=0.001, max_value=1)


class FoundOutput(BoxSerializer):
    kind = serializers.ChoiceField(choices=["face", "plate"])


class BoxesInput(serializers.Serializer[Any]):
    boxes = serializers.ListField(child=BoxSerializer(), max_length=MOST_BOXES)


class EvidenceOutput(serializers.Serializer[Any]):
    taken_at = serializers.CharField(allow_null=True)
    changed_at = serializers.CharField(allow_null=True)
    location = LocationOutput(allow_null=True)
    heading = serializers.FloatField(allow_null=True)
    make = serializers.CharField(allow_null=True)
    model = serializers.CharField(allow_null=True)
    software = serializers.CharField(allow_null=True)


class SamePhotoOutput(serializers.Serializer[Any]):
    ticket = serializers.UUIDField()
    report_no = serializers.CharField()
    bits = serializers.IntegerField(help_text="Of 64 in which the two pictures differ.")
    sent_at = serializers.DateTimeField()


class PhotoDetailOutput(StaffPhotoOutput):
    evidence = EvidenceOutput()
    same = SamePhotoOutput(many=True)
    found = FoundOutput(many=True, allow_null=True)
    boxes = BoxSerializer(many=True)
    may = serializers.ListField(
        child=serializers.ChoiceField(
            choices=["cover", "uncover", "release", "withhold", "see_original"]
        )
    )


def _detail(ticket: Ticket, upload_id: UUID, principal: Principal) -> dict[str, Any]:
    shown = next((each for each in staff_photos(ticket) if each["id"] == str(upload_id)), None)
    if shown is None:
        raise NotFound("photo_not_found", _("There is no such photo here."))
    upload = Upload.objects.get(pk=upload_id)
    return {
        **shown,
        "evidence": _evidence(upload.evidence),
        "same": _same(upload, ticket, principal),
        "found": upload.found,
        "boxes": upload.boxes,
        "may": _may(ticket, upload, principal),
    }


def _evidence(said: dict[str, Any]) -> dict[str, Any]:
    names = ("taken_at", "changed_at", "heading", "make", "model", "software")
    place = (
        {name: said.get(name) for name in ("lat", "lon", "accuracy_m")} if "lat" in said else None
    )
    return {**{name: said.get(name) for name in names}, "location": place}


def _same(upload: Upload, ticket: Ticket, principal: Principal) -> list[dict[str, Any]]:
    """Return the other tickets with a photo that looks the same, of those that one may see."""
    rows = []
    for other in alike(upload):
        visible = tickets_visible_to(principal).exclude(pk=ticket.pk).select_related("report")
        with_it = visible.filter(photos__upload=other.upload) | visible.filter(
            report_links__report__photos__upload=other.upload
        )
        rows += [
            {
                "ticket": str(each.pk),
                "report_no": each.report.report_no,
                "bits": other.bits,
                "sent_at": _time(other.upload.created_at),
            }
            for each in with_it.distinct()
        ]
    return rows


def _may(ticket: Ticket, upload: Upload, principal: Principal) -> list[str]:
    whole = can_see_original(principal, ticket)
    may = {
        "cover": can_cover_photo(principal, ticket),
        "uncover": can_cover_photo(principal, ticket) and whole,
        "release": can_release_photo(principal, ticket) and upload.released_at is None,
        "withhold": can_release_photo(principal, ticket) and upload.released_at is not None,
        "see_original": whole,
    }
    return [name for name, allowed in may.items() if allowed]


class _PhotoView(APIView):
    permission_classes = [IsStaff]

    def found(self, request: Request, ticket_id: UUID) -> tuple[Principal, Ticket]:
        principal = principal_of(request)
        return principal, visible_ticket(principal, ticket_id)

    def answer(self, principal: Principal, ticket_id: UUID, upload_id: UUID) -> Response:
        return Response(_detail(visible_ticket(principal, ticket_id), upload_id, principal))

    def require(self, allowed: bool) -> None:
        if not allowed:
            raise NotAllowed("photo_not_yours", _("This is not yours to do with this photo."))


class TicketPhotoItem(_PhotoView):
    """GET /api/v1/tickets/{id}/photos/{photo}: what its camera says, and where it was seen."""

    @extend_schema(responses=PhotoDetailOutput)
    def get(self, request: Request, ticket_id: UUID, upload_id: UUID) -> Response:
        principal, _ticket = self.found(request, ticket_id)
        return self.answer(principal, ticket_id, upload_id)


class TicketPhotoBoxes(_PhotoView):
    """PUT /api/v1/tickets/{id}/photos/{photo}/boxes: what is painted over in every copy."""

    @extend_schema(request=BoxesInput, responses=PhotoDetailOutput)
    def put(self, request: Request, ticket_id: UUID, upload_id: UUID) -> Response:
        principal, ticket = self.found(request, ticket_id)
        before = _detail(ticket, upload_id, principal)
        self.require("cover" in before["may"])
        given = BoxesInput(data=request.data)
        given.is_valid(raise_exception=True)
        boxes = [dict(box) for box in given.validated_data["boxes"]]
        if services.uncovers(Upload.objects.get(pk=upload_id), boxes):
            self.require("uncover" in before["may"])
        services.cover_photo(ticket_id=ticket_id, upload_id=upload_id, boxes=boxes, actor=principal)
        return self.answer(principal, ticket_id, upload_id)


class TicketPhotoRelease(_PhotoView):
    """PUT, DELETE /api/v1/tickets/{id}/photos/{photo}/release: to the public, and back."""

    @extend_schema(request=None, responses=PhotoDetailOutput)
    def put(self, request: Request, ticket_id: UUID, upload_id: UUID) -> Response:
        principal, ticket = self.found(request, ticket_id)
        _detail(ticket, upload_id, principal)
        self.require(can_release_photo(principal, ticket))
        services.release_photo(ticket_id=ticket_id, upload_id=upload_id, actor=principal)
        return self.answer(principal, ticket_id, upload_id)

    @extend_schema(request=None, responses={200: PhotoDetailOutput})
    def delete(self, request: Request, ticket_id: UUID, upload_id: UUID) -> Response:
        principal, ticket = self.found(request, ticket_id)
        _detail(ticket, upload_id, principal)
        self.require(can_release_photo(principal, ticket))
        services.withhold_photo(ticket_id=ticket_id, upload_id=upload_id, actor=principal)
        return self.answer(principal, ticket_id, upload_id)


class TicketPhotoOriginal(_PhotoView):
    """GET /api/v1/tickets/{id}/photos/{photo}/original: as it was sent. Each look is kept."""

    @extend_schema(responses={(200, "application/octet-stream"): OpenApiTypes.BINARY})
    def get(self, request: Request, ticket_id: UUID, upload_id: UUID) -> HttpResponseBase:
        principal, ticket = self.found(request, ticket_id)
        _detail(ticket, upload_id, principal)
        self.require(can_see_original(principal, ticket) and principal.user is not None)
        assert principal.user is not None
        upload = Upload.objects.get(pk=upload_id)
        file = services.look_at_original(ticket=ticket, upload=upload, user=principal.user)
        ending = upload.original_name.rpartition(".")[2]
        name = f"{ticket.report.report_no}-{upload_id.hex[:8]}.{ending}"
        response = FileResponse(
            file, content_type="application/octet-stream", as_attachment=True, filename=name
        )
        response["Cache-Control"] = "no-store"
        return guarded(response)
