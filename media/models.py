"""Photos as they were sent, and where their files lie."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class State(models.TextChoices):
    """What a photo is fit for."""

    READY = "ready", _("Ready")


class Upload(models.Model):
    """One photo of one owner: the file as sent, two pictures to show, and the camera's evidence."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.CharField(_("owner"), max_length=80)  # a principal's key
    sha256 = models.CharField(max_length=64)  # of the file as sent
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.READY)
    width = models.PositiveIntegerField(_("width"))
    height = models.PositiveIntegerField(_("height"))
    bytes = models.PositiveIntegerField(_("bytes"))
    original_name = models.CharField(max_length=120)
    view_name = models.CharField(max_length=120)
    thumb_name = models.CharField(max_length=120)
    evidence = models.JSONField(default=dict, blank=True)
    claimed_at = models.DateTimeField(_("claimed at"), null=True, blank=True)
    created_at = models.DateTimeField(_("created at"), default=timezone.now)

    class Meta:
        verbose_name = _("photo")
        verbose_name_plural = _("photos")
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(name="upload_once_per_owner", fields=["owner", "sha256"]),
            models.CheckConstraint(
                name="upload_state_known", condition=Q(state__in=[*State.values])
            ),
            models.CheckConstraint(
                name="upload_has_size", condition=Q(width__gt=0, height__gt=0, bytes__gt=0)
            ),
        ]
        indexes = [
            models.Index(
                name="upload_unclaimed",
                fields=["created_at"],
                condition=Q(claimed_at__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def file_names(self) -> tuple[str, str, str]:
        """The names of its files in the storage."""
        return self.original_name, self.view_name, self.thumb_name
