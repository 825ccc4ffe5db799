"""What a body may hold: JSON in UTF-8, within the limit."""

from collections.abc import Mapping
from typing import IO, Any

import orjson
from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser
from rest_framework.renderers import JSONRenderer


class PlainJSON(BaseParser):
    """JSON as RFC 8259 has it: no NaN, no half of a surrogate pair, no tower of brackets."""

    media_type = "application/json"
    renderer_class = JSONRenderer

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        most = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        announced = parser_context["request"].META.get("CONTENT_LENGTH") if parser_context else ""
        if announced and announced.isdecimal() and int(announced) > most:
            raise RequestDataTooBig
        # DRF hands the stream itself over, which Django's own limit never sees.
        content = stream.read(most + 1)
        if len(content) > most:
            raise RequestDataTooBig
        try:
            return orjson.loads(content)
        except orjson.JSONDecodeError:
            raise ParseError(_("This is no JSON.")) from None
