from django.contrib import admin

from backend.catalogue.models import Category, Sector


@admin.register(Sector)
class SectorAdmin(admin.ModelAdmin[Sector]):
    list_display = ["code", "name_vi", "name_en", "order"]


@admin.register(Category)
class CategoryAdmin(admin.ModelAdmin[Category]):
    list_display = [
        "code",
        "name_vi",
        "sector",
        "priority",
        "ack_minutes",
        "resolve_minutes",
        "clock",
        "intake",
        "restricted",
        "active",
    ]
    list_filter = ["sector", "priority", "intake", "restricted", "active"]
    search_fields = ["code", "name_vi", "name_en"]
