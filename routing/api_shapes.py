"""The shapes of rules, their sets, and what is found out about them."""

from typing import Any

from rest_framework import serializers

from backend.catalogue.models import Clock, Intake, Priority
from routing.choices import CONDITION_FIELDS, Outcome

STATES = ["draft", "scheduled", "in_force", "former"]


def _codes() -> serializers.ListField:
    return serializers.ListField(
        child=serializers.CharField(max_length=60), required=False, max_length=2000
    )


class ConditionsShape(serializers.Serializer[Any]):
    """What a rule asks: of each list one must hold, an empty one asks nothing."""

    answers = _codes()
    assets = _codes()
    categories = _codes()
    areas = _codes()
    sectors = _codes()
    priorities = _codes()
    levels = _codes()
    reporters = _codes()
    channels = _codes()
    hours = _codes()
    days = _codes()


class RuleInput(ConditionsShape):
    title_vi = serializers.CharField(max_length=120)
    title_en = serializers.CharField(max_length=120, required=False, allow_blank=True)
    outcome = serializers.ChoiceField(choices=Outcome.choices)
    agency = serializers.CharField(max_length=20, required=False, allow_null=True)
    roster = serializers.CharField(max_length=20, required=False, allow_null=True)
    supporting = _codes()
    priority = serializers.ChoiceField(choices=Priority.choices, required=False, allow_blank=True)
    intake = serializers.ChoiceField(choices=Intake.choices, required=False, allow_blank=True)
    ack_minutes = serializers.IntegerField(
        required=False, allow_null=True, min_value=1, max_value=525_600
    )
    resolve_minutes = serializers.IntegerField(
        required=False, allow_null=True, min_value=1, max_value=525_600
    )
    clock = serializers.ChoiceField(choices=Clock.choices, required=False, allow_blank=True)
    why_vi = serializers.CharField(max_length=300, required=False, allow_blank=True)
    why_en = serializers.CharField(max_length=300, required=False, allow_blank=True)
    active = serializers.BooleanField(required=False, default=True)
    mark = serializers.CharField(
        max_length=16,
        required=False,
        allow_blank=True,
        help_text="As it was read: a rule that somebody changed since is not written over.",
    )


class RuleOutput(RuleInput):
    name = serializers.CharField()
    mark = serializers.CharField()


class PublicationOutput(serializers.Serializer[Any]):
    from_at = serializers.DateTimeField()
    rollback = serializers.BooleanField()
    reason = serializers.CharField(allow_blank=True)
    made_by = serializers.CharField()
    made_at = serializers.DateTimeField()
    withdrawn_at = serializers.DateTimeField(allow_null=True)


class RuleSetOutput(serializers.Serializer[Any]):
    number = serializers.IntegerField()
    note = serializers.CharField(allow_blank=True)
    state = serializers.ChoiceField(choices=STATES)
    based_on = serializers.IntegerField(allow_null=True)
    made_by = serializers.CharField()
    made_at = serializers.DateTimeField()
    rules_count = serializers.IntegerField()
    publications = PublicationOutput(many=True)


class RosterOutput(serializers.Serializer[Any]):
    code = serializers.CharField()
    name_vi = serializers.CharField()
    name_en = serializers.CharField()


class RuleSetPage(serializers.Serializer[Any]):
    results = RuleSetOutput(many=True)
    rosters = RosterOutput(many=True)
    may_edit = serializers.BooleanField()
    may_move = serializers.BooleanField()


class RuleSetDetail(RuleSetOutput):
    rules = RuleOutput(many=True)


class DraftInput(serializers.Serializer[Any]):
    note = serializers.CharField(max_length=300, required=False, allow_blank=True, default="")
    based_on = serializers.IntegerField(required=False, min_value=1, max_value=2**31 - 1)


class PublishInput(serializers.Serializer[Any]):
    from_at = serializers.DateTimeField(required=False, allow_null=True)
    reason = serializers.CharField(max_length=300, required=False, allow_blank=True, default="")


class RollBackInput(serializers.Serializer[Any]):
    present = serializers.IntegerField(
        required=False,
        min_value=1,
        max_value=2**31 - 1,
        help_text="The set that is to go; where another is in force by now, nothing happens.",
    )
    reason = serializers.CharField(max_length=300, required=False, allow_blank=True, default="")


class GapOutput(serializers.Serializer[Any]):
    category = serializers.CharField()
    reason = serializers.CharField()
    areas = serializers.ListField(child=serializers.CharField())


class IdleOutput(serializers.Serializer[Any]):
    rule = serializers.CharField()
    beaten_by = serializers.ListField(child=serializers.CharField())


class CoverageOutput(serializers.Serializer[Any]):
    categories = serializers.IntegerField()
    areas = serializers.IntegerField()
    gaps_count = serializers.IntegerField()
    idle_count = serializers.IntegerField()
    gaps = GapOutput(many=True)
    idle = IdleOutput(many=True)
    next = serializers.IntegerField(allow_null=True, help_text="`start` of the page that follows.")


class DecisionOutput(serializers.Serializer[Any]):
    agency = serializers.CharField()
    rule = serializers.CharField(allow_blank=True)
    priority = serializers.CharField()
    supporting = serializers.ListField(child=serializers.CharField())
    waits = serializers.BooleanField()


class ChangeOutput(serializers.Serializer[Any]):
    report_no = serializers.CharField()
    category = serializers.CharField()
    area = serializers.CharField(allow_blank=True)
    lat = serializers.FloatField()
    lon = serializers.FloatField()
    submitted_at = serializers.DateTimeField()
    before = DecisionOutput()
    after = DecisionOutput()


class SimulationOutput(serializers.Serializer[Any]):
    done = serializers.IntegerField()
    total = serializers.IntegerField()
    ended = serializers.BooleanField()
    changes = ChangeOutput(many=True)


class MoveOutput(serializers.Serializer[Any]):
    ticket = serializers.UUIDField()
    version = serializers.IntegerField()
    report_no = serializers.CharField()
    status = serializers.CharField()
    category = serializers.CharField()
    agency = serializers.CharField()
    to = serializers.CharField()
    area = serializers.CharField(allow_blank=True)
    reason = serializers.ChoiceField(choices=["successor", "boundary", "rules"])
    movable = serializers.BooleanField()


class MovePage(serializers.Serializer[Any]):
    results = MoveOutput(many=True)
    next = serializers.CharField(allow_null=True, help_text="`cursor` of the page that follows.")


class MovesCountedOutput(serializers.Serializer[Any]):
    """How many open tickets lie elsewhere by what is in force, as last counted, and why."""

    at = serializers.DateTimeField(allow_null=True)
    rule_set = serializers.IntegerField(allow_null=True)
    count = serializers.IntegerField()
    boundary = serializers.IntegerField()
    rules = serializers.IntegerField()
    successor = serializers.IntegerField()


class MoveInput(serializers.Serializer[Any]):
    tickets = serializers.ListField(child=serializers.UUIDField(), min_length=1, max_length=200)
    reason = serializers.CharField(max_length=300)


class MovedOutput(serializers.Serializer[Any]):
    moved = serializers.ListField(child=serializers.UUIDField())
    refused = serializers.ListField(child=serializers.UUIDField())


LISTS = (*CONDITION_FIELDS.values(), "supporting")
PLAIN = (
    "title_vi",
    "title_en",
    "outcome",
    "priority",
    "intake",
    "ack_minutes",
    "resolve_minutes",
    "clock",
    "why_vi",
    "why_en",
    "active",
)
