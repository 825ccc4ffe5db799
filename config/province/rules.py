"""Routing rules of a province, from rules.yaml."""

from collections.abc import Iterable
from typing import Any

from backend.accounts.models import Agency
from config.province.files import Folder, Row
from config.province.rows import Outcome, Wanted, bring, by_key, retire
from routing.models import CONDITION_FIELDS, RoutingRule
from routing.models import Outcome as Choice

PARTS = {
    "name", "title_vi", "title_en", "when", "lead", "supporting", "priority", "intake",
    "explanation_vi", "explanation_en",
}  # fmt: skip


def load_rules(folder: Folder) -> Outcome:
    """Bring the routing rules to what the file says; those that it no longer names rest."""
    rows = folder.rules()
    agencies = by_key(Agency, "code")
    wanted = []
    for row in rows:
        faults = list(_faults_of(row, agencies))
        folder.faults += [row.fault(text) for text in faults]
        if not faults:
            wanted.append(Wanted(row, _rule(row, agencies)))
    gone = retire(RoutingRule, "name", [row["name"] for row in rows]) if rows else []
    _rest_what_changes(wanted)
    outcome = bring(RoutingRule, "name", wanted)
    outcome.retired = len(gone)
    return outcome


def _rest_what_changes(wanted: Iterable[Wanted]) -> None:
    """Two rules may exchange their conditions: neither is in the way while both change."""
    known = by_key(RoutingRule, "name")
    for each in wanted:
        rule = known.get(each.fields["name"])
        if rule and any(getattr(rule, field) != each.fields[field] for field in each.fields):
            RoutingRule.objects.filter(pk=rule.pk).update(active=False)


def _faults_of(row: Row, agencies: dict[str, Agency]) -> Iterable[str]:
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
    if not isinstance(lead, dict) or set(lead) != {"agency"}:
        yield "lead: write {agency: CODE} or {unit_committee: true}"
    elif lead["agency"] not in agencies:
        yield f"lead: there is no agency {lead['agency']!r}"


def _is_list(codes: Any) -> bool:
    return isinstance(codes, list) and all(isinstance(code, str) for code in codes)


def _rule(row: Row, agencies: dict[str, Agency]) -> dict[str, Any]:
    when = row.values.get("when") or {}
    agency = agencies.get(row["lead"].get("agency", ""))
    return {
        "name": row["name"],
        "title_vi": row.values.get("title_vi", ""),
        "title_en": row.values.get("title_en", ""),
        "outcome": Choice.AGENCY if agency else Choice.UNIT_COMMITTEE,
        "agency": agency,
        "supporting": sorted(set(row.values.get("supporting", []))),
        "priority": row.values.get("priority", ""),
        "intake": row.values.get("intake", ""),
        "why_vi": row.values.get("explanation_vi", ""),
        "why_en": row.values.get("explanation_en", ""),
        "active": True,
        **{field: sorted(set(when.get(name, []))) for name, field in CONDITION_FIELDS.items()},
    }
