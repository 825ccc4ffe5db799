"""The texts in the admin: all of them as they stand, changed with a check and a preview."""

import unicodedata
from collections.abc import Iterator
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from backend.reports.numbers import normal
from backend.tickets.models import Ticket
from notifications import messages, sms
from notifications.models import Way, Wording
from notifications.story import Story
from notifications.texts import TEXTS
from notifications.wording import OWN_FACTS, facts_allowed, placeholders, wordings_of, words_of

EVENTS = sorted({event for texts in TEXTS.values() for event in texts})
AUDIENCES = {
    "reporter": _("Reporters"),
    "staff": _("The agency's desk"),
    "leader": _("Leaders"),
    "centre": _("The operations centre"),
    "follower": _("Followers of a ticket"),
    "area": _("Followers of an area"),
}
SAMPLES = {"code": "123456"}
"""What stands for the facts that no ticket has."""
LANGUAGES = [("vi", "Tiếng Việt"), ("en", "English")]


class WordingForm(forms.ModelForm[Wording]):
    """Refuses a text that nobody is told, or with a placeholder that this way may not have."""

    event = forms.ChoiceField(choices=[(event, event) for event in EVENTS], label=_("event"))
    audience = forms.ChoiceField(choices=list(AUDIENCES.items()), label=_("audience"))
    way = forms.ChoiceField(
        choices=[("", _("Every way")), *Way.choices], required=False, label=_("way")
    )
    language = forms.ChoiceField(choices=LANGUAGES, label=_("language"))

    class Meta:
        model = Wording
        fields = ("event", "audience", "way", "language", "title", "body")

    def clean_title(self) -> str:
        title = unicodedata.normalize("NFC", " ".join(self.cleaned_data["title"].split()))
        if not title.isprintable():
            raise ValidationError(_("A title holds only what can be shown."))
        if "{" in title or "}" in title:
            raise ValidationError(_("A title has no placeholders."))
        return title

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        event, audience = given.get("event", ""), given.get("audience", "")
        if event and audience and event not in TEXTS[audience]:
            self.add_error("audience", _("They are not told of this event."))
        if "body" in given:
            given["body"] = unicodedata.normalize("NFC", given["body"])
            self._check(given["body"], event, given.get("way", ""))
        return given

    def _check(self, body: str, event: str, way: str) -> None:
        if "{{" in body or "}}" in body:
            self.add_error("body", _("A brace opens or closes no placeholder."))
            return
        try:
            named = placeholders(body.splitlines())
        except ValueError:
            self.add_error("body", _("A brace opens or closes no placeholder."))
            return
        allowed = facts_allowed(event, way)
        if strange := sorted(named - allowed):
            said = gettext("Not here: %(names)s. Possible: %(allowed)s.") % {
                "names": ", ".join(strange),
                "allowed": ", ".join(sorted(allowed)),
            }
            self.add_error("body", said)


@admin.register(Wording)
class WordingAdmin(admin.ModelAdmin[Wording]):
    """What the province words otherwise; a text that is deleted here is the first one again."""

    form = WordingForm
    list_display = ("event", "audience", "way", "language", "title")
    list_filter = ("audience", "way", "language")
    search_fields = ("event", "title", "body")
    change_form_template = "notifications/admin/wording_form.html"
    change_list_template = "notifications/admin/wording_list.html"

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        own = [
            path("all/", view(self.show_all), name="notifications_wording_all"),
            path("preview/", view(self.preview), name="notifications_wording_preview"),
        ]
        return own + super().get_urls()

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Begin with the first text, where the address says which."""
        given: dict[str, Any] = dict(super().get_changeform_initial_data(request))
        text = TEXTS.get(given.get("audience", ""), {}).get(given.get("event", ""))
        if text:
            words = text.words(given.get("language", "vi"))
            given |= {"title": words.title, "body": "\n".join(words.sentences)}
        return given

    def show_all(self, request: HttpRequest) -> HttpResponse:
        """Show every text as it stands, with the way to change it."""
        _require(self.has_view_permission(request))
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("All texts"),
            "rows": list(_all_texts()),
            "opts": self.opts,
        }
        return render(request, "notifications/admin/wording_all.html", context)

    def preview(self, request: HttpRequest) -> HttpResponse:
        """Show what the form's text would say of a real ticket, and what it costs as an SMS."""
        _require(self.has_change_permission(request))
        form = WordingForm(request.POST)
        # Whether it is there already is the saving's affair.
        form.validate_unique = lambda: None  # type: ignore[method-assign]
        context = {**self.admin_site.each_context(request), "form": form, "opts": self.opts}
        ticket = _ticket(request.POST.get("preview_on", ""))
        if form.is_valid() and ticket is not None:
            context |= _told(form.instance, ticket)
        context["title"] = gettext("Preview")
        return render(request, "notifications/admin/wording_preview.html", context)


def _require(allowed: bool) -> None:
    """Not all who enter the administration may see tickets."""
    if not allowed:
        raise PermissionDenied


def _ticket(number: str) -> Ticket | None:
    """Return the ticket of this report's number, or the newest where none is said."""
    found = Ticket.objects.select_related("report", "category", "agency")
    if number.strip():
        found = found.filter(report_links__report__report_no=normal(number) or "")
    return found.order_by("-created_at").first()


def _told(wording: Wording, ticket: Ticket) -> dict[str, Any]:
    words = words_of(wording)
    if wording.event in OWN_FACTS:
        title, body = messages.render_words(words, SAMPLES)
    else:
        title, body = Story(wording.event, ticket).worded(words, wording.way, wording.language)
    return {
        "ticket": ticket,
        "told_title": title,
        "told_body": body,
        "costs": [
            (gettext("As it is"), sms.cost(body)),
            (gettext("Without marks"), sms.cost(sms.plain(body))),
        ],
    }


def _all_texts() -> Iterator[dict[str, Any]]:
    changed = {event: wordings_of(event) for event in EVENTS}
    for audience, texts in TEXTS.items():
        for event, text in texts.items():
            for language, _name in LANGUAGES:
                own = changed[event].get((audience, "", language))
                words = own or text.words(language)
                yield {
                    "event": event,
                    "audience": audience,
                    "audience_name": AUDIENCES[audience],
                    "language": language,
                    "title": words.title,
                    "body": " ".join(words.sentences),
                    "changed": own is not None,
                }
