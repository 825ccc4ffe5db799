"""One routing rule: what it asks for, who follows from it, and what a row must not say."""

import hashlib
from collections.abc import Callable, Iterable
from typing import Any

import orjson
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from backend.accounts.models import Agency
from backend.catalogue.models import Category, Clock, Intake, Priority, Sector
from geo.models import Area
from routing import engine, times
from routing.choices import CONDITION_FIELDS, Channel, Level, Outcome, Reporter
from routing.models.rosters import DutyRoster
from routing.models.sets import RuleSet
from routing.rivals import rival_of


def _codes(label: Any, help_text: Any = "") -> "models.JSONField[Any, Any]":
    return models.JSONField(label, default=list, blank=True, help_text=help_text)


class RoutingRule(models.Model):
    """Conditions, each a list of codes of which one must hold, and the agency that follows.

    An empty list asks nothing. Go through `full_clean()` before saving: it puts the lists in
    order and writes `conditions_digest`, without which the database takes no row.
    """

    rule_set = models.ForeignKey(RuleSet, on_delete=models.CASCADE, related_name="rules")
    name = models.CharField(_("name"), max_length=120)
    title_vi = models.CharField(_("title in Vietnamese"), max_length=120, blank=True)
    title_en = models.CharField(_("title in English"), max_length=120, blank=True)
    categories = _codes(_("categories"))
    sectors = _codes(_("sectors"))
    areas = _codes(_("areas"), _("“outside” stands for a point in no unit."))
    levels = _codes(_("levels"))
    priorities = _codes(_("priorities"))
    channels = _codes(_("channels"))
    answers = _codes(_("answers"), _("Such as road=national."))
    assets = _codes(_("asset classes"), _("Such as road:national."))
    reporters = _codes(_("reporters"))
    hours = _codes(_("hours"), _("working, off, or such as 22:00-06:00."))
    days = _codes(_("days"), _("Such as 06-01..10-31, or 2026-06-01..2026-06-30."))
    outcome = models.CharField(_("outcome"), max_length=20, choices=Outcome.choices)
    agency = models.ForeignKey(
        Agency, verbose_name=_("agency"), null=True, blank=True, on_delete=models.PROTECT
    )
    roster = models.ForeignKey(
        DutyRoster, verbose_name=_("duty roster"), null=True, blank=True, on_delete=models.PROTECT
    )
    supporting = _codes(_("supporting agencies"), _("Besides those of the category."))
    priority = models.CharField(
        _("sets the priority"), max_length=10, blank=True, choices=Priority.choices
    )
    intake = models.CharField(
        _("sets the intake"), max_length=10, blank=True, choices=Intake.choices
    )
    ack_minutes = models.PositiveIntegerField(_("minutes to acknowledge"), null=True, blank=True)
    resolve_minutes = models.PositiveIntegerField(_("minutes to resolve"), null=True, blank=True)
    clock = models.CharField(_("hours counted"), max_length=10, blank=True, choices=Clock.choices)
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
                condition=Q(outcome=Outcome.AGENCY, agency__isnull=False, roster__isnull=True)
                | Q(outcome=Outcome.UNIT_COMMITTEE, agency__isnull=True, roster__isnull=True)
                | Q(outcome=Outcome.ROSTER, agency__isnull=True, roster__isnull=False),
                violation_error_message=_(
                    "Choose one: an agency, the unit's People's Committee, or a duty roster."
                ),
            ),
            models.UniqueConstraint(
                name="rule_conditions_once",
                fields=["rule_set", "conditions_digest"],
                condition=Q(active=True),
            ),
            models.UniqueConstraint(fields=["rule_set", "name"], name="rule_name_once_in_a_set"),
            models.CheckConstraint(name="rule_was_cleaned", condition=~Q(conditions_digest="")),
        ]

    def __str__(self) -> str:
        return self.called

    @property
    def called(self) -> str:
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
        for field, fits, said in _SHAPES:
            if wrong := [each for each in getattr(self, field) if not fits(each)]:
                faults[field] = said % {"codes": ", ".join(wrong)}
        if not faults and (rival := self._rival()):
            faults["__all__"] = _(
                "“%(this)s” and “%(other)s” are as specific and may match the same report. "
                "Say in one of them what sets it apart."
            ) % {"this": self.called, "other": rival.called}
        if faults:
            raise ValidationError(faults)

    def _rival(self) -> "RoutingRule | None":
        """Return a rule of the same set that nothing tells apart from this one."""
        if not self.active or self.rule_set_id is None:
            return None
        others = RoutingRule.objects.filter(rule_set=self.rule_set_id, active=True)
        rows = {row.name: row for row in others.exclude(pk=self.pk).select_related("agency")}
        rival = rival_of(self.as_rule(), (row.as_rule() for row in rows.values()))
        return rows[rival.name] if rival else None

    def _digest(self) -> str:
        asked = {name: getattr(self, field) for name, field in CONDITION_FIELDS.items()}
        return hashlib.sha256(orjson.dumps(asked, option=orjson.OPT_SORT_KEYS)).hexdigest()

    @property
    def lead(self) -> str:
        """Who is chosen, as the engine writes it."""
        if self.roster:
            return engine.ROSTER + self.roster.code
        return self.agency.code if self.agency else engine.UNIT_COMMITTEE

    @property
    def deadlines(self) -> dict[str, int | str]:
        """What the rule sets of the time that is given."""
        names = ("ack_minutes", "resolve_minutes", "clock")
        return {name: value for name in names if (value := getattr(self, name)) not in (None, "")}

    def as_rule(self) -> engine.Rule:
        """Return the rule as the engine knows it."""
        asked = {
            "priority_is" if name == "priority" else name: frozenset(getattr(self, field))
            for name, field in CONDITION_FIELDS.items()
        }
        return engine.Rule(
            name=self.name,
            lead=self.lead,
            supporting=tuple(self.supporting),
            priority=self.priority,
            intake=self.intake,
            deadlines=self.deadlines,
            title=engine.Name(self.title_vi or self.title_en, self.title_en or self.title_vi),
            why=engine.Name(self.why_vi, self.why_en),
            **asked,
        )


def _is_list(codes: Any) -> bool:
    return isinstance(codes, list) and all(isinstance(code, str) for code in codes)


def _is_answer(text: str) -> bool:
    question, equals, answer = text.partition("=")
    return bool(question and equals and answer)


def _is_asset(text: str) -> bool:
    layer, colon, kind = text.partition(":")
    return bool(layer and colon and kind)


_SHAPES: tuple[tuple[str, Callable[[str], bool], Any], ...] = (
    ("answers", _is_answer, _("Not like question=answer: %(codes)s.")),
    (
        "assets",
        lambda text: _is_answer(text.replace(":", "=")),
        _("Not like layer:class: %(codes)s."),
    ),
    ("hours", times.is_hours, _("Not like 22:00-06:00: %(codes)s.")),
    ("days", times.is_days, _("Not like 06-01..10-31: %(codes)s.")),
)


def _known_codes() -> dict[str, Iterable[str]]:
    communes = Area.objects.filter(level="commune")
    return {
        "categories": set(Category.objects.values_list("code", flat=True)),
        "sectors": set(Sector.objects.values_list("code", flat=True)),
        "areas": {engine.OUTSIDE, *communes.values_list("code", flat=True)},
        "levels": Level.values,
        "priorities": Priority.values,
        "reporters": Reporter.values,
        "channels": Channel.values,
        "supporting": set(Agency.objects.values_list("code", flat=True)),
    }
