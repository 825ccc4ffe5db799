"""A province's units and their boundaries."""

from datetime import date
from typing import Any

from config.province.files import Fault, Folder
from config.province.rows import Outcome
from geo.errors import BadBoundaries
from geo.models import Area, AreaVersion
from geo.services import load_boundaries

BOUNDARIES = "boundaries.geojson"
UNIT_COLUMNS = {"code", "kind", "name_vi", "name_en"}


def load_ground(folder: Folder, facts: dict[str, Any]) -> Outcome:
    """Take in the boundaries, from the day and by the act that province.json names.

    Where surveyed boundaries are in force, or newer ones, those of the file are left aside.
    """
    outcome = Outcome()
    collection = folder.document(BOUNDARIES)
    if not collection:
        return outcome
    _compare(folder, collection)
    begins = date.fromisoformat(facts["valid_from"])
    approximate = bool(facts.get("approximate", False))
    better = _better(begins, approximate)
    features = collection.get("features")
    if isinstance(features, list) and better:
        features = [each for each in features if _code(each) not in better]
    try:
        loaded = load_boundaries(
            collection | {"features": features},
            valid_from=begins,
            legal_act=facts.get("legal_act", ""),
            approximate=approximate,
        )
    except BadBoundaries as error:
        folder.faults.append(_fault(str(error.detail)))
        return outcome
    outcome.added, outcome.changed = loaded.added, loaded.changed
    outcome.unchanged = loaded.unchanged + len(better)
    return outcome


def known_areas() -> set[str]:
    return set(Area.objects.values_list("code", flat=True))


def _better(begins: date, approximate: bool) -> set[str]:
    """Return the codes of the areas of which something better is known than a file of that day."""
    latest = AreaVersion.objects.order_by("valid_from").select_related("area")
    return {
        version.area.code
        for version in {version.area_id: version for version in latest}.values()
        if (version.valid_to or version.valid_from) > begins  # one that ended does not come back
        or (approximate and not version.approximate)
    }


def _compare(folder: Folder, collection: dict[str, Any]) -> None:
    """Note where units.csv and the boundaries do not speak of the same units."""
    rows = folder.table("units.csv", UNIT_COLUMNS, "code")
    features = collection.get("features")
    drawn = {_code(each): each for each in features} if isinstance(features, list) else {}
    for row in rows:
        feature = drawn.get(row["code"])
        if feature is None:
            folder.faults.append(row.fault(f"{row['code']} has no boundary in {BOUNDARIES}"))
            continue
        for name in ("name_vi", "name_en", "kind"):
            if feature["properties"].get(name) != row[name]:
                folder.faults.append(row.fault(f"{name}: not as in {BOUNDARIES}"))
    listed = {row["code"] for row in rows}
    for code, feature in drawn.items():
        if rows and code not in listed and _level(feature) == "commune":
            folder.faults.append(_fault(f"{code} is not in units.csv"))


def _code(feature: Any) -> str:
    properties = feature.get("properties") if isinstance(feature, dict) else None
    return str(properties.get("code", "")) if isinstance(properties, dict) else ""


def _level(feature: dict[str, Any]) -> str:
    return str(feature["properties"].get("level", ""))


def _fault(text: str) -> Fault:
    return Fault(BOUNDARIES, 0, text)
