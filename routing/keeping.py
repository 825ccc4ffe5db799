"""What a ticket keeps of a decision of the rules. Pure."""

from typing import Any

from routing.engine import Decision, Facts
from routing.words import explain


def kept_of(facts: Facts, decision: Decision, rule_set: int | None) -> dict[str, Any]:
    """Return the rule, its set, why in both languages, the doubts, and deadlines if it set any."""
    said = explain(facts, decision)
    kept: dict[str, Any] = {"deadlines": dict(decision.deadlines)} if decision.deadlines else {}
    return kept | {
        "rule_set": rule_set,
        "rule": decision.rule,
        "title": {"vi": decision.title.vi, "en": decision.title.en},
        "explanation": {"vi": said.vi, "en": said.en},
        "doubt": list(decision.doubt),
    }
