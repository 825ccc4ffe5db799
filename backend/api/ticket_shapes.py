"""The shapes of a ticket: what a verb takes, and what staff and the public are shown."""

from typing import Any

from rest_framework import serializers

from backend.api.fields import WrittenUUIDField
from backend.api.report_shapes import AreaRefOutput, LocationOutput, PhotoOutput
from backend.catalogue.models import Priority
from backend.tickets.lifecycle import Status, Verb

VERBS = [verb.value for verb in Verb]
FACTS = ["no_exif", "taken_far", "taken_before", "taken_after", "edited", "changed"]
STATUSES = [status.value for status in Status]


class VerbInput(serializers.Serializer[Any]):
    """What a verb may take; which of it is needed depends on the verb."""

    version = serializers.IntegerField(min_value=1, required=False)
    note = serializers.CharField(required=False, allow_blank=True, max_length=20_000)
    reason = serializers.CharField(required=False, allow_blank=True, max_length=20_000)
    message = serializers.CharField(required=False, allow_blank=True, max_length=20_000)
    uploads = serializers.ListField(child=WrittenUUIDField(), required=False, max_length=50)
    agency = serializers.CharField(required=False, max_length=20)
    category = serializers.CharField(
        required=False,
        allow_blank=True,
        max_length=10,
        help_text="With reroute and correct: what it is really about. The report's own words stay.",
    )
    due_at = serializers.DateTimeField(required=False, allow_null=True)
    into = WrittenUUIDField(required=False)
    assignee = serializers.CharField(
        required=False, max_length=150, allow_null=True, allow_blank=True
    )
    reports = serializers.ListField(
        child=serializers.CharField(max_length=20), required=False, max_length=200
    )


class ExplanationOutput(serializers.Serializer[Any]):
    vi = serializers.CharField()
    en = serializers.CharField()


class RoutedOutput(serializers.Serializer[Any]):
    rule = serializers.CharField(help_text="The rule that decided; blank where a person did.")
    rule_set = serializers.IntegerField(
        allow_null=True, required=False, help_text="The version of the rules, where one decided."
    )
    title = ExplanationOutput(
        required=False, help_text="What people call the rule; blank where it has no title."
    )
    explanation = ExplanationOutput(allow_null=True)
    by = serializers.CharField(
        required=False, help_text="Who decided after the rules first did: `user:3`, `system:…`."
    )
    at = serializers.DateTimeField(required=False, help_text="When that was.")


class RoutingOutput(RoutedOutput):
    """The decision in force, and in `earlier` those that it replaced, the first first."""

    doubt = serializers.ListField(child=serializers.CharField())
    earlier = RoutedOutput(many=True)
    proposed = serializers.CharField(
        required=False, help_text="The agency that the rules would choose, while a person decides."
    )
    proposed_supporting = serializers.ListField(child=serializers.CharField(), required=False)


class TicketSummaryOutput(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    version = serializers.IntegerField()
    status = serializers.ChoiceField(choices=STATUSES)
    category = serializers.CharField()
    sector = serializers.CharField()
    priority = serializers.ChoiceField(choices=Priority.choices)
    agency = serializers.CharField(allow_null=True)
    supporting = serializers.ListField(child=serializers.CharField())
    assignee = serializers.CharField(allow_null=True)
    area = AreaRefOutput(allow_null=True)
    location = LocationOutput()
    address = serializers.CharField(allow_blank=True)
    text = serializers.CharField()
    report_nos = serializers.ListField(child=serializers.CharField())
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()
    ack_due_at = serializers.DateTimeField(allow_null=True)
    resolve_due_at = serializers.DateTimeField(allow_null=True)
    first_resolve_due_at = serializers.DateTimeField(allow_null=True)
    due_at = serializers.DateTimeField(allow_null=True)
    due_soon = serializers.BooleanField()
    overdue = serializers.BooleanField()
    restricted = serializers.BooleanField()


class FactOutput(serializers.Serializer[Any]):
    """What a camera says that does not fit the report: a fact, never a verdict."""

    code = serializers.ChoiceField(choices=FACTS)
    distance_m = serializers.IntegerField(required=False)
    hours = serializers.FloatField(required=False)
    software = serializers.CharField(required=False)


class StaffPhotoOutput(PhotoOutput):
    released = serializers.BooleanField()
    facts = FactOutput(many=True)


class TicketReportOutput(serializers.Serializer[Any]):
    report_no = serializers.CharField()
    text = serializers.CharField()
    submitted_at = serializers.DateTimeField()


class MeantAssetOutput(serializers.Serializer[Any]):
    """The asset that the reporter chose, as it was called then."""

    layer = serializers.CharField()
    kind = serializers.CharField(allow_blank=True)
    code = serializers.CharField()
    name = serializers.CharField(allow_blank=True)
    distance_m = serializers.FloatField(
        allow_null=True, help_text="From the place sent; null for one that was not found there."
    )


class TicketOutput(TicketSummaryOutput):
    asset = MeantAssetOutput(allow_null=True)
    reports = TicketReportOutput(many=True, help_text="What each of its reports says.")
    photos = StaffPhotoOutput(many=True)
    routing = RoutingOutput()
    escalated_to = serializers.ChoiceField(
        choices=["agency_leader", "centre", "provincial_leader"], allow_null=True
    )
    chased = serializers.IntegerField(help_text="How often the operations centre chased it.")
    merged_into = WrittenUUIDField(allow_null=True)
    info_due_at = serializers.DateTimeField(allow_null=True)
    photo_required = serializers.BooleanField()
    may = serializers.ListField(child=serializers.ChoiceField(choices=VERBS))
    may_see_reporter = serializers.BooleanField()


class PublicClusterOutput(serializers.Serializer[Any]):
    cell = serializers.CharField()
    lat = serializers.FloatField()
    lon = serializers.FloatField()
    count = serializers.IntegerField()


class ClusterOutput(PublicClusterOutput):
    overdue = serializers.IntegerField()
    due_soon = serializers.IntegerField()
    emergencies = serializers.IntegerField(help_text="Open ones.")


class TicketPage(serializers.Serializer[Any]):
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)
    results = TicketOutput(many=True)
    clusters = ClusterOutput(many=True, required=False)


class PublicTicketOutput(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    version = serializers.IntegerField()
    status = serializers.ChoiceField(choices=STATUSES)
    category = serializers.CharField()
    sector = serializers.CharField()
    priority = serializers.ChoiceField(choices=Priority.choices)
    agency = serializers.CharField(allow_null=True)
    area = AreaRefOutput(allow_null=True)
    location = LocationOutput()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()
    overdue = serializers.BooleanField()
    photos = PhotoOutput(many=True)


class PublicStepOutput(serializers.Serializer[Any]):
    """A step on the way: when, what, and which agency had the ticket then. No words, no person."""

    at = serializers.DateTimeField()
    type = serializers.CharField()
    status = serializers.ChoiceField(choices=STATUSES)
    agency = serializers.CharField(allow_null=True)


class PublicTicketDetailOutput(PublicTicketOutput):
    ack_due_at = serializers.DateTimeField(allow_null=True)
    accepted_at = serializers.DateTimeField(allow_null=True)
    ack_kept = serializers.BooleanField(
        allow_null=True, help_text="Null while the deadline runs, or where there is none."
    )
    resolve_due_at = serializers.DateTimeField(allow_null=True)
    first_resolve_due_at = serializers.DateTimeField(
        allow_null=True, help_text="Before any extension: whether it was kept is what counts."
    )
    resolved_at = serializers.DateTimeField(allow_null=True)
    resolve_kept = serializers.BooleanField(allow_null=True)
    timeline = PublicStepOutput(many=True)


class PublicTicketPage(serializers.Serializer[Any]):
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)
    results = PublicTicketOutput(many=True)
    clusters = PublicClusterOutput(many=True, required=False)


class EntryOutput(serializers.Serializer[Any]):
    position = serializers.IntegerField()
    type = serializers.CharField()
    at = serializers.DateTimeField()
    actor = serializers.CharField()
    actor_name = serializers.CharField(allow_null=True)
    assignee_name = serializers.CharField(allow_null=True, help_text="Who was given the work.")
    data = serializers.DictField()  # type: ignore[assignment]
    text = serializers.CharField(allow_null=True)


class EntryList(serializers.Serializer[Any]):
    results = EntryOutput(many=True)


class ReporterOutput(serializers.Serializer[Any]):
    report_no = serializers.CharField()
    anonymous = serializers.BooleanField()
    name = serializers.CharField(allow_blank=True)
    phone = serializers.CharField(allow_blank=True)
    email = serializers.CharField(allow_blank=True)


class ReporterList(serializers.Serializer[Any]):
    results = ReporterOutput(many=True)
