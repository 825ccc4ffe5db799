"""/api/v1/uploads: photos in, at once or in pieces."""

import errno
import re
from collections.abc import Mapping
from typing import IO, Any
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.parsers import BaseParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend import clock
from backend.api.forms import Form
from backend.api.http import IsKnown, principal_of
from backend.api.parsing import PlainJSON
from backend.api.report_shapes import RefusalOutput
from backend.api.throttling import Uploads
from backend.errors import Conflict, InvalidInput, NotFound, TooLarge
from backend.tickets.showing import reason
from media.errors import StorageFull, UnknownUpload
from media.models import PartialUpload, State, Upload
from media.partials import WrongOffset, append, begin, partial_of
from media.services import keep_upload

ENVELOPE = 64 * 1024  # what multipart adds around the file
MOST_OF_A_PIECE = 4 * 1024 * 1024
PARTIAL = "partial"
UPLOAD_STATES = [PARTIAL, *State.values]
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_RANGE = re.compile(r"bytes (?:(\d{1,12})-(\d{1,12})|\*)/(\d{1,12})")


class UploadInput(Form):
    file = serializers.FileField()
    sha256 = serializers.RegexField(r"^[0-9a-fA-F]{64}$", required=False)
    bytes = serializers.IntegerField(min_value=0, max_value=2**31 - 1, required=False)


class BeginInput(serializers.Serializer[Any]):
    """What is going to come in pieces."""

    sha256 = serializers.RegexField(r"^[0-9a-fA-F]{64}$")
    bytes = serializers.IntegerField(min_value=0, max_value=2**31 - 1)


class UploadOutput(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    state = serializers.ChoiceField(choices=UPLOAD_STATES)
    sha256 = serializers.CharField()
    width = serializers.IntegerField(allow_null=True)
    height = serializers.IntegerField(allow_null=True)
    bytes = serializers.IntegerField()
    offset = serializers.IntegerField(help_text="How many bytes are here: the next piece's start.")
    refusal = RefusalOutput(allow_null=True)


def show(upload: Upload | PartialUpload) -> dict[str, Any]:
    """Return a photo as its sender sees it: its size by its header until it is ready."""
    whole = isinstance(upload, Upload)
    code = upload.refusal if isinstance(upload, Upload) else ""
    return {
        "id": str(upload.pk),
        "state": upload.state if isinstance(upload, Upload) else PARTIAL,
        "sha256": upload.sha256,
        "width": upload.width if isinstance(upload, Upload) else None,
        "height": upload.height if isinstance(upload, Upload) else None,
        "bytes": upload.bytes,
        "offset": upload.bytes if whole else upload.offset,  # type: ignore[union-attr]
        "refusal": {"code": code, "detail": reason(upload)} if code else None,  # type: ignore[arg-type]
    }


class RawBytes(BaseParser):
    """A piece of a photo, as it is."""

    media_type = "application/octet-stream"

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        content = stream.read(MOST_OF_A_PIECE + 1)
        if len(content) > MOST_OF_A_PIECE:
            text = _("A piece has at most %(n)d MB.") % {"n": MOST_OF_A_PIECE // 1_048_576}
            raise TooLarge("too_large", text)
        return {"content": content}


class UploadCollection(APIView):
    """POST /api/v1/uploads: a photo at once (multipart), or the beginning of one (JSON)."""

    permission_classes = [IsKnown]
    parser_classes = [MultiPartParser, PlainJSON]
    throttle_classes = [Uploads]

    @extend_schema(
        request={"multipart/form-data": UploadInput, "application/json": BeginInput},
        responses={201: UploadOutput, 200: UploadOutput},
    )
    def post(self, request: Request) -> Response:
        refuse_over(request, settings.UPLOAD_MAX_BYTES + ENVELOPE)
        owner = principal_of(request).key
        if request.content_type.partition(";")[0] == "application/json":
            started = BeginInput(data=request.data)
            started.is_valid(raise_exception=True)
            kept, created = begin(
                owner=owner,
                sha256=started.validated_data["sha256"],
                size=started.validated_data["bytes"],
                at=clock.now(),
            )
        else:
            kept, created = self._at_once(request, owner)
        return Response(show(kept), status=201 if created else 200)

    def _at_once(self, request: Request, owner: str) -> tuple[Upload, bool]:
        files = _files(request)
        if not files:
            raise InvalidInput("required", _("Send one photo as the part “file”."), field="file")
        if len(files) > 1:
            raise InvalidInput("too_many_files", _("Send one photo at a time."), field="file")
        given = UploadInput(data=request.data)
        # An empty file is refused as a photo, not as a field.
        said = {name: error for name, error in _faults(given).items() if name != "file"}
        if said:
            raise serializers.ValidationError(said)
        announced = {name: request.POST.get(name) for name in ("sha256", "bytes")}
        return keep_upload(
            file=files[0],
            owner=owner,
            at=clock.now(),
            sha256=announced["sha256"] or "",
            size=int(announced["bytes"]) if announced["bytes"] else None,
        )


def _files(request: Request) -> list[Any]:
    """Return every file of the form: reading it may find the disk full."""
    try:
        return [file for name in request.FILES for file in request.FILES.getlist(name)]
    except OSError as error:
        if error.errno in _FULL:
            raise StorageFull from error
        raise


def _faults(given: serializers.Serializer[Any]) -> Mapping[str, Any]:
    given.is_valid()
    return given.errors


class UploadItem(APIView):
    """GET, PATCH /api/v1/uploads/{id}: how far it is, and its next piece."""

    permission_classes = [IsKnown]
    parser_classes = [RawBytes]

    @extend_schema(responses=UploadOutput)
    def get(self, request: Request, upload_id: UUID) -> Response:
        return Response(show(self._mine(request, upload_id)))

    @extend_schema(
        parameters=[
            OpenApiParameter(
                "Content-Range",
                str,
                "header",
                required=True,
                description="`bytes 0-262143/4000000`; `bytes */4000000` with no body asks to "
                "make whole what is here.",
            )
        ],
        request={"application/octet-stream": bytes},
        responses={200: UploadOutput, 201: UploadOutput},
    )
    def patch(self, request: Request, upload_id: UUID) -> Response:
        found = self._mine(request, upload_id)
        start, length, total = _range(request)
        body: Any = request.data if length else {}
        content: bytes = body.get("content", b"")
        if length is not None and len(content) != length:
            text = _("The piece is not as long as its Content-Range says.")
            raise InvalidInput("wrong_length", text, field="Content-Range")
        if isinstance(found, PartialUpload) and start is None:
            start = found.offset
        try:
            kept, created = append(
                owner=principal_of(request).key,
                upload_id=upload_id,
                start=start or 0,
                total=total,
                content=content,
            )
        except WrongOffset as error:
            text = _("The next piece begins elsewhere.")
            raise Conflict(error.code, text, more={"offset": error.offset}) from error
        return Response(show(kept), status=201 if created else 200)

    def _mine(self, request: Request, upload_id: UUID) -> Upload | PartialUpload:
        try:
            return partial_of(principal_of(request).key, upload_id)
        except UnknownUpload as error:
            raise NotFound("upload_not_found", _("There is no such photo.")) from error


def _range(request: Request) -> tuple[int | None, int | None, int]:
    """Return where the piece begins, its length, and the whole's; two None for `bytes */total`."""
    said = _RANGE.fullmatch(request.headers.get("Content-Range", ""))
    if said is None:
        text = _("Say which bytes these are: Content-Range: bytes 0-262143/4000000.")
        raise InvalidInput("invalid", text, field="Content-Range")
    first, last, total = said.groups()
    if first is None:
        return None, None, int(total)
    if int(last) < int(first):
        text = _("Say which bytes these are: Content-Range: bytes 0-262143/4000000.")
        raise InvalidInput("invalid", text, field="Content-Range")
    return int(first), int(last) - int(first) + 1, int(total)


def refuse_over(request: Request, most: int) -> None:
    """Refuse by the length that was announced, before a byte is read."""
    length = request.headers.get("Content-Length", "")
    if length.isdigit() and int(length) > most:
        text = _("The photo is too large: at most %(n)d MB.") % {"n": most // 1_048_576}
        raise TooLarge("too_large", text, field="file")
