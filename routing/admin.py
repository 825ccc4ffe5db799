"""Routing rules in the admin, their conditions chosen from lists instead of typed as codes."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from backend.accounts.models import Agency
from backend.catalogue.models import Category, Priority, Sector
from geo.models import Area
from routing.engine import OUTSIDE
from routing.models import Channel, Level, RoutingRule

Choices = list[tuple[str, Any]]


class RuleForm(forms.ModelForm[RoutingRule]):
    """A rule with each condition as a list to choose from."""

    answers = forms.CharField(
        required=False,
        label=_("answers"),
        help_text=_("Such as road=national; several separated by commas."),
    )

    class Meta:
        model = RoutingRule
        exclude = ["conditions_digest"]  # noqa: DJ006 - written by the model's own cleaning

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, choices in _choices().items():
            typed = self.fields[name]
            self.fields[name] = forms.MultipleChoiceField(
                choices=choices, required=False, label=typed.label, help_text=typed.help_text
            )
        self.initial["answers"] = ", ".join(self.instance.answers)

    def clean_answers(self) -> list[str]:
        return [each.strip() for each in self.cleaned_data["answers"].split(",") if each.strip()]


def _choices() -> dict[str, Choices]:
    categories = Category.objects.filter(active=True)
    agencies = Agency.objects.filter(active=True)
    return {
        "categories": [(each.code, str(each)) for each in categories],
        "sectors": [(each.code, str(each)) for each in Sector.objects.all()],
        "areas": [
            (OUTSIDE, _("in no unit")),
            *((each.code, str(each)) for each in Area.objects.filter(level="commune")),
        ],
        "levels": list(Level.choices),
        "priorities": list(Priority.choices),
        "channels": list(Channel.choices),
        "supporting": [(each.code, f"{each.code} {each}") for each in agencies],
    }


@admin.register(RoutingRule)
class RoutingRuleAdmin(admin.ModelAdmin[RoutingRule]):
    form = RuleForm
    list_display = [
        "name",
        "title_vi",
        "outcome",
        "agency",
        "categories",
        "sectors",
        "areas",
        "active",
    ]
    list_filter = ["active", "outcome"]
    list_select_related = ["agency"]
    search_fields = ["name", "title_vi", "title_en", "why_vi", "why_en"]
    autocomplete_fields = ["agency"]

    def has_delete_permission(self, request: HttpRequest, obj: RoutingRule | None = None) -> bool:
        """A rule is switched off, not deleted: tickets name the rule that sent them."""
        return False
