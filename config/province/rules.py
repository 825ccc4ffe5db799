"""Routing rules of a province, from rules.yaml."""

import hashlib
from collections.abc import Iterable
from typing import Any

import orjson
from django.core.exceptions import ValidationError
from django.db.models import Model

from backend.accounts.models import Agency
from backend.accounts.principal import of_system
from backend.events.log import recording
from config.province.files import Fault, Folder, Row
from config.province.rows import Outcome, by_key, sentences
from routing.choices import CONDITION_FIELDS
from routing.choices import Outcome as Choice
from routing.models import DutyRoster, RoutingRule, RuleSet
from routing.rule_sets import begin_rules, draft_rules, publish_rules, set_in_force

PARTS = {
    "name", "title_vi", "title_en", "when", "lead", "supporting", "priority", "intake",
    "ack_minutes", "resolve_minutes", "clock", "explanation_vi", "explanation_en",
}  # fmt: skip


def load_rules(folder: Folder) -> Outcome:
    """Publish the file's rules as a new set, unless this very file was the last to be loaded.

    So the versions that administrators made since stay in force until the file changes.
    """
    rows = folder.rules()
    agencies, rosters = by_key(Agency, "code"), by_key(DutyRoster, "code")
    wanted = []
    for row in rows:
        faults = list(_faults_of(row, agencies, rosters))
        folder.faults += [row.fault(text) for text in faults]
        if not faults:
            wanted.append((row, _rule(row, agencies, rosters)))
    outcome = Outcome()
    digest = _digest(wanted)
    last = RuleSet.objects.exclude(file_digest="").order_by("-number").first()
    if not rows or (last and last.file_digest == digest):
        outcome.unchanged = len(wanted)
        return outcome
    _count(outcome, [fields for _row, fields in wanted])
    outcome.faults += _publish(wanted, digest)
    return outcome


def _digest(wanted: Iterable[tuple[Row, dict[str, Any]]]) -> str:
    plain = [
        {name: str(value) if isinstance(value, Model) else value for name, value in fields.items()}
        for _row, fields in wanted
    ]
    return hashlib.sha256(orjson.dumps(plain, option=orjson.OPT_SORT_KEYS)).hexdigest()


def _count(outcome: Outcome, wanted: list[dict[str, Any]]) -> None:
    """Say what changes against the set in force."""
    present = set_in_force()
    rules = {rule.name: rule for rule in present.rules.filter(active=True)} if present else {}
    for fields in wanted:
        rule = rules.pop(fields["name"], None)
        if rule is None:
            outcome.added += 1
        elif all(getattr(rule, name) == value for name, value in fields.items()):
            outcome.unchanged += 1
        else:
            outcome.changed += 1
    outcome.retired = len(rules)


@recording()
def _publish(wanted: list[tuple[Row, dict[str, Any]]], digest: str) -> list[Fault]:
    actor = of_system("province")
    begins = not RuleSet.objects.exists()
    begin = begin_rules if begins else draft_rules
    rule_set = begin(actor=actor, note="rules.yaml")
    RuleSet.objects.filter(pk=rule_set.pk).update(file_digest=digest)
    rule_set.rules.all().delete()
    faults = []
    for row, fields in wanted:
        rule = RoutingRule(rule_set=rule_set, **fields)
        try:
            rule.full_clean()
        except ValidationError as error:
            faults += [row.fault(text) for text in sentences(error)]
            continue
        rule.save()
    if not faults and not begins:
        publish_rules(number=rule_set.number, actor=actor)
    return faults


def _faults_of(
    row: Row, agencies: dict[str, Agency], rosters: dict[str, DutyRoster]
) -> Iterable[str]:
    if unknown := set(row.values) - PARTS:
        yield f"{', '.join(sorted(map(str, unknown)))}: no part of a rule"
    when = row.values.get("when") or {}
    if not isinstance(when, dict):
        yield "when: write conditions, each with a list"
        return
    for name, codes in when.items():
        if name not in CONDITION_FIELDS:
            yield f"when: {name} is no condition"
        elif not _is_list(codes):
            yield f"when: {name} is no list of codes"
    if not _is_list(row.values.get("supporting", [])):
        yield "supporting is no list of codes"
    lead = row.values.get("lead")
    if lead == {"unit_committee": True}:
        return
    if isinstance(lead, dict) and set(lead) == {"roster"}:
        if lead["roster"] not in rosters:
            yield f"lead: there is no duty roster {lead['roster']!r}"
    elif not isinstance(lead, dict) or set(lead) != {"agency"}:
        yield "lead: write {agency: CODE}, {roster: CODE} or {unit_committee: true}"
    elif lead["agency"] not in agencies:
        yield f"lead: there is no agency {lead['agency']!r}"


def _is_list(codes: Any) -> bool:
    return isinstance(codes, list) and all(isinstance(code, str) for code in codes)


def _rule(row: Row, agencies: dict[str, Agency], rosters: dict[str, DutyRoster]) -> dict[str, Any]:
    when = row.values.get("when") or {}
    agency = agencies.get(row["lead"].get("agency", ""))
    roster = rosters.get(row["lead"].get("roster", ""))
    outcome = Choice.AGENCY if agency else Choice.ROSTER if roster else Choice.UNIT_COMMITTEE
    return {
        "name": row["name"],
        "title_vi": row.values.get("title_vi", ""),
        "title_en": row.values.get("title_en", ""),
        "outcome": outcome,
        "agency": agency,
        "roster": roster,
        "supporting": sorted(set(row.values.get("supporting", []))),
        "priority": row.values.get("priority", ""),
        "intake": row.values.get("intake", ""),
        "ack_minutes": row.values.get("ack_minutes"),
        "resolve_minutes": row.values.get("resolve_minutes"),
        "clock": row.values.get("clock", ""),
        "why_vi": row.values.get("explanation_vi", ""),
        "why_en": row.values.get("explanation_en", ""),
        "active": True,
        **{field: sorted(set(when.get(name, []))) for name, field in CONDITION_FIELDS.items()},
    }
