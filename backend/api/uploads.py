"""/api/v1/uploads and /api/v1/photos: pictures in, and out again by signed, short-lived links."""

from typing import Any

from django.conf import settings
from django.http import FileResponse, HttpRequest, HttpResponseBase
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend import clock
from backend.api.errors import not_found, not_this_way
from backend.api.http import IsKnown, principal_of
from backend.api.throttling import Uploads
from backend.errors import InvalidInput, TooLarge
from media.errors import MediaError
from media.links import open_signed
from media.services import keep_upload

MAX_AGE = 3600  # seconds; a link lives longer than that
ENVELOPE = 64 * 1024  # what multipart adds around the file


class UploadInput(serializers.Serializer[Any]):
    file = serializers.FileField()


class UploadOutput(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    state = serializers.CharField()
    sha256 = serializers.CharField()
    width = serializers.IntegerField()
    height = serializers.IntegerField()


class UploadCollection(APIView):
    """POST /api/v1/uploads"""

    permission_classes = [IsKnown]
    parser_classes = [MultiPartParser]
    throttle_classes = [Uploads]

    @extend_schema(
        request={"multipart/form-data": UploadInput},
        responses={201: UploadOutput, 200: UploadOutput},
    )
    def post(self, request: Request) -> Response:
        refuse_over(request, settings.UPLOAD_MAX_BYTES + ENVELOPE)
        file = request.FILES.get("file")
        if file is None:
            raise InvalidInput("required", _("Send one photo as the part “file”."), field="file")
        upload, created = keep_upload(file=file, owner=principal_of(request).key, at=clock.now())
        return Response(UploadOutput(upload).data, status=201 if created else 200)


def refuse_over(request: Request, most: int) -> None:
    """Refuse by the length that was announced, before a byte is read."""
    length = request.headers.get("Content-Length", "")
    if length.isdigit() and int(length) > most:
        text = _("The photo is too large: at most %(n)d MB.") % {"n": most // 1_048_576}
        raise TooLarge("too_large", text, field="file")


@csrf_exempt  # It is only ever read.
def photo(request: HttpRequest, token: str) -> HttpResponseBase:
    """GET /api/v1/photos/{token}: a picture, by a link that was given to who may see it."""
    if request.method not in ("GET", "HEAD"):
        return not_this_way(request)
    try:
        file, content_type = open_signed(token)
    except (MediaError, FileNotFoundError):
        return not_found(request)
    response = FileResponse(file, content_type=content_type)
    response["Cache-Control"] = f"private, max-age={MAX_AGE}, immutable"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Content-Disposition"] = "inline"
    return response
