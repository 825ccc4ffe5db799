"""How the ways out are doing, and what people changed in the texts."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from backend.reports.models import Report


class Gateway(models.Model):
    """What all senders know of one transport's gateway: how often it failed in a row, and when
    it may be asked again.

    Each webhook is a gateway of its own: "webhook:" and its address's id.
    """

    transport = models.CharField(_("gateway"), max_length=40, primary_key=True)
    failures = models.PositiveIntegerField(_("failures in a row"), default=0)
    closed_until = models.DateTimeField(_("left alone until"), null=True, blank=True)
    error = models.TextField(_("error"), blank=True)

    class Meta:
        verbose_name = _("gateway")
        verbose_name_plural = _("gateways")

    def __str__(self) -> str:
        return self.transport


class Wording(models.Model):
    """A text that the province changed: one event, audience, way and language.

    `body` has one sentence a line; a sentence whose facts are missing is left out.
    """

    event = models.CharField(_("event"), max_length=40)
    audience = models.CharField(_("audience"), max_length=10)
    way = models.CharField(
        _("way"), max_length=10, blank=True, help_text=_("Blank holds for every way.")
    )
    language = models.CharField(_("language"), max_length=5)
    title = models.CharField(_("title"), max_length=100)
    body = models.TextField(_("text"), help_text=_("One sentence a line."))

    class Meta:
        verbose_name = _("text")
        verbose_name_plural = _("texts")
        ordering = ["event", "audience", "way", "language"]
        constraints = [
            models.UniqueConstraint(
                fields=["event", "audience", "way", "language"], name="wording_once_each"
            )
        ]

    def __str__(self) -> str:
        return f"{self.event} {self.audience} {self.way} {self.language}"


class Asked(models.Model):
    """A report whose sender was asked, four weeks after it was resolved, whether it is fixed."""

    report = models.OneToOneField(Report, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("question asked")
        verbose_name_plural = _("questions asked")

    def __str__(self) -> str:
        return f"{self.report_id} {self.at:%F}"
