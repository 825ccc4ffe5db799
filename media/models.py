"""Photos as they were sent, and where their files lie."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class State(models.TextChoices):
    """What a photo is fit for."""

    RECEIVED = "received", _("Received")
    READY = "ready", _("Ready")
    REFUSED = "refused", _("Refused")


class Upload(models.Model):
    """One photo of one owner: the file as sent, the copies to show, and the camera's evidence.

    `revision` counts how often the copies were made anew; it is part of their names and of every
    link to them, so what was shown before a redaction cannot be reached after it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.CharField(_("owner"), max_length=80)  # a principal's key
    sha256 = models.CharField(max_length=64)  # of the file as sent
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.RECEIVED)
    refusal = models.CharField(_("refused for"), max_length=40, blank=True)
    width = models.PositiveIntegerField(_("width"))
    height = models.PositiveIntegerField(_("height"))
    bytes = models.PositiveIntegerField(_("bytes"))
    original_name = models.CharField(max_length=120)
    revision = models.PositiveIntegerField(default=1)
    view_name = models.CharField(max_length=120, blank=True)
    thumb_name = models.CharField(max_length=120, blank=True)
    evidence = models.JSONField(default=dict, blank=True)
    likeness = models.CharField(max_length=16, blank=True)
    found = models.JSONField(null=True, blank=True)  # what may have to be covered; null: not looked
    boxes = models.JSONField(default=list, blank=True)  # what is covered
    released_at = models.DateTimeField(_("released at"), null=True, blank=True)
    released_by = models.CharField(max_length=80, blank=True)  # a principal's key
    attempts = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True, blank=True)
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
            models.CheckConstraint(
                name="upload_ready_has_copies",
                condition=~Q(state="ready") | (~Q(view_name="") & ~Q(thumb_name="")),
            ),
            models.CheckConstraint(
                name="upload_refused_says_why", condition=~Q(state="refused") | ~Q(refusal="")
            ),
        ]
        indexes = [
            models.Index(
                name="upload_unclaimed",
                fields=["created_at"],
                condition=Q(claimed_at__isnull=True),
            ),
            models.Index(
                name="upload_to_develop", fields=["created_at"], condition=Q(state="received")
            ),
            models.Index(
                name="upload_to_look_through",
                fields=["created_at"],
                condition=Q(state="ready", found__isnull=True),
            ),
            models.Index(name="upload_of_owner", fields=["owner", "-created_at"]),
        ]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def copy_names(self) -> tuple[str, ...]:
        """The names of the copies that are shown, each as WebP and as JPEG."""
        names = [name for name in (self.view_name, self.thumb_name) if name]
        return tuple(each for name in names for each in (name, as_jpeg(name)))


def as_jpeg(name: str) -> str:
    """Return the name of a WebP copy's twin for browsers that know no WebP."""
    return f"{name.removesuffix('.webp')}.jpg"


class LikenessPart(models.Model):
    """A quarter of a photo's likeness: two that differ in at most 3 bits share a quarter."""

    upload = models.ForeignKey(Upload, on_delete=models.CASCADE, related_name="likeness_parts")
    part = models.PositiveSmallIntegerField()
    bits = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="likeness_part_once", fields=["upload", "part"])
        ]
        indexes = [models.Index(name="likeness_by_bits", fields=["part", "bits"])]

    def __str__(self) -> str:
        return f"{self.upload_id} {self.part}: {self.bits:04x}"


class PartialUpload(models.Model):
    """A photo that is on its way in pieces; its id becomes the photo's."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.CharField(max_length=80)
    sha256 = models.CharField(max_length=64)
    bytes = models.PositiveIntegerField()
    offset = models.PositiveIntegerField(default=0)
    pieces = models.JSONField(default=list)  # names of files, in order
    created_at = models.DateTimeField()
    touched_at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = _("photo on its way")
        verbose_name_plural = _("photos on their way")
        constraints = [
            models.UniqueConstraint(name="partial_once_per_owner", fields=["owner", "sha256"]),
            models.CheckConstraint(
                name="partial_not_too_long", condition=Q(offset__lte=models.F("bytes"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.id} {self.offset}/{self.bytes}"
