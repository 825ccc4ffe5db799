"""Areas in the admin, to be read: they change by loading a file with its day and its act."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from geo.models import Area, AreaVersion


class _ReadOnly:
    """Nothing is added, changed or removed by hand."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class AreaVersionInline(_ReadOnly, admin.TabularInline):  # type: ignore[type-arg]
    model = AreaVersion
    fields = ["valid_from", "valid_to", "kind", "name_vi", "name_en", "legal_act", "approximate"]


@admin.register(Area)
class AreaAdmin(_ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ["code", "name_vi", "name_en", "kind", "parent"]
    list_filter = ["level", "kind"]
    list_select_related = ["parent"]
    search_fields = ["code", "name_vi", "name_en"]
    inlines = [AreaVersionInline]
