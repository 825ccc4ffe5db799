"""People, the agencies they serve, and the devices that report."""

import uuid

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """What a person does here; see docs/glossary.md."""

    OFFICER = "officer", _("Field officer")
    DISPATCHER = "dispatcher", _("Dispatcher")
    AGENCY_LEADER = "agency_leader", _("Agency leader")
    OPERATIONS_CENTRE = "operations_centre", _("Operations centre")
    PROVINCIAL_LEADER = "provincial_leader", _("Provincial leader")
    ADMINISTRATOR = "administrator", _("Administrator")


AGENCY_ROLES = (Role.DISPATCHER, Role.AGENCY_LEADER)


class User(AbstractUser):
    """A member of staff who signs in. Citizens have a Device and need no account."""

    locale = models.CharField(_("language"), max_length=5, default="vi")

    def __str__(self) -> str:
        return self.get_full_name() or self.username


class Agency(models.Model):
    """Who handles tickets: a commune's People's Committee, a department, a utility."""

    code = models.CharField(_("code"), max_length=20, unique=True)
    kind = models.CharField(_("kind"), max_length=20)
    name_vi = models.CharField(_("Vietnamese name"), max_length=200)
    name_en = models.CharField(_("English name"), max_length=200)
    area_code = models.CharField(_("area code"), max_length=10, blank=True, db_index=True)
    parent = models.ForeignKey(
        "self", verbose_name=_("parent"), null=True, blank=True, on_delete=models.PROTECT
    )
    active = models.BooleanField(_("active"), default=True)
    successor = models.ForeignKey(
        "self",
        verbose_name=_("successor"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="predecessors",
        help_text=_("Who takes over what this agency did, once it is no longer active."),
    )

    class Meta:
        verbose_name = _("agency")
        verbose_name_plural = _("agencies")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The name in the reader's language."""
        return self.name_en if get_language() == "en" else self.name_vi


class Membership(models.Model):
    """A role that a person holds, in an agency where the role belongs to one."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(_("role"), max_length=20, choices=Role.choices)
    agency = models.ForeignKey(
        Agency, null=True, blank=True, on_delete=models.PROTECT, related_name="memberships"
    )

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints = [
            models.CheckConstraint(
                name="membership_agency_fits_role",
                condition=Q(role__in=AGENCY_ROLES, agency__isnull=False)
                | (~Q(role__in=AGENCY_ROLES) & Q(agency__isnull=True)),
            ),
            models.UniqueConstraint(
                fields=["user", "role", "agency"], name="membership_once_in_an_agency"
            ),
            models.UniqueConstraint(
                fields=["user", "role"],
                condition=Q(agency__isnull=True),
                name="membership_once_without_agency",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.role} {self.agency or ''}".strip()


class Device(models.Model):
    """An installation of the app; whoever holds its token, of which we keep a digest, reports."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    token_digest = models.BinaryField(max_length=32)
    platform = models.CharField(max_length=20)
    locale = models.CharField(max_length=5, default="vi")
    push_transport = models.CharField(max_length=10, blank=True)
    push_address = models.TextField(blank=True)
    created_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()

    class Meta:
        verbose_name = _("device")
        verbose_name_plural = _("devices")

    def __str__(self) -> str:
        return f"{self.platform} {self.id}"


class Consent(models.Model):
    """A yes to one purpose, with the version of the text that was shown. Never assumed."""

    device = models.ForeignKey(Device, null=True, on_delete=models.CASCADE, related_name="consents")
    user = models.ForeignKey(User, null=True, on_delete=models.CASCADE, related_name="consents")
    purpose = models.CharField(max_length=40)
    text_version = models.CharField(max_length=20)
    given_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        constraints = [
            models.CheckConstraint(
                name="consent_of_one_giver",
                condition=Q(device__isnull=True) ^ Q(user__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return f"{self.purpose} ({self.text_version})"


class IdentityLook(models.Model):
    """Somebody looked at who sent a report: the law asks that every look is kept."""

    user = models.ForeignKey(User, on_delete=models.PROTECT)
    report_no = models.CharField(max_length=20)
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("look at an identity")
        verbose_name_plural = _("looks at identities")

    def __str__(self) -> str:
        return f"{self.user} {self.report_no}"
