"""Which agency answers for what, as rows that a province edits."""

import hashlib
from collections.abc import Iterable
from typing import Any

import orjson
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from backend.accounts.models import Agency
from backend.catalogue.models import Category, Intake, Priority, Sector
from geo.models import Area
from routing import engine


class Level(models.TextChoices):
    """Which tier the catalogue says that a category is handled at."""

    COMMUNE = "commune", _("Commune level")
    PROVINCE = "province", _("Province")


class Channel(models.TextChoices):
    """Who sent the report."""

    CITIZEN = "citizen", _("A citizen's device")
    OFFICER = "officer", _("A field officer")
    STAFF = "staff", _("Other staff")


class Outcome(models.TextChoices):
    """Who is chosen."""

    UNIT_COMMITTEE = engine.UNIT_COMMITTEE, _("The People's Committee of the unit")
    AGENCY = "agency", _("A certain agency")


CONDITION_FIELDS = {
    "answers": "answers",
    "category": "categories",
    "area": "areas",
    "sector": "sectors",
    "priority": "priorities",
    "level": "levels",
    "channel": "channels",
}
"""The engine's conditions and the fields that hold them."""


def _codes(label: Any, help_text: Any = "") -> "models.JSONField[Any, Any]":
    return models.JSONField(label, default=list, blank=True, help_text=help_text)


class RoutingRule(models.Model):
    """Conditions, each a list of codes of which one must hold, and the agency that follows.

    An empty list asks nothing. Go through `full_clean()` before saving: it puts the lists in
    order and writes `conditions_digest`, without which the database takes no row.
    """

    name = models.CharField(_("name"), max_length=120, unique=True)
    title_vi = models.CharField(_("title in Vietnamese"), max_length=120, blank=True)
    title_en = models.CharField(_("title in English"), max_length=120, blank=True)
    categories = _codes(_("categories"))
    sectors = _codes(_("sectors"))
    areas = _codes(_("areas"), _("“outside” stands for a point in no unit."))
    levels = _codes(_("levels"))
    priorities = _codes(_("priorities"))
    channels = _codes(_("channels"))
    answers = _codes(_("answers"), _("Such as road=national."))
    outcome = models.CharField(_("outcome"), max_length=20, choices=Outcome.choices)
    agency = models.ForeignKey(
        Agency, verbose_name=_("agency"), null=True, blank=True, on_delete=models.PROTECT
    )
    supporting = _codes(_("supporting agencies"), _("Besides those of the category."))
    priority = models.CharField(
        _("sets the priority"), max_length=10, blank=True, choices=Priority.choices
    )
    intake = models.CharField(
        _("sets the intake"), max_length=10, blank=True, choices=Intake.choices
    )
    why_vi = models.CharField(_("reason in Vietnamese"), max_length=300, blank=True)
    why_en = models.CharField(_("reason in English"), max_length=300, blank=True)
    active = models.BooleanField(_("active"), default=True)
    conditions_digest = models.CharField(max_length=64, editable=False)

    class Meta:
        verbose_name = _("routing rule")
        verbose_name_plural = _("routing rules")
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                name="rule_names_an_agency_or_the_unit",
                condition=Q(outcome=Outcome.AGENCY, agency__isnull=False)
                | Q(outcome=Outcome.UNIT_COMMITTEE, agency__isnull=True),
                violation_error_message=_(
                    "Choose an agency, or the unit's People's Committee; not both."
                ),
            ),
            models.UniqueConstraint(
                name="rule_conditions_once",
                fields=["conditions_digest"],
                condition=Q(active=True),
            ),
            models.CheckConstraint(name="rule_was_cleaned", condition=~Q(conditions_digest="")),
        ]

    def __str__(self) -> str:
        return self.title or self.name

    @property
    def title(self) -> str:
        """What the reader's language calls it; blank where only its key is known."""
        first, second = self.title_vi, self.title_en
        if get_language() == "en":
            first, second = second, first
        return first or second

    def clean_fields(self, exclude: Any = None) -> None:
        """Put the lists in order before anything looks at them."""
        lists = (*CONDITION_FIELDS.values(), "supporting")
        wrong = [field for field in lists if not _is_list(getattr(self, field))]
        if wrong:
            self.conditions_digest = ""
            raise ValidationError({field: _("Give a list of codes.") for field in wrong})
        for field in lists:
            setattr(self, field, sorted({code.strip() for code in getattr(self, field)} - {""}))
        self.conditions_digest = self._digest()
        super().clean_fields(exclude)

    def clean(self) -> None:
        if not self.conditions_digest:
            return  # The lists are none, which has been said.
        faults: dict[str, Any] = {}
        for field, known in _known_codes().items():
            unknown = [code for code in getattr(self, field) if code not in known]
            if unknown:
                faults[field] = _("Unknown: %(codes)s.") % {"codes": ", ".join(unknown)}
        if wrong := [each for each in self.answers if not _is_answer(each)]:
            faults["answers"] = _("Not like question=answer: %(codes)s.") % {
                "codes": ", ".join(wrong)
            }
        if twin := self._twin():
            faults["__all__"] = _("The rule “%(name)s” has the same conditions.") % {
                "name": twin.name
            }
        if faults:
            raise ValidationError(faults)

    def _twin(self) -> "RoutingRule | None":
        if not self.active:
            return None
        same = RoutingRule.objects.filter(active=True, conditions_digest=self.conditions_digest)
        return same.exclude(pk=self.pk).first()

    def _digest(self) -> str:
        asked = {name: getattr(self, field) for name, field in CONDITION_FIELDS.items()}
        return hashlib.sha256(orjson.dumps(asked, option=orjson.OPT_SORT_KEYS)).hexdigest()

    def as_rule(self) -> engine.Rule:
        """Return the rule as the engine knows it."""
        asked = {
            "priority_is" if name == "priority" else name: frozenset(getattr(self, field))
            for name, field in CONDITION_FIELDS.items()
        }
        return engine.Rule(
            name=self.name,
            lead=self.agency.code if self.agency else engine.UNIT_COMMITTEE,
            supporting=tuple(self.supporting),
            priority=self.priority,
            intake=self.intake,
            title=engine.Name(self.title_vi or self.title_en, self.title_en or self.title_vi),
            why=engine.Name(self.why_vi, self.why_en),
            **asked,
        )


def _is_list(codes: Any) -> bool:
    return isinstance(codes, list) and all(isinstance(code, str) for code in codes)


def _is_answer(text: str) -> bool:
    question, equals, answer = text.partition("=")
    return bool(question and equals and answer)


def _known_codes() -> dict[str, Iterable[str]]:
    communes = Area.objects.filter(level="commune")
    return {
        "categories": set(Category.objects.values_list("code", flat=True)),
        "sectors": set(Sector.objects.values_list("code", flat=True)),
        "areas": {engine.OUTSIDE, *communes.values_list("code", flat=True)},
        "levels": Level.values,
        "priorities": Priority.values,
        "channels": Channel.values,
        "supporting": set(Agency.objects.values_list("code", flat=True)),
    }
