"""What a person wants to hear, of what, where, and when not."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from backend.tickets.models import Ticket

LARGEST_RADIUS_M = 5_000


class Topic(models.TextChoices):
    """What a person can choose about: kinds of events that concern them in the same way."""

    PROGRESS = "progress", _("Steps of my reports")
    QUESTION = "question", _("Questions about my reports")
    RESULT = "result", _("Results of my reports")
    SURVEY = "survey", _("Is it fixed? Four weeks later")
    FOLLOWED = "followed", _("Matters that I follow")
    AREA = "area", _("Areas that I follow")
    WORK = "work", _("Work for my desk")
    DEADLINES = "deadlines", _("Deadlines")
    TALK = "talk", _("Comments and directives")
    CENTRE = "centre", _("Tickets that come back to the centre")
    ADDRESS = "address", _("Proof of an address")


class Digest(models.TextChoices):
    """How often what is not urgent may come."""

    NOW = "now", _("At once")
    HOURLY = "hourly", _("Once an hour")
    DAILY = "daily", _("Once a day")


class Preference(models.Model):
    """What one person chose about one topic; where there is none, the defaults hold."""

    person = models.CharField(max_length=64)
    topic = models.CharField(max_length=10, choices=Topic.choices)
    inbox = models.BooleanField()
    push = models.BooleanField()
    email = models.BooleanField()
    sms = models.BooleanField()
    zalo = models.BooleanField()
    digest = models.CharField(max_length=6, choices=Digest.choices, default=Digest.NOW)

    class Meta:
        verbose_name = _("preference")
        verbose_name_plural = _("preferences")
        constraints = [
            models.UniqueConstraint(fields=["person", "topic"], name="preference_once_a_topic")
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.topic}"


class Quiet(models.Model):
    """The hours in which one person is left alone, in the province's own time."""

    person = models.CharField(max_length=64, primary_key=True)
    begins = models.TimeField()
    ends = models.TimeField()

    class Meta:
        verbose_name = _("quiet hours")
        verbose_name_plural = _("quiet hours")
        constraints = [
            models.CheckConstraint(
                name="quiet_is_not_all_day", condition=~Q(begins=models.F("ends"))
            )
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.begins:%H:%M}–{self.ends:%H:%M}"


class Address(models.Model):
    """Where a person is reached besides their phone's own push address.

    One that the person typed counts once they proved that it is theirs (`confirmed_at`); one
    that a gateway calls dead is kept, so that nobody gives it again unnoticed.
    """

    person = models.CharField(max_length=64)
    transport = models.CharField(max_length=10)
    value = models.TextField()
    language = models.CharField(max_length=5, default="vi")
    created_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True, blank=True)
    code_digest = models.CharField(max_length=64, blank=True)
    code_until = models.DateTimeField(null=True, blank=True)
    code_tries = models.PositiveSmallIntegerField(default=0)
    dead_at = models.DateTimeField(null=True, blank=True)
    dead_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name = _("address")
        verbose_name_plural = _("addresses")
        constraints = [
            models.UniqueConstraint(
                fields=["person", "transport", "value"], name="address_once_a_person"
            ),
            models.CheckConstraint(
                name="address_dead_says_why", condition=Q(dead_at__isnull=True) | ~Q(dead_reason="")
            ),
        ]
        indexes = [models.Index(fields=["transport", "value"], name="address_by_value")]

    def __str__(self) -> str:
        return f"{self.person}: {self.transport}"


class Webhook(Address):
    """Another system's address: it is told what the account is told, and proves nothing."""

    class Meta:
        proxy = True
        verbose_name = _("webhook")
        verbose_name_plural = _("webhooks")

    def __str__(self) -> str:
        return self.value


class Subscription(models.Model):
    """A ticket, the surroundings of a point, or an area that a person wants to hear of.

    `sectors` narrows an area or surroundings to these sector codes, empty takes all. `updates`
    asks for what happens later too; without it only new tickets are told.
    """

    person = models.CharField(max_length=64)
    ticket = models.ForeignKey(
        Ticket, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    lat = models.FloatField(null=True, blank=True)
    lon = models.FloatField(null=True, blank=True)
    radius_m = models.PositiveIntegerField(null=True, blank=True)
    area_code = models.CharField(max_length=10, blank=True)
    sectors = models.JSONField(default=list, blank=True)
    updates = models.BooleanField(default=True)
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = _("subscription")
        verbose_name_plural = _("subscriptions")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                name="subscription_is_to_one_thing",
                condition=Q(ticket__isnull=False, radius_m__isnull=True, area_code="")
                | Q(ticket__isnull=True, radius_m__isnull=False, area_code="")
                | (Q(ticket__isnull=True, radius_m__isnull=True) & ~Q(area_code="")),
            ),
            models.CheckConstraint(
                name="subscription_radius_has_a_point",
                condition=Q(radius_m__isnull=True)
                | Q(lat__isnull=False, lon__isnull=False, radius_m__lte=LARGEST_RADIUS_M),
            ),
            models.UniqueConstraint(
                fields=["person", "ticket"],
                condition=Q(ticket__isnull=False),
                name="subscription_once_a_ticket",
            ),
        ]
        indexes = [
            models.Index(fields=["person"], name="subscription_of_person"),
            models.Index(
                fields=["area_code"], condition=~Q(area_code=""), name="subscription_by_area"
            ),
            models.Index(
                fields=["lat", "lon"],
                condition=Q(radius_m__isnull=False),
                name="subscription_by_place",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.ticket_id or self.area_code or f'{self.radius_m} m'}"
