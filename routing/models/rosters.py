"""Duties that agencies take in turns, which a rule may name in place of an agency."""

from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from backend.accounts.models import Agency


class DutyRoster(models.Model):
    """A duty that agencies take in turns, such as the on-call drainage team."""

    code = models.CharField(_("code"), max_length=20, unique=True)
    name_vi = models.CharField(_("Vietnamese name"), max_length=120)
    name_en = models.CharField(_("English name"), max_length=120)

    class Meta:
        verbose_name = _("duty roster")
        verbose_name_plural = _("duty rosters")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name_en if get_language() == "en" else self.name_vi


class DutyShift(models.Model):
    """Which agency holds a roster from when until when; of two at once, the later begun."""

    roster = models.ForeignKey(
        DutyRoster, verbose_name=_("duty roster"), on_delete=models.CASCADE, related_name="shifts"
    )
    agency = models.ForeignKey(Agency, verbose_name=_("agency"), on_delete=models.PROTECT)
    begins_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"))

    class Meta:
        verbose_name = _("duty shift")
        verbose_name_plural = _("duty shifts")
        ordering = ["-begins_at"]
        constraints = [
            models.CheckConstraint(
                name="duty_shift_ends_after_it_begins",
                condition=Q(ends_at__gt=models.F("begins_at")),
            )
        ]

    def __str__(self) -> str:
        return f"{self.roster}: {self.agency} {self.begins_at:%F %H:%M}"
