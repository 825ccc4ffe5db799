"""The work that reports ask for, and what was said about it."""

import uuid
from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from backend import clock
from backend.accounts.models import Agency, User
from backend.catalogue.models import Category, Priority
from backend.reports.models import Report
from backend.tickets.cell_models import CellChange, CellCount
from backend.tickets.lifecycle import AWAITS_AGENCY, DONE, Status
from media.models import Upload

__all__ = ["CellChange", "CellCount"]

WITHOUT_AGENCY = [Status.SUBMITTED, Status.NEED_INFO, Status.RETURNED, *sorted(DONE)]


class Ticket(models.Model):
    """The work that one or more reports ask for, led by at most one agency at a time."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    version = models.PositiveIntegerField(default=1)
    status = models.CharField(
        _("status"),
        max_length=16,
        choices=[(status.value, status.value) for status in Status],
        default=Status.SUBMITTED,
    )
    category = models.ForeignKey(Category, verbose_name=_("category"), on_delete=models.PROTECT)
    priority = models.CharField(_("priority"), max_length=10, choices=Priority.choices)
    agency = models.ForeignKey(
        Agency, verbose_name=_("agency"), null=True, blank=True, on_delete=models.PROTECT
    )
    supporting = models.ManyToManyField(Agency, related_name="supports", blank=True)
    assignee = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT)
    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="+")
    lat = models.FloatField()
    lon = models.FloatField()
    cell = models.BigIntegerField(null=True, blank=True, editable=False)  # H3, see geo.hexagons
    area_code = models.CharField(max_length=10, blank=True)
    address = models.CharField(max_length=300, blank=True)
    routing = models.JSONField(default=dict, blank=True)
    restricted = models.BooleanField(default=False)
    published = models.BooleanField(default=False)
    merged_into = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT)
    created_at = models.DateTimeField(_("created at"))
    updated_at = models.DateTimeField(_("updated at"))
    ack_due_at = models.DateTimeField(null=True, blank=True)
    resolve_due_at = models.DateTimeField(null=True, blank=True)
    first_resolve_due_at = models.DateTimeField(null=True, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)
    due_soon_at = models.DateTimeField(null=True, blank=True)
    due_soon_told = models.DateTimeField(null=True, blank=True)
    overdue_told = models.DateTimeField(null=True, blank=True)
    rung = models.PositiveSmallIntegerField(default=0)
    climbs_at = models.DateTimeField(null=True, blank=True)
    info_due_at = models.DateTimeField(null=True, blank=True)
    info_reminded = models.DateTimeField(null=True, blank=True)
    accepted_at = models.DateTimeField(null=True, blank=True)
    resolved_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("ticket")
        verbose_name_plural = _("tickets")
        ordering = ["-created_at", "id"]
        constraints = [
            models.CheckConstraint(
                name="ticket_at_work_has_an_agency",
                condition=Q(status__in=WITHOUT_AGENCY) | Q(agency__isnull=False),
            ),
            models.CheckConstraint(
                name="ticket_merged_says_into_which",
                condition=~Q(status=Status.MERGED) | Q(merged_into__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["-created_at", "id"], name="ticket_by_age"),
            models.Index(fields=["agency", "status", "-created_at"], name="ticket_of_agency"),
            models.Index(fields=["status", "due_at"], name="ticket_by_deadline"),
            models.Index(
                fields=["due_soon_at"],
                condition=Q(due_at__isnull=False),
                name="ticket_with_a_deadline",
            ),
            models.Index(fields=["lat", "lon"], name="ticket_by_place"),
            models.Index(fields=["cell", "status"], name="ticket_by_cell"),
            models.Index(fields=["category", "-created_at"], name="ticket_by_category"),
        ]

    def __str__(self) -> str:
        return f"{self.report.report_no} {self.status}"

    @property
    def state(self) -> Status:
        return Status(self.status)

    @property
    def hours_counted(self) -> str:
        """Which hours its deadlines count: a routing rule's word, else its category's."""
        given: str = self.routing.get("deadlines", {}).get("clock", self.category.clock)
        return given

    def overdue_at(self, moment: datetime) -> bool:
        return self.due_at is not None and self.due_at < moment

    @property
    def overdue(self) -> bool:
        """Past the deadline that counts now: to acknowledge, then to resolve."""
        return self.overdue_at(clock.now())

    @property
    def due_soon(self) -> bool:
        """In the last quarter of the time given, and not overdue yet."""
        moment = clock.now()
        return (
            self.due_soon_at is not None
            and self.due_soon_at <= moment
            and not self.overdue_at(moment)
        )

    @property
    def awaits_agency(self) -> bool:
        return self.state in AWAITS_AGENCY


class TicketReport(models.Model):
    """A report's place in a ticket; duplicates share one."""

    report = models.OneToOneField(Report, on_delete=models.PROTECT, related_name="ticket_link")
    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="report_links")
    joined_at = models.DateTimeField()

    class Meta:
        ordering = ["joined_at", "id"]

    def __str__(self) -> str:
        return f"{self.report_id} in {self.ticket_id}"


class TicketPhoto(models.Model):
    """A picture that staff added: proof of the work."""

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="photos")
    upload = models.ForeignKey(Upload, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField()

    class Meta:
        ordering = ["added_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["ticket", "upload"], name="ticket_photo_once")
        ]

    def __str__(self) -> str:
        return f"{self.upload_id} for {self.ticket_id}"


class OriginalLook(models.Model):
    """Somebody looked at a photo as it was sent, uncovered and with its metadata."""

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="+")
    upload_id = models.UUIDField()  # no key: the look stays when the photo is gone
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("look at an original photo")
        verbose_name_plural = _("looks at original photos")
        ordering = ["-at"]

    def __str__(self) -> str:
        return f"{self.user} {self.upload_id}"


class Note(models.Model):
    """Words among staff: a comment, or the reason given with a verb."""

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="notes")
    verb = models.CharField(max_length=20)
    text = models.TextField()
    author = models.CharField(max_length=64)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.verb} {self.created_at:%F}"


class Reply(models.Model):
    """Words to the reporters: a question, a reason, or the official result."""

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="replies")
    verb = models.CharField(max_length=20)
    text = models.TextField()
    agency = models.ForeignKey(Agency, null=True, on_delete=models.PROTECT)
    author = models.CharField(max_length=64)
    created_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("reply")
        verbose_name_plural = _("replies")
        ordering = ["created_at", "id"]

    def __str__(self) -> str:
        return f"{self.verb} {self.created_at:%F}"


class Directive(models.Model):
    """An instruction on a ticket, with the day by which an answer is expected.

    A leader orders (giao chỉ đạo); the operations centre chases (đôn đốc).
    """

    class Kind(models.TextChoices):
        ORDER = "order", _("Order")
        CHASE = "chase", _("Chasing")

    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.ORDER)
    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="directives")
    text = models.TextField()
    author = models.ForeignKey(User, on_delete=models.PROTECT)
    due_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.author} {self.created_at:%F}"


class Extension(models.Model):
    """A later deadline, with the reason and the person who approved it."""

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="extensions")
    was_due_at = models.DateTimeField()
    due_at = models.DateTimeField()
    reason = models.TextField()
    approver = models.CharField(max_length=64)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="extension_is_later", condition=Q(due_at__gt=models.F("was_due_at"))
            )
        ]

    def __str__(self) -> str:
        return f"{self.was_due_at:%F} → {self.due_at:%F}"


class Rating(models.Model):
    """How a reporter found the result."""

    class Score(models.TextChoices):
        SATISFIED = "satisfied", _("Satisfied")
        ACCEPTABLE = "acceptable", _("Acceptable")
        UNSATISFIED = "unsatisfied", _("Not satisfied")

    report = models.OneToOneField(Report, on_delete=models.PROTECT, related_name="rating")
    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="ratings")
    score = models.CharField(max_length=12, choices=Score.choices)
    comment = models.TextField(blank=True)
    rated_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.score
