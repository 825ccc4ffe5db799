"""What people are to be told, each way to each person once."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from backend.tickets.models import Ticket
from notifications.models.people import Topic


class State(models.TextChoices):
    """How far a notification has come."""

    PLANNED = "planned", _("Planned")
    SENDING = "sending", _("Being sent")
    SENT = "sent", _("Sent")
    FAILED = "failed", _("Failed")
    DROPPED = "dropped", _("Dropped")
    FOLDED = "folded", _("Told in another")


OPEN = [State.PLANNED, State.SENDING]


class Way(models.TextChoices):
    """How it reaches the person; the inbox is our own and needs no sending."""

    INBOX = "inbox", _("Inbox")
    FCM = "fcm", "FCM"
    WEBPUSH = "webpush", "Web Push"
    EMAIL = "email", _("E-mail")
    SMS = "sms", "SMS"
    ZALO = "zalo", "Zalo"
    WEBHOOK = "webhook", "Webhook"


class Notification(models.Model):
    """Something that one person is told in one way, in words fixed when it was planned.

    `position` is the log's entry that it tells of, `at` when that happened, `person` a
    principal's key. `next_at` is when a sender may take it: when it is due, later after a
    failure, and while a sender has it, the end of that sender's lease. `to` is the id of one of
    the person's addresses, blank for their phone's own. Rows that share a `fold` are told in one.
    `lost` counts the senders that ended without saying what became of it.
    """

    id = models.BigAutoField(primary_key=True)
    position = models.BigIntegerField(_("position"))
    person = models.CharField(_("person"), max_length=64)
    transport = models.CharField(_("transport"), max_length=10, choices=Way.choices)
    to = models.CharField(_("address"), max_length=20, blank=True, default="")
    kind = models.CharField(_("kind"), max_length=40)
    topic = models.CharField(
        _("topic"), max_length=10, choices=Topic.choices, default=Topic.PROGRESS
    )
    relation = models.CharField(_("concerned as"), max_length=10, default="reporter")
    at = models.DateTimeField(_("at"))
    report_no = models.CharField(_("report number"), max_length=20, blank=True)
    # Without a constraint in the database: its check would lock the ticket's row against those
    # who work on it, for as long as a batch of entries is planned.
    ticket = models.ForeignKey(
        Ticket,
        null=True,
        on_delete=models.CASCADE,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    language = models.CharField(_("language"), max_length=5)
    title = models.CharField(_("title"), max_length=200)
    body = models.TextField(_("text"))
    urgent = models.BooleanField(_("urgent"), default=False)
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.PLANNED)
    due_at = models.DateTimeField(_("due at"))
    next_at = models.DateTimeField(_("next attempt"))
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    lost = models.PositiveSmallIntegerField(default=0, db_default=0)
    error = models.TextField(_("error"), blank=True)
    fold = models.CharField(max_length=40, blank=True, default="")
    folded_into = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.DO_NOTHING, related_name="+", db_index=False
    )
    segments = models.PositiveSmallIntegerField(_("SMS segments"), null=True, blank=True)
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)
    read_at = models.DateTimeField(_("read at"), null=True, blank=True)

    class Meta:
        verbose_name = _("notification")
        verbose_name_plural = _("notifications")
        ordering = ["-at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["position", "person", "transport", "to"],
                name="notification_once_each_way",
            ),
            models.CheckConstraint(
                name="notification_sent_says_when",
                condition=~Q(state=State.SENT) | Q(sent_at__isnull=False),
            ),
            models.CheckConstraint(
                name="notification_ended_says_why",
                condition=~Q(state__in=[State.FAILED, State.DROPPED]) | ~Q(error=""),
            ),
            models.CheckConstraint(
                name="notification_inbox_is_there_at_once",
                condition=~Q(transport=Way.INBOX) | Q(state=State.SENT),
            ),
            models.CheckConstraint(
                name="notification_read_in_the_inbox",
                condition=Q(read_at__isnull=True) | Q(transport=Way.INBOX),
            ),
        ]
        indexes = [
            models.Index(
                fields=["transport", "-urgent", "next_at", "id"],
                condition=Q(state__in=OPEN),
                name="notification_to_send",
            ),
            models.Index(fields=["person", "report_no", "position"], name="notification_of_report"),
            models.Index(
                fields=["person", "topic", "due_at"],
                condition=~Q(transport=Way.INBOX),
                name="notification_guard",
            ),
            models.Index(fields=["ticket", "id"], name="notification_of_ticket"),
            # For the database's own check when rows are deleted: it would read all the others.
            models.Index(
                fields=["folded_into"],
                condition=Q(folded_into__isnull=False),
                name="notification_folded_into",
            ),
            models.Index(
                fields=["person", "-at", "-id"],
                condition=Q(transport=Way.INBOX),
                name="notification_inbox",
            ),
            models.Index(
                fields=["person"],
                condition=Q(transport=Way.INBOX, read_at__isnull=True),
                name="notification_unread",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.report_no} → {self.person} ({self.transport})"
