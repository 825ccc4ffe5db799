"""Which agency answers for what, as rows that a province edits."""

from routing.models.rosters import DutyRoster, DutyShift
from routing.models.rules import RoutingRule
from routing.models.sets import Publication, RuleSet

__all__ = ["DutyRoster", "DutyShift", "Publication", "RoutingRule", "RuleSet"]
