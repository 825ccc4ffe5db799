"""Rule sets in versions: drawn up, published at a time, rolled back; each step is in the log."""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import orjson
from django.core.exceptions import ValidationError
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from backend import clock
from backend.accounts.principal import Principal
from backend.errors import Conflict, InvalidInput, NotFound
from backend.events.log import record, recording
from routing import engine
from routing.events import RulesChanged
from routing.models import Publication, RoutingRule, RuleSet

BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)

DRAFT, SCHEDULED, IN_FORCE, FORMER = "draft", "scheduled", "in_force", "former"


@dataclass(frozen=True)
class Rules:
    """The rules that decide at a moment, and the number of their set, None where there is none."""

    number: int | None
    rules: tuple[engine.Rule, ...]


def set_in_force(moment: datetime | None = None) -> RuleSet | None:
    """Return the set that decides at that moment, now if none is given."""
    publication = publication_in_force(moment or clock.now())
    return publication.rule_set if publication else None


def rules_in_force(moment: datetime | None = None) -> Rules:
    rule_set = set_in_force(moment)
    return Rules(rule_set.number, rules_of(rule_set)) if rule_set else Rules(None, ())


def rules_of(rule_set: RuleSet) -> tuple[engine.Rule, ...]:
    rows = rule_set.rules.filter(active=True).select_related("agency", "roster")
    return tuple(row.as_rule() for row in rows)


def state_of(rule_set: RuleSet, moment: datetime) -> str:
    """Return where the set is on its way: a draft, scheduled, in force, or former."""
    standing = [each for each in rule_set.publications.all() if each.withdrawn_at is None]
    if not standing:
        return DRAFT
    now = publication_in_force(moment)
    if now and now.rule_set_id == rule_set.pk:
        return IN_FORCE
    return SCHEDULED if any(each.from_at > moment for each in standing) else FORMER


def publication_in_force(moment: datetime) -> Publication | None:
    standing = Publication.objects.filter(withdrawn_at=None, from_at__lte=moment)
    return standing.select_related("rule_set").order_by("-from_at", "-pk").first()


@recording()
def draft_rules(*, actor: Principal, note: str = "", based_on: RuleSet | None = None) -> RuleSet:
    """Begin a draft with the rules of another set, of the one in force if none is named."""
    source = based_on or set_in_force()
    draft = RuleSet.objects.create(
        number=_next_number(),
        note=note.strip(),
        based_on=source,
        made_by=actor.key,
        made_at=clock.now(),
    )
    for rule in source.rules.all() if source else ():
        rule.pk, rule.rule_set = None, draft
        rule.save(force_insert=True)
    _note(draft, "drafted", actor)
    return draft


def _next_number() -> int:
    """Return the number that follows; whoever else wants one waits until this one is kept."""
    list(RuleSet.objects.select_for_update().order_by("number")[:1])  # the first stays
    return (RuleSet.objects.aggregate(last=Max("number"))["last"] or 0) + 1


@recording()
def save_rule(
    *,
    number: int,
    name: str,
    fields: dict[str, Any],
    actor: Principal,
    new: bool = False,
    seen: str = "",
) -> RoutingRule:
    """Write a rule of a draft; `seen` is the mark of the rule that the writer began with.

    Raises ValidationError by field, Conflict for a published set or a rule that is not as it was.
    """
    draft = _draft(number)
    rule = draft.rules.filter(name=name).first()
    if new and rule:
        raise InvalidInput("name_taken", _("Another rule has this key."), field="name")
    if rule is None:
        if not new:
            raise NotFound("rule_not_found", _("There is no such rule."))
        rule = RoutingRule(rule_set=draft, name=name)
    elif seen and seen != mark_of(rule):
        detail = _("Somebody else has changed this rule. What you entered is not saved.")
        raise Conflict("rule_changed", detail)
    for field, value in fields.items():
        setattr(rule, field, value)
    rule.full_clean()
    rule.save()
    _note(draft, "saved", actor, rule=rule.name)
    return rule


def mark_of(rule: RoutingRule) -> str:
    """Return what is another one for each state of a rule: 16 hexadecimal digits."""
    own = [field for field in RoutingRule._meta.concrete_fields if not field.primary_key]
    content = orjson.dumps({field.attname: getattr(rule, field.attname) for field in own})
    return hashlib.sha256(content).hexdigest()[:16]


@recording()
def remove_rule(*, number: int, name: str, actor: Principal) -> None:
    """Take a rule out of a draft; the sets that were published keep it."""
    draft = _draft(number)
    gone, _by_model = draft.rules.filter(name=name).delete()
    if not gone:
        raise NotFound("rule_not_found", _("There is no such rule."))
    _note(draft, "removed", actor, rule=name)


@recording()
def discard_draft(*, number: int, actor: Principal) -> None:
    draft = _draft(number)
    _note(draft, "discarded", actor)
    RuleSet.objects.filter(based_on=draft).update(based_on=draft.based_on)
    draft.publications.all().delete()  # A draft has none but those withdrawn; the log keeps them.
    draft.delete()


def begin_rules(*, actor: Principal, note: str) -> RuleSet:
    """Put the first set of all in force, empty as yet.

    It holds from the beginning of time, so that a history which is imported is decided by it; and
    it changes nothing that was before, so the log has nothing to tell.
    """
    now = clock.now()
    first = RuleSet.objects.create(number=_next_number(), note=note, made_by=actor.key, made_at=now)
    Publication.objects.create(rule_set=first, from_at=BEGINNING, made_by=actor.key, made_at=now)
    return first


@recording()
def publish_rules(
    *, number: int, actor: Principal, from_at: datetime | None = None, reason: str = ""
) -> Publication:
    """Let a draft be in force from a moment on, from now if none is given.

    Raises InvalidInput for a moment that is past, or naming a rule that no longer holds good.
    """
    draft = _draft(number)
    now = clock.now()
    if from_at is not None and from_at < now:
        raise InvalidInput("in_the_past", _("Give a time that is still to come."), field="from_at")
    for rule in draft.rules.select_related("agency", "roster"):
        try:
            rule.full_clean()
        except ValidationError as error:
            said = f"{rule.called}: {' '.join(error.messages)}"
            raise InvalidInput("rule_invalid", said, field="rules") from error
    return _publish(draft, actor, from_at or now, reason)


@recording()
def roll_back(*, actor: Principal, reason: str, present: int | None = None) -> Publication:
    """Put the set in force again that was before the present one.

    `present` is the number of the one that is to go, as far as its caller knows. Raises Conflict
    where that has happened already, or there is none before it.
    """
    now = clock.now()
    list(RuleSet.objects.select_for_update().order_by("number")[:1])  # one after the other
    going = publication_in_force(now)
    if present and (going is None or going.rule_set.number != present):
        detail = _("Another set of rules has come into force meanwhile. Look at it first.")
        raise Conflict("rules_changed", detail)
    standing = Publication.objects.filter(withdrawn_at=None, from_at__lte=now)
    before = standing.exclude(rule_set=going.rule_set if going else None)
    former = before.order_by("-from_at", "-pk").first()
    if former is None:
        raise Conflict("nothing_before", _("There is no earlier set of rules to go back to."))
    if not reason.strip():
        raise InvalidInput("reason_needed", _("Write at least a few words here."), field="reason")
    return _publish(former.rule_set, actor, now, reason, rollback=True)


@recording()
def withdraw_publication(*, number: int, actor: Principal) -> RuleSet:
    """Take back what was scheduled and is not in force yet; the set is a draft again."""
    rule_set = _locked(number)
    coming = rule_set.publications.filter(withdrawn_at=None, from_at__gt=clock.now())
    if not coming.update(withdrawn_at=clock.now()):
        raise Conflict("not_scheduled", _("This set of rules is not scheduled."))
    _note(rule_set, "withdrawn", actor)
    return rule_set


def _publish(
    rule_set: RuleSet, actor: Principal, from_at: datetime, reason: str, *, rollback: bool = False
) -> Publication:
    publication = Publication.objects.create(
        rule_set=rule_set,
        from_at=from_at,
        rollback=rollback,
        reason=reason.strip(),
        made_by=actor.key,
        made_at=clock.now(),
    )
    change = "rolled_back" if rollback else "published"
    _note(rule_set, change, actor, from_at=from_at.isoformat())
    return publication


def _locked(number: int) -> RuleSet:
    rule_set = RuleSet.objects.select_for_update().filter(number=number).first()
    if rule_set is None:
        raise NotFound("rule_set_not_found", _("There is no such set of rules."))
    return rule_set


def _draft(number: int) -> RuleSet:
    rule_set = _locked(number)
    if state_of(rule_set, clock.now()) != DRAFT:
        detail = _("A published set of rules does not change. Begin a draft from it.")
        raise Conflict("rules_published", detail)
    return rule_set


def _note(rule_set: RuleSet, change: str, actor: Principal, **more: str) -> None:
    record(RulesChanged(rule_set=rule_set.number, change=change, **more), actor=actor.key)
