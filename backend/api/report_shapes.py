"""The shapes of a report: what a phone sends and what its reporter sees."""

import math
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from backend.api.fields import SeenTextField, WrittenUUIDField
from backend.api.forms import Form
from backend.events.types import Event
from backend.reports.events import ReportSubmitted
from backend.reports.models import Report
from backend.reports.services import Draft
from backend.tickets.lifecycle import Status
from backend.tickets.models import Rating, Reply, Ticket
from backend.tickets.policies import reporter_verbs
from backend.tickets.showing import _time, area, photo
from media.models import State

TEXT_MAX = 4000
QUESTION_MAX = 60
PURPOSES = ("contact", "publication")
PHOTO_STATES = State.values

Shown = dict[str, Any]


class LocationInput(Form):
    lat = serializers.FloatField(
        min_value=-90,
        max_value=90,
        error_messages={
            "max_value": _("A latitude is at most 90. It may have been swapped with the longitude.")
        },
    )
    lon = serializers.FloatField(min_value=-180, max_value=180)
    accuracy_m = serializers.FloatField(
        min_value=0, max_value=100_000, required=False, allow_null=True
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if any(value is not None and not math.isfinite(value) for value in attrs.values()):
            raise serializers.ValidationError(_("These are no coordinates."), code="invalid")
        return attrs


class ContactInput(Form):
    name = serializers.CharField(max_length=120, required=False, allow_blank=True)
    phone = serializers.RegexField(
        r"^[+0-9 ().-]{6,20}$",
        required=False,
        allow_blank=True,
        error_messages={"invalid": _("This is not a telephone number.")},
    )
    email = serializers.EmailField(max_length=200, required=False, allow_blank=True)


class AssetInput(Form):
    layer = serializers.CharField(max_length=40)
    code = serializers.CharField(max_length=60)


class ReportInput(Form):
    id = WrittenUUIDField()
    category = serializers.CharField(max_length=10)
    text = SeenTextField(
        max_length=TEXT_MAX,
        error_messages={
            "blank": _("Describe in a few words what is wrong."),
            "required": _("Describe in a few words what is wrong."),
            "max_length": _("Write at most 4,000 characters."),
        },
    )
    location = LocationInput()
    captured_at = serializers.DateTimeField(required=False, allow_null=True)
    uploads = serializers.ListField(child=WrittenUUIDField(), required=False, max_length=50)
    photos_expected = serializers.IntegerField(min_value=0, max_value=50, required=False)
    contact = ContactInput(required=False, allow_null=True)
    anonymous = serializers.BooleanField(required=False)
    consents = serializers.ListField(
        child=serializers.ChoiceField(choices=PURPOSES), required=False, max_length=10
    )
    answers = serializers.DictField(
        child=serializers.CharField(max_length=500, allow_blank=True), required=False
    )
    asset = AssetInput(
        required=False, allow_null=True, help_text="Which of those near the place is meant."
    )
    joins = WrittenUUIDField(required=False, allow_null=True)
    drill = serializers.BooleanField(required=False)
    suggestion = WrittenUUIDField(
        required=False, allow_null=True, help_text="Under which id categories were suggested."
    )

    def validate_answers(self, answers: dict[str, str]) -> dict[str, str]:
        if len(answers) > 20:
            raise serializers.ValidationError(_("Too many answers."), code="too_long")
        if not all(0 < len(code) <= QUESTION_MAX and code.isprintable() for code in answers):
            raise serializers.ValidationError(_("There is no such question."), code="invalid")
        return answers

    def draft(self) -> Draft:
        """Return what was checked as the service takes it."""
        given = dict(self.validated_data)
        location = given.pop("location")
        given.pop("drill", None)
        given.pop("suggestion", None)
        purposes = given.pop("consents", [])
        contact = (
            {name: text for name, text in (given.pop("contact") or {}).items() if text}
            if ("contact" in given)
            else {}
        )
        version = settings.CONSENT_VERSION
        return Draft(
            **given,
            contact=contact,
            consents=[(purpose, version) for purpose in sorted(set(purposes))],
            lat=location["lat"],
            lon=location["lon"],
            accuracy_m=location.get("accuracy_m"),
        )


class PhotosInput(serializers.Serializer[Any]):
    uploads = serializers.ListField(child=WrittenUUIDField(), min_length=1, max_length=50)


class ReasonInput(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=TEXT_MAX, required=False, allow_blank=True)


class InfoInput(serializers.Serializer[Any]):
    text = SeenTextField(max_length=TEXT_MAX)
    uploads = serializers.ListField(child=WrittenUUIDField(), required=False, max_length=50)


class RatingInput(serializers.Serializer[Any]):
    score = serializers.ChoiceField(choices=Rating.Score.choices)
    comment = serializers.CharField(max_length=1000, required=False, allow_blank=True)


class NameRef(serializers.Serializer[Any]):
    code = serializers.CharField()
    name_vi = serializers.CharField()
    name_en = serializers.CharField()


class AreaRefOutput(serializers.Serializer[Any]):
    code = serializers.CharField()
    name = serializers.CharField()
    name_en = serializers.CharField()


class LocationOutput(serializers.Serializer[Any]):
    lat = serializers.FloatField()
    lon = serializers.FloatField()
    accuracy_m = serializers.FloatField(required=False, allow_null=True)


class RefusalOutput(serializers.Serializer[Any]):
    code = serializers.CharField()
    detail = serializers.CharField()


class PhotoOutput(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=["before", "after"])
    state = serializers.ChoiceField(
        choices=PHOTO_STATES,
        help_text="Until it is ready, the links lead to a grey placeholder; then to the photo.",
    )
    refusal = RefusalOutput(allow_null=True)
    width = serializers.IntegerField()
    height = serializers.IntegerField()
    view_url = serializers.CharField()
    thumb_url = serializers.CharField()


class TimelineOutput(serializers.Serializer[Any]):
    at = serializers.DateTimeField()
    type = serializers.CharField()
    status = serializers.CharField(allow_null=True)
    agency = serializers.CharField(allow_null=True)
    category = NameRef(
        allow_null=True, help_text="What it is really about, where a person corrected that."
    )


class ReplyOutput(serializers.Serializer[Any]):
    at = serializers.DateTimeField()
    verb = serializers.CharField()
    agency = NameRef(allow_null=True)
    text = serializers.CharField()


class InfoRequestOutput(serializers.Serializer[Any]):
    message = serializers.CharField()
    due_at = serializers.DateTimeField(allow_null=True)


class ReportSummaryOutput(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    report_no = serializers.CharField()
    status = serializers.ChoiceField(choices=[status.value for status in Status])
    ticket = serializers.UUIDField(allow_null=True)
    category = NameRef()
    text = serializers.CharField()
    location = LocationOutput()
    area = AreaRefOutput(allow_null=True)
    submitted_at = serializers.DateTimeField()
    photos_expected = serializers.IntegerField()
    photos = PhotoOutput(many=True)
    agency = NameRef(allow_null=True)
    ack_due_at = serializers.DateTimeField(allow_null=True)
    resolve_due_at = serializers.DateTimeField(allow_null=True)
    due_soon = serializers.BooleanField()
    overdue = serializers.BooleanField()
    version = serializers.IntegerField()


class ReportPage(serializers.Serializer[Any]):
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)
    results = ReportSummaryOutput(many=True)


class ReportOutput(ReportSummaryOutput):
    timeline = TimelineOutput(many=True)
    replies = ReplyOutput(many=True)
    info_request = InfoRequestOutput(allow_null=True)
    rating = serializers.ChoiceField(choices=Rating.Score.choices, allow_null=True)
    may = serializers.ListField(child=serializers.CharField())


def named(thing: Any) -> Shown | None:
    return (
        {"code": thing.code, "name_vi": thing.name_vi, "name_en": thing.name_en} if thing else None
    )


def show_summary(report: Report, ticket: Ticket | None, *, bare: bool = False) -> Shown:
    """Return the report as its reporter sees it in a list; `bare` where it has no photo."""
    status = Status.WITHDRAWN if report.withdrawn_at else Status.SUBMITTED
    return {
        "id": str(report.pk),
        "report_no": report.report_no,
        "status": ticket.status if ticket and not report.withdrawn_at else status.value,
        "ticket": str(ticket.pk) if ticket else None,
        "category": named(report.category),
        "text": report.text,
        "location": {"lat": report.lat, "lon": report.lon, "accuracy_m": report.accuracy_m},
        "area": area(report.area_code),
        "submitted_at": _time(report.submitted_at),
        "photos_expected": report.photos_expected,
        "photos": [photo(each.upload, "before") for each in (() if bare else report.photos.all())]
        + [photo(each.upload, "after") for each in (ticket.photos.all() if ticket else [])],
        "agency": named(ticket.agency) if ticket else None,
        "ack_due_at": _time(ticket.ack_due_at) if ticket else None,
        "resolve_due_at": _time(ticket.resolve_due_at) if ticket else None,
        "due_soon": ticket.due_soon if ticket else False,
        "overdue": ticket.overdue if ticket else False,
        "version": ticket.version if ticket else 0,
    }


def show_new(report: Report, *, bare: bool) -> Shown:
    """Return a report that was kept a moment ago: all of it is known without asking again."""
    return {
        **show_summary(report, None, bare=bare),
        "timeline": [
            {
                "at": _time(report.submitted_at),
                "type": ReportSubmitted.type,
                "status": None,
                "agency": None,
                "category": None,
            }
        ],
        "replies": [],
        "info_request": None,
        "rating": None,
        "may": reporter_verbs(report, None),
    }


def show_reply(reply: Reply) -> Shown:
    return {
        "at": _time(reply.published_at),
        "verb": reply.verb,
        "agency": named(reply.agency),
        "text": reply.text,
    }


def status_of(event: Event) -> str | None:
    return getattr(event, "status", None)
