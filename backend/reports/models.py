"""What people said from the field. Words, place and pictures are never edited."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from backend.accounts.models import Device, User
from backend.catalogue.models import Category
from media.models import Upload


class Report(models.Model):
    """One person's words about one place; the phone chose its id, so sending twice keeps once."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    report_no = models.CharField(_("report number"), max_length=20, unique=True)
    device = models.ForeignKey(Device, null=True, on_delete=models.PROTECT, related_name="reports")
    user = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="reports")
    category = models.ForeignKey(Category, verbose_name=_("category"), on_delete=models.PROTECT)
    text = models.TextField(_("text"))
    folded = models.TextField(blank=True, default="", editable=False)  # geo.folding, to be found by
    lat = models.FloatField()
    lon = models.FloatField()
    accuracy_m = models.FloatField(null=True, blank=True)
    cell = models.BigIntegerField(null=True, blank=True, editable=False)  # H3, see geo.hexagons
    area_code = models.CharField(max_length=10, blank=True)
    area_version = models.BigIntegerField(null=True, blank=True)
    place_doubt = models.JSONField(default=list, blank=True)
    answers = models.JSONField(default=dict, blank=True)
    asset = models.JSONField(null=True, blank=True)  # that which was meant, as it was called
    contact = models.JSONField(default=dict, blank=True)
    anonymous = models.BooleanField(default=False)
    photos_expected = models.PositiveSmallIntegerField(default=0)
    joins = models.UUIDField(null=True, blank=True)
    drill = models.BooleanField(_("drill"), default=False)
    body_digest = models.CharField(max_length=64)
    captured_at = models.DateTimeField(null=True, blank=True)
    submitted_at = models.DateTimeField(_("submitted at"))
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("report")
        verbose_name_plural = _("reports")
        ordering = ["-submitted_at"]
        constraints = [
            models.CheckConstraint(
                name="report_has_one_reporter",
                condition=Q(device__isnull=True) ^ Q(user__isnull=True),
            ),
            models.CheckConstraint(
                name="report_lies_on_the_globe",
                condition=Q(lat__gte=-90, lat__lte=90, lon__gte=-180, lon__lte=180),
            ),
        ]
        indexes = [
            models.Index(fields=["device", "-submitted_at"], name="report_by_device"),
            models.Index(fields=["user", "-submitted_at"], name="report_by_user"),
            models.Index(fields=["cell", "-submitted_at"], name="report_by_cell"),
        ]

    def __str__(self) -> str:
        return self.report_no

    @property
    def reporter_key(self) -> str:
        """The key of the principal who sent it."""
        return f"device:{self.device_id}" if self.device_id else f"user:{self.user_id}"


class ReportPhoto(models.Model):
    """A picture of the scene, in the order in which it was sent."""

    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="photos")
    upload = models.ForeignKey(Upload, on_delete=models.PROTECT, related_name="+")
    order = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["order"]
        constraints = [
            models.UniqueConstraint(fields=["report", "upload"], name="report_photo_once")
        ]

    def __str__(self) -> str:
        return f"{self.report_id} {self.order}"
