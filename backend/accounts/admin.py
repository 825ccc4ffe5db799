from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.http import HttpRequest

from backend.accounts.models import Agency, IdentityLook, Membership, User


class MembershipInline(admin.TabularInline[Membership, User]):
    model = Membership
    extra = 0
    autocomplete_fields = ["agency"]


@admin.register(User)
class PersonAdmin(UserAdmin[User]):
    """People, with their roles beside them."""

    inlines = [MembershipInline]
    list_display = ["username", "first_name", "last_name", "is_active", "last_login"]


@admin.register(Agency)
class AgencyAdmin(admin.ModelAdmin[Agency]):
    list_display = ["code", "name_vi", "name_en", "kind", "area_code", "active"]
    list_filter = ["kind", "active"]
    search_fields = ["code", "name_vi", "name_en"]
    autocomplete_fields = ["parent", "successor"]


@admin.register(IdentityLook)
class IdentityLookAdmin(admin.ModelAdmin[IdentityLook]):
    """Who looked at whose identity: to be read, never changed."""

    list_display = ["at", "user", "report_no"]
    list_filter = ["user"]
    search_fields = ["report_no"]
    date_hierarchy = "at"

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: IdentityLook | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: IdentityLook | None = None) -> bool:
        return False
