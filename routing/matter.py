"""What the engine is told of a report before it decides. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True)
class Name:
    """What something is called in both languages."""

    vi: str
    en: str


NAMELESS = Name("", "")


@dataclass(frozen=True)
class Near:
    """The nearest asset of a class: its name, blank for none, and how far it is."""

    name: str
    distance_m: float


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What is known of a report when it is routed.

    `area` is the unit's code, blank for a point in none; `committee` the code of that unit's
    active committee; `agencies` are all active ones; `answers` look like "road=national", `assets`
    like "road:national", with `near` for those that were found by the place. `moment` is the
    province's own time, `worked` whether offices are open then; `rosters` say who is on duty,
    `successors` who follows an agency that is no more.
    """

    category: str
    category_name: Name
    sector: str
    level: str
    priority: str
    intake: str
    duty_desk: str
    reporter: str = "citizen"
    channel: str = "web"
    area: str = ""
    area_name: Name | None = None
    committee: str = ""
    answers: frozenset[str] = frozenset()
    supporting: tuple[str, ...] = ()
    place_doubt: tuple[str, ...] = ()
    agencies: Mapping[str, Name] = field(default_factory=dict)
    assets: frozenset[str] = frozenset()
    near: Mapping[str, Near] = field(default_factory=dict)
    moment: datetime | None = None
    worked: bool = True
    rosters: Mapping[str, str] = field(default_factory=dict)
    successors: Mapping[str, str] = field(default_factory=dict)
