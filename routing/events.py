"""The facts about routing rules."""

from dataclasses import dataclass

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
