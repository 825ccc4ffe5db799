"""The log's tables. Only backend.events reads or writes them; others ask backend.events.log."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _


class EventRecord(models.Model):
    """A fact as it was recorded; never changed, and without a place until it has a position."""

    id = models.BigAutoField(primary_key=True)
    type = models.CharField(max_length=40)
    stream = models.CharField(max_length=64)
    at = models.DateTimeField()
    actor = models.CharField(max_length=64)
    data = models.JSONField()

    class Meta:
        indexes = [models.Index(fields=["stream", "id"], name="event_by_stream")]

    def __str__(self) -> str:
        return f"{self.type} {self.stream}"


class QueuedEvent(models.Model):
    """A recorded event that waits for its position."""

    # No constraint of the database: one statement inserts both rows, and the check would lock, and
    # so rewrite, each event row once more.
    event = models.OneToOneField(
        EventRecord, primary_key=True, on_delete=models.PROTECT, db_constraint=False
    )

    def __str__(self) -> str:
        return str(self.event_id)


class LogPosition(models.Model):
    """An event's place in the log, and the hash that chains it to the one before."""

    position = models.BigIntegerField(primary_key=True)
    # No constraint here either: the hash says more of the row than a foreign key could.
    event = models.OneToOneField(
        EventRecord, on_delete=models.PROTECT, related_name="place", db_constraint=False
    )
    hash = models.BinaryField(max_length=32)

    def __str__(self) -> str:
        return str(self.position)


class LogHead(models.Model):
    """The end of the log: one row. Whoever holds its lock may hand out positions.

    `epoch` is new whenever the log's past is not what clients knew: a restored database.
    Positions up to and with `archived`, whose hash is `archived_hash`, are in the archive's files.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    position = models.BigIntegerField(default=0)
    hash = models.BinaryField(max_length=32, default=bytes(32))
    epoch = models.UUIDField(default=uuid.uuid4)
    archived = models.BigIntegerField(default=0)
    archived_hash = models.BinaryField(max_length=32, default=bytes(32))

    class Meta:
        constraints = [models.CheckConstraint(name="log_head_is_one_row", condition=models.Q(id=1))]

    def __str__(self) -> str:
        return f"head {self.position}"


class ArchivedStream(models.Model):
    """A stream of which the archive's files alone have entries, and between which positions."""

    stream = models.CharField(primary_key=True, max_length=64)
    first = models.BigIntegerField()
    last = models.BigIntegerField()

    def __str__(self) -> str:
        return self.stream


class Checkpoint(models.Model):
    """How far a subscriber has come; `attempts` counts the failures of the entry after it."""

    subscriber = models.CharField(_("subscriber"), primary_key=True, max_length=40)
    position = models.BigIntegerField(_("position"), default=0)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    retry_at = models.DateTimeField(_("next attempt at"), null=True, blank=True)
    error = models.TextField(_("error"), blank=True)

    class Meta:
        verbose_name = _("subscriber's progress")
        verbose_name_plural = _("subscribers' progress")

    def __str__(self) -> str:
        return f"{self.subscriber} at {self.position}"


class SkippedEvent(models.Model):
    """An entry that a subscriber could not handle, set aside for a person."""

    subscriber = models.CharField(_("subscriber"), max_length=40)
    position = models.BigIntegerField(_("position"))
    error = models.TextField(_("error"))
    skipped_at = models.DateTimeField(_("skipped at"))
    handled_at = models.DateTimeField(_("handled at"), null=True, blank=True)

    class Meta:
        verbose_name = _("skipped event")
        verbose_name_plural = _("skipped events")
        constraints = [
            models.UniqueConstraint(
                fields=["subscriber", "position"], name="entry_skipped_once_by_a_subscriber"
            )
        ]

    def __str__(self) -> str:
        return f"{self.subscriber} skipped {self.position}"


class SweepTurn(models.Model):
    """When a sweep's turn comes next; whoever writes it first has that turn."""

    name = models.CharField(_("sweep"), primary_key=True, max_length=40)
    next_at = models.DateTimeField(_("next turn at"))
    ran_at = models.DateTimeField(_("last done at"), null=True, blank=True)

    class Meta:
        verbose_name = _("sweep")
        verbose_name_plural = _("sweeps")

    def __str__(self) -> str:
        return f"{self.name} at {self.next_at:%F %T}"
