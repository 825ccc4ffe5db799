"""Notifications in the admin: to see what became of each, and to try one again."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from notifications.delivery import retry
from notifications.models import Notification
from notifications.planning import planned


@admin.register(Notification)
class NotificationAdmin(admin.ModelAdmin[Notification]):
    """Read only: what was said stays said."""

    list_display = (
        "at",
        "report_no",
        "kind",
        "transport",
        "state",
        "attempts",
        "next_at",
        "sent_at",
        "short_error",
    )
    list_filter = ("state", "transport", "kind", "urgent")
    search_fields = ("report_no", "person", "ticket__id")
    date_hierarchy = "at"
    ordering = ("-id",)
    show_full_result_count = False
    actions = ("try_again",)

    @admin.display(description=_("error"))
    def short_error(self, notification: Notification) -> str:
        return notification.error[:80]

    @admin.action(description=_("Try again now"), permissions=["retry"])
    def try_again(self, request: HttpRequest, chosen: QuerySet[Notification]) -> None:
        count = retry(list(chosen.values_list("pk", flat=True)))
        planned.ring()
        said = ngettext(
            "%(n)d notification will be tried again.",
            "%(n)d notifications will be tried again.",
            count,
        )
        self.message_user(request, said % {"n": count})

    def has_retry_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("notifications.change_notification")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Notification | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Notification | None = None) -> bool:
        return False
