"""What a set of rules leaves out: matters without an agency, and rules that never decide."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from itertools import product
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone

from backend import clock
from backend.catalogue.models import Category
from backend.tickets.deadlines import is_worked
from geo.locator import index_on
from routing import engine
from routing.facts import Known, facts_for, known
from routing.words import NOT_APPLIED

UNANSWERED = NOT_APPLIED | {engine.NO_RULE}
A_YEAR = 366
HALF_HOURS = [time(turn // 2, 30 * (turn % 2)) for turn in range(48)]


@dataclass(frozen=True)
class Gap:
    """A category for which these units have no agency of their own, and why."""

    category: str
    reason: str
    areas: tuple[str, ...]


@dataclass(frozen=True)
class Idle:
    """A rule that never decides: nothing fits its conditions, or `beaten_by` always wins."""

    rule: str
    beaten_by: tuple[str, ...]


@dataclass(frozen=True)
class Coverage:
    """What was looked at, and what was found."""

    categories: int
    areas: int
    gaps: tuple[Gap, ...]
    idle: tuple[Idle, ...]


def coverage(rules: Sequence[engine.Rule]) -> Coverage:
    """Hold the rules against every active category in every commune-level unit, as of now.

    A citizen on the web with no answers stands for everybody; what conditions on answers, assets,
    reporters, channels and times would change is not counted as an answer.
    """
    on = known()
    categories = list(Category.objects.filter(active=True).select_related("sector"))
    areas = sorted(unit.ref.code for unit in index_on(timezone.localdate(clock.now())).units)
    matters = [facts_for(category=each, area_code="", on=on) for each in categories]
    gaps = [gap for facts in matters for gap in _gaps(facts, rules, areas, on)]
    idle = [
        found for rule in rules if (found := _idle(rule, rules, matters, areas, on)) is not None
    ]
    return Coverage(len(categories), len(areas), tuple(gaps), tuple(idle))


def _at(facts: engine.Facts, area: str, on: Known) -> engine.Facts:
    return replace(facts, area=area, committee=on.committees.get(area, ""))


def _gaps(
    facts: engine.Facts, rules: Sequence[engine.Rule], areas: Sequence[str], on: Known
) -> Iterator[Gap]:
    found: dict[str, list[str]] = {}
    # Most rules are about other categories: those need not be asked again for each unit.
    near = [rule for rule in rules if not rule.category or facts.category in rule.category]
    for area in areas:
        decision = engine.decide(_at(facts, area, on), near)
        for reason in UNANSWERED & set(decision.doubt):
            found.setdefault(reason, []).append(area)
    for reason, where in sorted(found.items()):
        yield Gap(facts.category, reason, tuple(where))


def _idle(
    rule: engine.Rule,
    rules: Sequence[engine.Rule],
    matters: Sequence[engine.Facts],
    areas: Sequence[str],
    on: Known,
) -> Idle | None:
    beaten = set()
    for facts in _fitting(rule, matters, areas, on):
        winner = engine.decide(facts, rules).rule
        if winner == rule.name:
            return None
        beaten.add(winner)
    return Idle(rule.name, tuple(sorted(beaten)))


def _fitting(
    rule: engine.Rule, matters: Sequence[engine.Facts], areas: Sequence[str], on: Known
) -> Iterator[engine.Facts]:
    """Yield matters that the rule matches, and no more telling than it asks."""
    moment = _moment_for(rule, on)
    if moment is None:
        return
    # A unit that was merged away has no more matters, so a rule for it alone never decides.
    asked = [code for code in sorted(rule.area) if code == engine.OUTSIDE or code in areas]
    places = ["" if code == engine.OUTSIDE else code for code in asked] if rule.area else areas
    ways = list(
        product(
            sorted(rule.answers) or [""],
            sorted(rule.asset) or [""],
            sorted(rule.reporter) or ["citizen"],
            sorted(rule.channel) or ["web"],
        )
    )
    when, worked = moment
    for facts, area, (answer, asset, reporter, channel) in product(matters, places, ways):
        matter = replace(
            _at(facts, area, on),
            answers=frozenset([answer] if answer else []),
            assets=frozenset([asset] if asset else []),
            reporter=reporter,
            channel=channel,
            moment=when,
            worked=worked,
        )
        if engine.consider(matter, [rule])[0].matches:
            yield matter


def _moment_for(rule: engine.Rule, on: Known) -> tuple[datetime, bool] | None:
    """Return a moment within the year to come at which the rule's hours and days hold."""
    zone = ZoneInfo(settings.TIME_ZONE)
    now = clock.now().astimezone(zone)
    if not rule.hours and not rule.days:
        return now, True
    for turn in range(A_YEAR):
        for at in HALF_HOURS:
            moment = datetime.combine(now.date() + timedelta(days=turn), at, zone)
            worked = is_worked(moment, zone=zone, hours_of=on.calendar.hours_of)
            if engine.times_hold(rule, moment, worked=worked):
                return moment, worked
    return None
