"""Versions of all the rules together, and from when each is in force."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class RuleSet(models.Model):
    """All routing rules in one version. A draft changes; once published it never does again."""

    number = models.PositiveIntegerField(_("number"), unique=True)
    note = models.CharField(_("note"), max_length=300, blank=True)
    based_on = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT)
    made_by = models.CharField(_("made by"), max_length=64)
    made_at = models.DateTimeField(_("made at"))
    file_digest = models.CharField(max_length=64, blank=True, editable=False)

    class Meta:
        verbose_name = _("rule set")
        verbose_name_plural = _("rule sets")
        ordering = ["-number"]

    def __str__(self) -> str:
        return f"#{self.number} {self.note}".strip()


class Publication(models.Model):
    """From when a rule set is in force. Rolling back publishes an earlier one again."""

    rule_set = models.ForeignKey(RuleSet, on_delete=models.PROTECT, related_name="publications")
    from_at = models.DateTimeField(_("in force from"))
    rollback = models.BooleanField(_("rolled back to"), default=False)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    made_by = models.CharField(_("made by"), max_length=64)
    made_at = models.DateTimeField(_("made at"))
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True)

    class Meta:
        verbose_name = _("publication")
        verbose_name_plural = _("publications")
        ordering = ["-from_at", "-pk"]

    def __str__(self) -> str:
        return f"#{self.rule_set.number} {self.from_at:%F %H:%M}"
