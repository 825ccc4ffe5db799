"""Rules that nothing sets apart: as specific as each other, and matching the same report. Pure."""

from collections.abc import Iterable

from routing import times
from routing.engine import CONDITIONS, Rule


def rival_of(rule: Rule, others: Iterable[Rule]) -> Rule | None:
    """Return a rule that is as specific and matches where this one does, if there is any."""
    return next(
        (
            other
            for other in others
            if other.name != rule.name
            and other.rank == rule.rank
            and all(_meet(name, rule.condition(name), other.condition(name)) for name in CONDITIONS)
        ),
        None,
    )


def _meet(name: str, some: frozenset[str], others: frozenset[str]) -> bool:
    """Say whether both may hold at once; a place may have several assets and many answers."""
    if (not some and not others) or name == "asset":
        return True
    if name == "hours":
        return times.hours_meet(some, others)
    if name == "days":
        return times.days_meet(some, others)
    if name == "answers" and {_question(each) for each in some} != {
        _question(each) for each in others
    }:
        return True
    return bool(some & others)


def _question(answer: str) -> str:
    return answer.partition("=")[0]
