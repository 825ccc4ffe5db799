from django.contrib import admin

from backend.catalogue.models import CalendarDay, Category, OfficeHours, Sector


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


@admin.register(CalendarDay)
class CalendarDayAdmin(admin.ModelAdmin[CalendarDay]):
    list_display = ["day", "worked", "agency", "reason"]
    list_filter = ["worked"]
    list_select_related = ["agency"]
    autocomplete_fields = ["agency"]
    date_hierarchy = "day"


@admin.register(OfficeHours)
class OfficeHoursAdmin(admin.ModelAdmin[OfficeHours]):
    list_display = ["agency", "weekday", "opens", "shuts"]
    list_select_related = ["agency"]
    autocomplete_fields = ["agency"]
