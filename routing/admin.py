"""Duty rosters are kept in the admin; rules have a page of their own and are only read here."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from routing.models import DutyRoster, DutyShift, RoutingRule


class ShiftInline(admin.TabularInline[DutyShift, DutyRoster]):
    model = DutyShift
    extra = 0
    autocomplete_fields = ["agency"]


@admin.register(DutyRoster)
class DutyRosterAdmin(admin.ModelAdmin[DutyRoster]):
    list_display = ["code", "name_vi", "name_en"]
    inlines = [ShiftInline]


@admin.register(RoutingRule)
class RoutingRuleAdmin(admin.ModelAdmin[RoutingRule]):
    """Tickets name the rule that sent them: it can be found, in the set that it belongs to."""

    list_display = ["name", "rule_set", "title_vi", "outcome", "agency", "active"]
    list_filter = ["active", "outcome", "rule_set"]
    list_select_related = ["agency", "rule_set"]
    search_fields = ["name", "title_vi", "title_en", "why_vi", "why_en"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
