"""/api/v1/rules: sets of rules, for administrators to change and for the centre to look at."""

import re
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import exceptions
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend import clock
from backend.accounts.models import Agency, Role, User
from backend.accounts.principal import Principal
from backend.api.http import principal_of
from backend.errors import InvalidInput, NotAllowed, NotFound
from routing import api_shapes as shapes
from routing import rule_sets
from routing.models import DutyRoster, RoutingRule, RuleSet

Shown = dict[str, Any]


class SeesRules(BasePermission):
    """Whoever sees the whole province may look; administrators change."""

    message = _("This page is for administrators and the operations centre.")

    def has_permission(self, request: Request, view: APIView) -> bool:
        return principal_of(request).sees_all


def may_edit(principal: Principal) -> bool:
    return principal.holds(Role.ADMINISTRATOR)


def require_editor(request: Request) -> Principal:
    principal = principal_of(request)
    if not may_edit(principal):
        raise NotAllowed("rules_not_yours", _("Only administrators change the rules."))
    return principal


def found_set(number: int) -> RuleSet:
    rule_set = RuleSet.objects.filter(number=number).prefetch_related("publications").first()
    if rule_set is None:
        raise NotFound("rule_set_not_found", _("There is no such set of rules."))
    return rule_set


def show_set(rule_set: RuleSet) -> Shown:
    return {
        "number": rule_set.number,
        "note": rule_set.note,
        "state": rule_sets.state_of(rule_set, clock.now()),
        "based_on": rule_set.based_on.number if rule_set.based_on else None,
        "made_by": _name(rule_set.made_by),
        "made_at": rule_set.made_at,
        "rules_count": rule_set.rules.count(),
        "publications": [
            {
                "from_at": each.from_at,
                "rollback": each.rollback,
                "reason": each.reason,
                "made_by": _name(each.made_by),
                "made_at": each.made_at,
                "withdrawn_at": each.withdrawn_at,
            }
            for each in rule_set.publications.all()
        ],
    }


def _name(key: str) -> str:
    kind, _colon, number = key.partition(":")
    user = User.objects.filter(pk=number).first() if kind == "user" else None
    return str(user) if user else key


def show_whole(rule_set: RuleSet) -> Shown:
    rules = rule_set.rules.select_related("agency", "roster")
    return {**show_set(rule_set), "rules": [show_rule(rule) for rule in rules]}


def show_rule(rule: RoutingRule) -> Shown:
    plain = {name: getattr(rule, name) for name in (*shapes.LISTS, *shapes.PLAIN)}
    return plain | {
        "name": rule.name,
        "agency": rule.agency.code if rule.agency else None,
        "roster": rule.roster.code if rule.roster else None,
        "mark": rule_sets.mark_of(rule),
    }


class RuleSetCollection(APIView):
    """GET, POST /api/v1/rules/sets"""

    permission_classes = [SeesRules]

    @extend_schema(responses=shapes.RuleSetPage)
    def get(self, request: Request) -> Response:
        principal = principal_of(request)
        sets = RuleSet.objects.select_related("based_on").prefetch_related("publications")
        return Response(
            {
                "results": [show_set(each) for each in sets],
                "rosters": list(DutyRoster.objects.values("code", "name_vi", "name_en")),
                "may_edit": may_edit(principal),
                "may_move": principal.holds(Role.OPERATIONS_CENTRE),
            }
        )

    @extend_schema(request=shapes.DraftInput, responses={201: shapes.RuleSetDetail})
    def post(self, request: Request) -> Response:
        actor = require_editor(request)
        given = shapes.DraftInput(data=request.data)
        given.is_valid(raise_exception=True)
        based_on = given.validated_data.get("based_on")
        draft = rule_sets.draft_rules(
            actor=actor,
            note=given.validated_data["note"],
            based_on=found_set(based_on) if based_on else None,
        )
        return Response(show_whole(found_set(draft.number)), status=201)


class RuleSetItem(APIView):
    """GET, DELETE /api/v1/rules/sets/{number}"""

    permission_classes = [SeesRules]

    @extend_schema(operation_id="rules_set", responses=shapes.RuleSetDetail)
    def get(self, request: Request, number: int) -> Response:
        return Response(show_whole(found_set(number)))

    @extend_schema(request=None, responses={204: None})
    def delete(self, request: Request, number: int) -> HttpResponse:
        rule_sets.discard_draft(number=number, actor=require_editor(request))
        return Response(status=204)


class RuleCollection(APIView):
    """POST /api/v1/rules/sets/{number}/rules"""

    permission_classes = [SeesRules]

    @extend_schema(request=shapes.RuleInput, responses={201: shapes.RuleOutput})
    def post(self, request: Request, number: int) -> Response:
        actor = require_editor(request)
        fields = _fields(request.data)
        name = _free_name(found_set(number), fields["title_vi"])
        return Response(show_rule(_saved(number, name, fields, actor, new=True)), status=201)


class RuleItem(APIView):
    """PUT, DELETE /api/v1/rules/sets/{number}/rules/{name}"""

    permission_classes = [SeesRules]

    @extend_schema(request=shapes.RuleInput, responses=shapes.RuleOutput)
    def put(self, request: Request, number: int, name: str) -> Response:
        actor = require_editor(request)
        fields = _fields(request.data)
        seen = request.data.get("mark") if isinstance(request.data, dict) else None
        return Response(show_rule(_saved(number, name, fields, actor, seen=str(seen or ""))))

    @extend_schema(request=None, responses={204: None})
    def delete(self, request: Request, number: int, name: str) -> HttpResponse:
        rule_sets.remove_rule(number=number, name=name, actor=require_editor(request))
        return Response(status=204)


class RuleSetPublish(APIView):
    """POST /api/v1/rules/sets/{number}/publish"""

    permission_classes = [SeesRules]

    @extend_schema(request=shapes.PublishInput, responses=shapes.RuleSetOutput)
    def post(self, request: Request, number: int) -> Response:
        actor = require_editor(request)
        given = shapes.PublishInput(data=request.data)
        given.is_valid(raise_exception=True)
        rule_sets.publish_rules(number=number, actor=actor, **given.validated_data)
        return Response(show_set(found_set(number)))


class RuleSetWithdraw(APIView):
    """POST /api/v1/rules/sets/{number}/withdraw: what is scheduled is a draft again."""

    permission_classes = [SeesRules]

    @extend_schema(request=None, responses=shapes.RuleSetOutput)
    def post(self, request: Request, number: int) -> Response:
        rule_sets.withdraw_publication(number=number, actor=require_editor(request))
        return Response(show_set(found_set(number)))


class RulesRollBack(APIView):
    """POST /api/v1/rules/roll_back: the set before the present one is in force again."""

    permission_classes = [SeesRules]

    @extend_schema(request=shapes.RollBackInput, responses=shapes.RuleSetOutput)
    def post(self, request: Request) -> Response:
        actor = require_editor(request)
        given = shapes.RollBackInput(data=request.data)
        given.is_valid(raise_exception=True)
        publication = rule_sets.roll_back(actor=actor, **given.validated_data)
        return Response(show_set(found_set(publication.rule_set.number)))


def _fields(data: Any) -> Shown:
    """Return the whole rule as it is to be: what is not given is as it is in a new one."""
    given = shapes.RuleInput(data=data)
    given.is_valid(raise_exception=True)
    values = given.validated_data
    fields: Shown = {name: values.get(name, []) for name in shapes.LISTS}
    empty = {"ack_minutes": None, "resolve_minutes": None, "active": True}
    fields |= {name: values.get(name, empty.get(name, "")) for name in shapes.PLAIN}
    fields["agency"] = _row(Agency, values.get("agency"), "agency")
    fields["roster"] = _row(DutyRoster, values.get("roster"), "roster")
    return fields


def _row(model: type[Agency] | type[DutyRoster], code: str | None, field: str) -> Any:
    if not code:
        return None
    row = model._default_manager.filter(code=code).first()
    if row is None:
        raise InvalidInput("unknown_code", _("There is no such choice."), field=field)
    return row


def _saved(number: int, name: str, fields: Shown, actor: Principal, **how: Any) -> RoutingRule:
    try:
        return rule_sets.save_rule(number=number, name=name, fields=fields, actor=actor, **how)
    except ValidationError as error:
        said = error.message_dict
        if "__all__" in said:
            # The first is the rule's own; the database's constraints say the same once more.
            said["rule"] = said.pop("__all__")[:1]
        raise exceptions.ValidationError(said) from error


def _free_name(rule_set: RuleSet, title: str) -> str:
    """Return a key for a new rule, made of its title."""
    stem = re.sub(r"\W+", "_", slugify(title.lower().replace("đ", "d")))[:80] or "rule"
    taken = set(rule_set.rules.values_list("name", flat=True))
    turn, name = 1, stem
    while name in taken:
        turn += 1
        name = f"{stem}_{turn}"
    return name
