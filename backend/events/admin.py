from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from backend.events.delivery import try_again
from backend.events.models import Checkpoint, SkippedEvent, SweepTurn


class ReadOnly:
    """The log's own tables are looked at, not edited."""

    def has_add_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


@admin.register(Checkpoint)
class CheckpointAdmin(ReadOnly, admin.ModelAdmin[Checkpoint]):
    list_display = ["subscriber", "position", "attempts", "retry_at"]
    readonly_fields = ["subscriber", "position", "attempts", "retry_at", "error"]


@admin.register(SkippedEvent)
class SkippedEventAdmin(ReadOnly, admin.ModelAdmin[SkippedEvent]):
    list_display = ["subscriber", "position", "skipped_at", "handled_at", "error"]
    list_filter = ["subscriber", ("handled_at", admin.EmptyFieldListFilter)]
    readonly_fields = ["subscriber", "position", "skipped_at", "handled_at", "error"]
    actions = ["give_again"]

    @admin.action(description=_("Try again"))
    def give_again(self, request: HttpRequest, chosen: QuerySet[SkippedEvent]) -> None:
        for skipped in chosen.filter(handled_at=None).order_by("position"):
            try:
                try_again(skipped.pk)
            except Exception as error:
                text = _("%(entry)s failed again: %(error)r") % {"entry": skipped, "error": error}
                self.message_user(request, text, messages.ERROR)
            else:
                text = _("%(entry)s was handled.") % {"entry": skipped}
                self.message_user(request, text, messages.SUCCESS)


@admin.register(SweepTurn)
class SweepTurnAdmin(ReadOnly, admin.ModelAdmin[SweepTurn]):
    list_display = ["name", "ran_at", "next_at"]
    readonly_fields = ["name", "ran_at", "next_at"]
