"""/api/v1/categories/suggest: what a report may be about, by its words; only ever a suggestion."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.api.http import IsKnown
from backend.api.report_shapes import TEXT_MAX
from backend.api.throttling import Suggestions
from backend.catalogue.guesses import suggest


class SuggestInput(serializers.Serializer[Any]):
    text = serializers.CharField(max_length=TEXT_MAX)


class GuessOutput(serializers.Serializer[Any]):
    code = serializers.CharField()
    confidence = serializers.FloatField(help_text="From 0 to 1.")


class SuggestionOutput(serializers.Serializer[Any]):
    id = serializers.UUIDField(
        allow_null=True,
        help_text="To be sent with the report as `suggestion`; null where there is none.",
    )
    results = GuessOutput(many=True)


class CategorySuggest(APIView):
    """POST /api/v1/categories/suggest: at most three, the likeliest first; the text is not kept."""

    permission_classes = [IsKnown]
    throttle_classes = [Suggestions]

    @extend_schema(request=SuggestInput, responses=SuggestionOutput)
    def post(self, request: Request) -> Response:
        given = SuggestInput(data=request.data)
        given.is_valid(raise_exception=True)
        shown, guesses = suggest(given.validated_data["text"])
        rows = [{"code": guess.code, "confidence": guess.confidence} for guess in guesses]
        return Response({"id": str(shown) if shown else None, "results": rows})
