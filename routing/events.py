"""The facts about routing rules."""

from dataclasses import dataclass
from typing import ClassVar

from backend.events.types import Event


@dataclass(frozen=True, kw_only=True)
class RulesChanged(Event):
    """A set of rules was drafted, its rules saved or removed, published, rolled back, withdrawn.

    `rule` is the key of the rule concerned; `from_at` when the set is in force from (RFC 3339).
    """

    type = "rules.changed"

    rule_set: int
    change: str
    rule: str = ""
    from_at: str = ""

    @property
    def stream(self) -> str:
        return f"rules:{self.rule_set}"


@dataclass(frozen=True, kw_only=True)
class MovesCounted(Event):
    """So many open tickets lie elsewhere by what is in force, and for which reasons.

    `ground` changes with boundaries, rules and successors; while it stands, so does the count,
    but for what a person moves.
    """

    type = "rules.moves_counted"
    STREAM: ClassVar[str] = "rules:moves"

    rule_set: int | None
    ground: str
    count: int
    boundary: int
    rules: int
    successor: int

    @property
    def stream(self) -> str:
        return self.STREAM
