"""What a photo's own account says beside the report's: facts for staff, never a verdict.

A camera's clock may be wrong and its place a kilometre off; so each fact is a number with a
code, shown where it is out of the ordinary, and nothing follows from it by itself.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from shapely.geometry import Point

from geo.geometry import distance_m

FAR_M = 300
"""Beyond both accuracies: a street's length, which somebody may walk before they report."""

LONG_BEFORE = timedelta(hours=24)
AFTER = timedelta(minutes=10)  # Clocks differ.
CHANGED = timedelta(minutes=1)  # Cameras write the file some seconds after the moment.

EDITORS = (
    *("photoshop", "lightroom", "gimp", "snapseed", "picsart", "canva", "meitu", "facetune"),
    *("pixlr", "affinity", "darktable", "vsco", "inshot", "b612", "paint", "polish", "beautyplus"),
)

Fact = dict[str, Any]


def facts(
    evidence: Mapping[str, Any],
    *,
    place: tuple[float, float] | None,
    accuracy_m: float | None,
    at: datetime,
    zone: ZoneInfo,
) -> list[Fact]:
    """Return `{code, …}` for each thing that does not fit the report, or is not said at all.

    `place` is where the report says (lat, lon), None for a photo of no certain place; `at` is
    when it was written. Codes: no_exif; taken_far {distance_m}; taken_before, taken_after
    {hours}; edited {software}; changed {hours}.
    """
    if not evidence:
        return [{"code": "no_exif"}]
    found = _far(evidence, place, accuracy_m or 0)
    taken = moment(evidence.get("taken_at"), zone)
    if taken and taken < at - LONG_BEFORE:
        found.append({"code": "taken_before", "hours": _hours(at - taken)})
    if taken and taken > at + AFTER:
        found.append({"code": "taken_after", "hours": _hours(taken - at)})
    return found + _edited(evidence, taken, zone)


def _far(
    evidence: Mapping[str, Any], place: tuple[float, float] | None, accuracy_m: float
) -> list[Fact]:
    if place is None or "lat" not in evidence or "lon" not in evidence:
        return []
    metres = distance_m(*place, Point(evidence["lon"], evidence["lat"]))
    if metres > FAR_M + accuracy_m + float(evidence.get("accuracy_m") or 0):
        return [{"code": "taken_far", "distance_m": round(metres)}]
    return []


def _edited(evidence: Mapping[str, Any], taken: datetime | None, zone: ZoneInfo) -> list[Fact]:
    software = str(evidence.get("software") or "")
    if any(name in software.lower() for name in EDITORS):
        return [{"code": "edited", "software": software}]
    changed = moment(evidence.get("changed_at"), zone)
    if taken and changed and changed > taken + CHANGED:
        return [{"code": "changed", "hours": _hours(changed - taken)}]
    return []


def moment(text: str | None, zone: ZoneInfo) -> datetime | None:
    """Return a camera's time; one without a zone is taken for the province's own."""
    if not text:
        return None
    said = datetime.fromisoformat(text)
    return said if said.tzinfo else said.replace(tzinfo=zone)


def _hours(span: timedelta) -> float:
    return round(span.total_seconds() / 3600, 1)
