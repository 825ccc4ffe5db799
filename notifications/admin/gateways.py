"""The gateways and the addresses as they stand: to be read, and a gateway to be tried now."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from notifications.models import Gateway, Webhook
from notifications.planning import planned


@admin.register(Gateway)
class GatewayAdmin(admin.ModelAdmin[Gateway]):
    """A gateway that fails is left alone for a while; a person may end that."""

    list_display = ("transport", "address", "failures", "closed_until", "error")
    actions = ("try_now",)

    @admin.display(description=_("address"))
    def address(self, gateway: Gateway) -> str:
        """Where a webhook is; other gateways are named by the settings."""
        _way, _colon, pk = gateway.pk.partition(":")
        webhook = Webhook.objects.filter(pk=pk).first() if pk else None
        return str(webhook or "")

    @admin.action(description=_("Try it now"), permissions=["retry"])
    def try_now(self, request: HttpRequest, chosen: QuerySet[Gateway]) -> None:
        chosen.update(closed_until=None, failures=0)
        planned.ring()

    def has_retry_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("notifications.change_gateway")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Gateway | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Gateway | None = None) -> bool:
        return False
