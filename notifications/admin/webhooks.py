"""Other systems that are told: an administrator says which account's news go to which URL."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from backend import clock
from backend.accounts.models import User
from notifications.admin.wordings import LANGUAGES
from notifications.models import Way, Webhook
from notifications.planning import planned


class WebhookForm(forms.ModelForm[Webhook]):
    """A URL, and the account whose notifications it is told; by HTTPS outside development."""

    account = forms.ModelChoiceField(
        User.objects.filter(is_active=True),
        label=_("account"),
        help_text=_("The system is told what this account is told: its agency, or the centre."),
    )
    value = forms.URLField(label="URL", assume_scheme="https", max_length=2000)
    language = forms.ChoiceField(choices=LANGUAGES, label=_("language"))

    class Meta:
        model = Webhook
        fields = ("value", "language")

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        if self.instance.pk:
            self.initial["account"] = self.instance.person.removeprefix("user:")

    def clean_value(self) -> str:
        url: str = self.cleaned_data["value"]
        if not url.startswith("https://") and not settings.DEBUG:
            raise ValidationError(_("The address must begin with https://."))
        return url

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if given.get("account"):
            self.instance.person = f"user:{given['account'].pk}"
        self.instance.transport = Way.WEBHOOK
        same = Webhook.objects.exclude(pk=self.instance.pk).filter(
            person=self.instance.person, transport=Way.WEBHOOK, value=given.get("value", "")
        )
        if same.exists():
            raise ValidationError(_("This account has this address already."))
        return given


@admin.register(Webhook)
class WebhookAdmin(admin.ModelAdmin[Webhook]):
    """Only webhooks: people's own addresses are theirs, and nobody's to look through."""

    form = WebhookForm
    fields = ("account", "value", "language")
    list_display = ("value", "account", "language", "created_at", "dead_at", "dead_reason")
    actions = ("use_again",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Webhook]:
        return super().get_queryset(request).filter(transport=Way.WEBHOOK)

    @admin.display(description=_("account"))
    def account(self, webhook: Webhook) -> str:
        user = User.objects.filter(pk=webhook.person.removeprefix("user:")).first()
        return str(user or webhook.person)

    def save_model(self, request: HttpRequest, obj: Webhook, form: Any, change: bool) -> None:
        """An administrator's word is proof enough; what was changed is believed to live again."""
        obj.created_at = obj.created_at or clock.now()
        obj.confirmed_at, obj.dead_at, obj.dead_reason = clock.now(), None, ""
        super().save_model(request, obj, form, change)

    @admin.action(description=_("Use again"), permissions=["change"])
    def use_again(self, request: HttpRequest, chosen: QuerySet[Webhook]) -> None:
        chosen.update(dead_at=None, dead_reason="")
        planned.ring()
