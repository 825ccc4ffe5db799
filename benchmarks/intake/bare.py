"""The peer: a report and an event row by Django REST Framework, and nothing else.

The shape is that of ours (an id of the phone, category, text, place); no sign-in, no place looked
up, no routing, no log. Uploads are kept as they come.
"""

import os
import tempfile

import dj_database_url
import django
from django.conf import settings

BARE_URL = os.environ["DATABASE_URL"]
settings.configure(
    SECRET_KEY="bare",
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF=__name__,
    DATABASES={
        "default": dict(dj_database_url.parse(BARE_URL))
        | {"OPTIONS": {"pool": {"min_size": 1, "max_size": 10, "timeout": 20}}}
    },
    INSTALLED_APPS=["rest_framework"],
    MIDDLEWARE=["django.middleware.common.CommonMiddleware"],
    MEDIA_ROOT=tempfile.gettempdir() + "/hientruong-bare",
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    USE_TZ=True,
    REST_FRAMEWORK={
        "DEFAULT_AUTHENTICATION_CLASSES": [],
        "DEFAULT_PERMISSION_CLASSES": [],
        "UNAUTHENTICATED_USER": None,
    },
)
django.setup()

from django.core.asgi import get_asgi_application
from django.core.files.storage import default_storage
from django.db import connection, models, transaction
from django.http import JsonResponse
from django.urls import path
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView


class Report(models.Model):
    """What was sent."""

    id = models.UUIDField(primary_key=True)
    category = models.CharField(max_length=10)
    text = models.TextField()
    lat = models.FloatField()
    lon = models.FloatField()
    accuracy_m = models.FloatField(null=True)
    submitted_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        app_label = "bare"


class Event(models.Model):
    """That it was sent."""

    type = models.CharField(max_length=40)
    at = models.DateTimeField(auto_now_add=True)
    data = models.JSONField()

    class Meta:
        app_label = "bare"


class LocationInput(serializers.Serializer):
    lat = serializers.FloatField(min_value=-90, max_value=90)
    lon = serializers.FloatField(min_value=-180, max_value=180)
    accuracy_m = serializers.FloatField(required=False, allow_null=True)


class ReportInput(serializers.Serializer):
    id = serializers.UUIDField()
    category = serializers.CharField(max_length=10)
    text = serializers.CharField(max_length=4000)
    location = LocationInput()


class Reports(APIView):
    def post(self, request):
        given = ReportInput(data=request.data)
        given.is_valid(raise_exception=True)
        fields = dict(given.validated_data)
        with transaction.atomic():
            place = dict(fields.pop("location"))
            report = Report(**fields, **place)
            report.save(force_insert=True)
            Event.objects.create(type="report.submitted", data={"id": str(report.id)})
        return Response({"id": str(report.id), "category": report.category}, status=201)


class Uploads(APIView):
    def post(self, request):
        name = default_storage.save("photo.jpg", request.data["file"])
        return Response({"id": name}, status=201)


urlpatterns = [
    path("api/v1/reports", Reports.as_view()),
    path("api/v1/uploads", Uploads.as_view()),
    path("health/live", lambda _request: JsonResponse({"status": "ok"})),
]


def make_tables() -> None:
    with connection.schema_editor() as editor:
        editor.create_model(Report)
        editor.create_model(Event)


application = get_asgi_application()

if __name__ == "__main__":
    make_tables()
