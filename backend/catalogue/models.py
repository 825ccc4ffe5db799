"""The service catalogue: what can be reported, how urgent it is, and by when it is done."""

import uuid
from datetime import time

from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from backend.accounts.models import Agency


class Priority(models.TextChoices):
    """How urgent a matter is."""

    LOW = "low", _("Low")
    NORMAL = "normal", _("Normal")
    HIGH = "high", _("High")
    EMERGENCY = "emergency", _("Emergency")


class Clock(models.TextChoices):
    """Which hours a deadline counts."""

    CLOCK = "clock", _("Clock hours, day and night")
    WORKING = "working", _("Working hours")


class Intake(models.TextChoices):
    """Whether the operations centre looks at a report before it is routed."""

    AUTO = "auto", _("Routed at once")
    REVIEW = "review", _("Reviewed first")


class Weekday(models.IntegerChoices):
    """The days of a week as Python counts them, and the public holidays beside them."""

    MONDAY = 0, _("Monday")
    TUESDAY = 1, _("Tuesday")
    WEDNESDAY = 2, _("Wednesday")
    THURSDAY = 3, _("Thursday")
    FRIDAY = 4, _("Friday")
    SATURDAY = 5, _("Saturday")
    SUNDAY = 6, _("Sunday")
    HOLIDAY = 7, _("Public holidays")


class Named(models.Model):
    """Something with a code and a name in both languages."""

    code = models.CharField(_("code"), max_length=10, primary_key=True)
    name_vi = models.CharField(_("Vietnamese name"), max_length=200)
    name_en = models.CharField(_("English name"), max_length=200)
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        abstract = True
        ordering = ["order", "code"]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    @property
    def name(self) -> str:
        """The name in the reader's language."""
        return self.name_en if get_language() == "en" else self.name_vi


class Sector(Named):
    """A large group of categories, such as traffic."""

    class Meta(Named.Meta):
        verbose_name = _("sector")
        verbose_name_plural = _("sectors")


class Category(Named):
    """What a report is about, with the deadlines and rules that follow from it."""

    sector = models.ForeignKey(
        Sector, verbose_name=_("sector"), on_delete=models.PROTECT, related_name="categories"
    )
    responsible = models.CharField(_("responsible party"), max_length=40)
    level = models.CharField(_("level"), max_length=10)
    priority = models.CharField(
        _("priority"), max_length=10, choices=Priority.choices, default=Priority.NORMAL
    )
    ack_minutes = models.PositiveIntegerField(_("minutes to acknowledge"))
    resolve_minutes = models.PositiveIntegerField(_("minutes to resolve"))
    clock = models.CharField(_("hours counted"), max_length=10, choices=Clock.choices)
    intake = models.CharField(
        _("intake"), max_length=10, choices=Intake.choices, default=Intake.AUTO
    )
    restricted = models.BooleanField(
        _("restricted"),
        default=False,
        help_text=_("Never on the public map; the reporter is hidden from the agency."),
    )
    child = models.BooleanField(_("concerns children"), default=False)
    photo_required = models.BooleanField(_("a result needs a photo"), default=True)
    approval_required = models.BooleanField(_("a result needs approval"), default=False)
    join_radius_m = models.PositiveIntegerField(
        _("metres to join"),
        default=100,
        help_text=_("An open ticket so near is offered to join instead of reporting it again."),
    )
    join_days = models.PositiveSmallIntegerField(
        _("days to join"), default=30, help_text=_("Older tickets are not offered.")
    )
    reopen_days = models.PositiveSmallIntegerField(_("days to reopen"), default=15)
    hint_vi = models.CharField(_("Vietnamese hint"), max_length=300, blank=True)
    hint_en = models.CharField(_("English hint"), max_length=300, blank=True)
    supporting = models.JSONField(_("supporting agencies"), default=list, blank=True)
    questions = models.JSONField(_("questions"), default=list, blank=True)
    asset_layer = models.CharField(
        _("asset layer"),
        max_length=40,
        blank=True,
        default="",
        db_default="",
        help_text=_("A report of it may name an asset of this layer, such as light."),
    )
    active = models.BooleanField(_("active"), default=True)

    class Meta(Named.Meta):
        verbose_name = _("category")
        verbose_name_plural = _("categories")
        constraints = [
            models.CheckConstraint(
                name="category_child_is_restricted",
                condition=Q(child=False) | Q(restricted=True),
            )
        ]


class CalendarDay(models.Model):
    """A day worked, or not, unlike the national calendar says: by decree or by an agency."""

    agency = models.ForeignKey(
        Agency,
        verbose_name=_("agency"),
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        help_text=_("Empty: it holds for all."),
    )
    day = models.DateField(_("day"))
    worked = models.BooleanField(_("worked"))
    reason = models.CharField(_("reason or legal act"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("special day")
        verbose_name_plural = _("special days")
        ordering = ["-day"]
        constraints = [
            models.UniqueConstraint(
                fields=["agency", "day"], name="calendar_day_once_for_an_agency"
            ),
            models.UniqueConstraint(
                fields=["day"], condition=Q(agency__isnull=True), name="calendar_day_once_for_all"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day:%F} {self.reason}".strip()


class OfficeHours(models.Model):
    """Hours that an agency works on a day of the week, where they are not office hours.

    An agency with any row here works only what its rows say. Midnight as the end is 00:00.
    """

    agency = models.ForeignKey(Agency, verbose_name=_("agency"), on_delete=models.CASCADE)
    weekday = models.PositiveSmallIntegerField(_("day of the week"), choices=Weekday.choices)
    opens = models.TimeField(_("from"))
    shuts = models.TimeField(_("until"), help_text=_("00:00 is midnight, the end of the day."))

    class Meta:
        verbose_name = _("office hours")
        verbose_name_plural = _("office hours")
        ordering = ["agency", "weekday", "opens"]
        constraints = [
            models.UniqueConstraint(
                fields=["agency", "weekday", "opens"], name="office_hours_once"
            ),
            models.CheckConstraint(
                name="office_hours_end_after_they_begin",
                condition=Q(shuts__gt=models.F("opens")) | Q(shuts=time(0)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.agency} {self.get_weekday_display()} {self.opens:%H:%M}–{self.shuts:%H:%M}"


class CategorySuggestion(models.Model):
    """Which categories were suggested and which one was chosen; no words, and nobody's name."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    model = models.CharField(max_length=20)
    shown = models.JSONField()  # [{code, confidence}], the likeliest first
    chosen = models.CharField(max_length=10, blank=True)
    shown_at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = _("suggestion of a category")
        verbose_name_plural = _("suggestions of categories")
        ordering = ["-shown_at"]

    def __str__(self) -> str:
        return f"{self.shown_at:%F} {self.chosen}".strip()
