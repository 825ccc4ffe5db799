"""Photos in the admin, to be counted and not looked at: no picture, owner or evidence is shown."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from media.models import Upload


@admin.register(Upload)
class UploadAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("id", "state", "width", "height", "bytes", "created_at", "claimed_at")
    list_filter = ["state", "created_at"]
    fields = ("id", "state", "width", "height", "bytes", "created_at", "claimed_at")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
