"""Which agency answers for a report. Pure: facts and rules in, a decision out.

A rule matches when every condition that it names holds; a condition that it leaves empty says
nothing. Of several that match, the most specific wins, by this order:

1. the rule that names the weightier condition: answers, then asset, category, area, sector,
   priority, level, reporter, channel, hours, days;
2. among rules that name the same conditions, the one that lists fewer alternatives, compared in
   that same order;
3. then the first by name. Such a tie is flagged, and if the two would choose differently, a
   person decides.

Two rules that are as specific and could both match are refused when they are saved (`rivals.py`),
so that a tie is what came in by another way.

A point in no unit goes to the duty desk, unless a rule names OUTSIDE among its areas; the agency
that would have led, had the place not mattered, supports. What no rule matches, and what a rule
gives to an agency that is not there, goes to the duty desk too. An agency that was dissolved is
followed by its successor.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from routing import times
from routing.matter import NAMELESS
from routing.matter import Facts as Facts
from routing.matter import Name as Name
from routing.matter import Near as Near

UNIT_COMMITTEE = "unit_committee"
"""The outcome "the People's Committee of the unit in which the point lies"."""

ROSTER = "roster:"
"""Begins the outcome "whoever holds this duty roster", before the roster's code."""

OUTSIDE = "outside"
"""Stands among a rule's areas for a point in no unit."""

CONDITIONS = (
    "answers",
    "asset",
    "category",
    "area",
    "sector",
    "priority",
    "level",
    "reporter",
    "channel",
    "hours",
    "days",
)
"""What a rule may ask for, the weightiest first."""

REVIEW = "review"
EMERGENCY = "emergency"

NO_RULE = "no_rule"
NO_COMMITTEE = "no_committee"
NOBODY_ON_DUTY = "nobody_on_duty"
UNKNOWN_AGENCY = "unknown_agency"
UNKNOWN_SUPPORT = "unknown_support"
RULES_TIE = "rules_tie"
RULES_DISAGREE = "rules_disagree"
OUTSIDE_UNITS = "outside_units"  # as geo says it

SERIOUS = frozenset({RULES_DISAGREE})
"""Doubts that a person settles before an agency is given the ticket."""


@dataclass(frozen=True, kw_only=True)
class Rule:
    """Conditions, each a set of which one must hold, and what follows from them.

    `lead` is an agency's code, UNIT_COMMITTEE, or ROSTER with a code. `deadlines` may set
    ack_minutes, resolve_minutes and clock. Blank `priority` and `intake` leave what the
    category says; `supporting` come besides those of the category. `title` is what people call
    the rule, `name` the key under which decisions keep it.
    """

    name: str
    lead: str
    answers: frozenset[str] = frozenset()
    asset: frozenset[str] = frozenset()
    category: frozenset[str] = frozenset()
    area: frozenset[str] = frozenset()
    sector: frozenset[str] = frozenset()
    priority_is: frozenset[str] = frozenset()
    level: frozenset[str] = frozenset()
    reporter: frozenset[str] = frozenset()
    channel: frozenset[str] = frozenset()
    hours: frozenset[str] = frozenset()
    days: frozenset[str] = frozenset()
    supporting: tuple[str, ...] = ()
    priority: str = ""
    intake: str = ""
    deadlines: Mapping[str, int | str] = field(default_factory=dict)
    title: Name = NAMELESS
    why: Name = NAMELESS

    def condition(self, name: str) -> frozenset[str]:
        """Return what the rule asks under one of CONDITIONS; empty asks nothing."""
        found: frozenset[str] = getattr(self, "priority_is" if name == "priority" else name)
        return found

    @property
    def rank(self) -> tuple[tuple[bool, ...], tuple[int, ...]]:
        """How specific the rule is: the smaller, the more."""
        asked = [self.condition(name) for name in CONDITIONS]
        return tuple(not each for each in asked), tuple(len(each) for each in asked)

    @property
    def conditions(self) -> tuple[frozenset[str], ...]:
        return tuple(self.condition(name) for name in CONDITIONS)


@dataclass(frozen=True)
class Considered:
    """A rule held against the facts, with the conditions that failed."""

    rule: Rule
    missed: tuple[str, ...]

    @property
    def matches(self) -> bool:
        return not self.missed


@dataclass(frozen=True, kw_only=True)
class Decision:
    """Who leads, who helps, how urgent it is, and why. `rule` is blank when none decided.

    `asset` is the class that the rule asked for and that was found by the place, else blank;
    `rivals` are the rules that matched as well and are as specific; `doubt` holds codes.
    """

    agency: str
    supporting: tuple[str, ...] = ()
    priority: str
    intake: str
    rule: str = ""
    title: Name = NAMELESS
    why: Name = NAMELESS
    deadlines: Mapping[str, int | str] = field(default_factory=dict)
    asset: str = ""
    rivals: tuple[str, ...] = ()
    doubt: tuple[str, ...] = ()

    @property
    def waits(self) -> bool:
        """Whether a person looks at it before an agency is given the ticket.

        An emergency does not wait for a doubt to be settled.
        """
        doubted = bool(SERIOUS & set(self.doubt)) and self.priority != EMERGENCY
        return self.intake == REVIEW or doubted


def decide(facts: Facts, rules: Sequence[Rule]) -> Decision:
    """Return who answers for the report, by the order that stands at the head of this file."""
    matching = [each.rule for each in consider(facts, rules) if each.matches]
    if not matching:
        return _unruled(facts, rules)
    best, *others = matching
    rivals = [rule for rule in others if rule.rank == best.rank]
    decision = replace(_outcome(best, facts), rivals=tuple(rule.name for rule in rivals))
    if not rivals:
        return decision
    leads = {_lead(rule, facts) for rule in (best, *rivals)}
    return replace(
        decision, doubt=(*decision.doubt, RULES_TIE if len(leads) == 1 else RULES_DISAGREE)
    )


def consider(facts: Facts, rules: Iterable[Rule]) -> list[Considered]:
    """Hold every rule against the facts: those that match first, the most specific leading."""
    considered = [Considered(rule, _missed(rule, facts)) for rule in rules]
    return sorted(considered, key=lambda each: (not each.matches, each.rule.rank, each.rule.name))


def _unruled(facts: Facts, rules: Sequence[Rule]) -> Decision:
    if facts.area:
        return _on_duty(facts, (NO_RULE,))
    anywhere = [each for each in consider(facts, rules) if each.missed == ("area",)]
    would_lead = [each.rule.lead for each in anywhere if not each.rule.area][:1]
    return _on_duty(facts, (OUTSIDE_UNITS,), (*would_lead, *facts.supporting))


def _missed(rule: Rule, facts: Facts) -> tuple[str, ...]:
    return tuple(name for name in CONDITIONS if not _holds(name, rule.condition(name), facts))


def _holds(name: str, asked: frozenset[str], facts: Facts) -> bool:
    if name == "area" and not facts.area:
        return OUTSIDE in asked
    if not asked:
        return True
    if name in ("answers", "asset"):
        return bool(asked & (facts.answers if name == "answers" else facts.assets))
    if name in ("hours", "days"):
        return _time_holds(name, asked, facts)
    return getattr(facts, name) in asked


def _time_holds(name: str, asked: frozenset[str], facts: Facts) -> bool:
    if facts.moment is None:
        return False
    if name == "days":
        return times.days_hold(asked, facts.moment.date())
    return times.hours_hold(asked, facts.moment, worked=facts.worked)


def times_hold(rule: Rule, moment: datetime, *, worked: bool) -> bool:
    """Say whether the rule's hours and days hold at a moment of the province's own time."""
    return (not rule.days or times.days_hold(rule.days, moment.date())) and (
        not rule.hours or times.hours_hold(rule.hours, moment, worked=worked)
    )


def _lead(rule: Rule, facts: Facts) -> str:
    if rule.lead == UNIT_COMMITTEE:
        return facts.committee
    lead = rule.lead
    if lead.startswith(ROSTER):
        lead = facts.rosters.get(lead.removeprefix(ROSTER), "")
    return facts.successors.get(lead, lead)


def _outcome(rule: Rule, facts: Facts) -> Decision:
    lead = _lead(rule, facts)
    if lead not in facts.agencies:
        doubt = NO_COMMITTEE if rule.lead == UNIT_COMMITTEE else UNKNOWN_AGENCY
        if rule.lead.startswith(ROSTER) and not lead:
            doubt = NOBODY_ON_DUTY
        return replace(_on_duty(facts, (doubt,)), rule=rule.name, title=rule.title, why=rule.why)
    named = (*rule.supporting, *facts.supporting)
    wanted = dict.fromkeys(facts.successors.get(code, code) for code in named)
    known = tuple(code for code in wanted if code in facts.agencies and code != lead)
    return Decision(
        agency=lead,
        supporting=known,
        priority=rule.priority or facts.priority,
        intake=rule.intake or facts.intake,
        deadlines=rule.deadlines,
        asset=_found(rule, facts),
        rule=rule.name,
        title=rule.title,
        why=rule.why,
        doubt=_doubts(facts, (UNKNOWN_SUPPORT,) if wanted.keys() - facts.agencies.keys() else ()),
    )


def _found(rule: Rule, facts: Facts) -> str:
    """Return the nearest of the asset classes that the rule asks for, blank for none."""
    found = [(facts.near[one].distance_m, one) for one in rule.asset & facts.near.keys()]
    return min(found)[1] if found else ""


def _on_duty(facts: Facts, doubt: Sequence[str], supporting: Sequence[str] = ()) -> Decision:
    helpers = dict.fromkeys(code for code in supporting if code in facts.agencies)
    return Decision(
        agency=facts.duty_desk,
        supporting=tuple(code for code in helpers if code != facts.duty_desk),
        priority=facts.priority,
        intake=facts.intake,
        doubt=_doubts(facts, doubt),
    )


def _doubts(facts: Facts, more: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*facts.place_doubt, *more)))
