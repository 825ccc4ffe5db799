"""Areas as GeoJSON files give them: under our own names, or those of the national lists."""

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from shapely.geometry import MultiPolygon

from geo import geometry
from geo.errors import BadBoundaries
from geo.models import Kind, Level

# The words of the decrees, as they stand before a unit's name.
_KINDS = {
    "phường": Kind.WARD,
    "xã": Kind.COMMUNE,
    "đặc khu": Kind.SPECIAL_ZONE,
    "tỉnh": Kind.PROVINCE,
    "thành phố": Kind.PROVINCE,
}
_ENGLISH = {
    Kind.WARD: "Ward",
    Kind.COMMUNE: "Commune",
    Kind.SPECIAL_ZONE: "Special Zone",
}


@dataclass(frozen=True)
class AreaFeature:
    """One area of a file, checked; `parent` is a code, or blank."""

    code: str
    level: Level
    kind: Kind
    parent: str
    name_vi: str
    name_en: str
    ground: MultiPolygon
    approximate: bool


def read_features(collection: Mapping[str, Any]) -> list[AreaFeature]:
    """Return the areas of a FeatureCollection, provinces first.

    Raises BadBoundaries, which names the feature, for the first that cannot be taken.
    """
    features = collection.get("features")
    if collection.get("type") != "FeatureCollection" or not isinstance(features, list):
        raise BadBoundaries(_("The file is no GeoJSON FeatureCollection."))
    read = list(_read_all(features))
    return sorted(read, key=lambda feature: feature.level is not Level.PROVINCE)


def _read_all(features: list[Any]) -> Iterator[AreaFeature]:
    seen: set[str] = set()
    for number, feature in enumerate(features, start=1):
        try:
            area = _read(feature)
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise BadBoundaries(
                _("Feature %(number)d cannot be taken: %(why)s.") % {"number": number, "why": error}
            ) from error
        if area.code in seen:
            raise BadBoundaries(_("The code %(code)s stands twice in the file.") % vars(area))
        seen.add(area.code)
        yield area


def _read(feature: Mapping[str, Any]) -> AreaFeature:
    given = feature["properties"]
    kind = _kind_of(given)
    level = Level.PROVINCE if kind is Kind.PROVINCE else Level.COMMUNE
    if given.get("level", level) != level:
        raise ValueError(f"a {kind.value} is not of level {given['level']!r}")
    return AreaFeature(
        code=_text(given, "code"),
        level=level,
        kind=kind,
        parent=_text(given, "parent", "parent_code", default=""),
        name_vi=_text(given, "name_vi", "full_name"),
        name_en=_english_name(given, kind),
        ground=geometry.multipolygon_from(feature["geometry"]),
        approximate=given.get("approximate") is True,
    )


def _text(given: Mapping[str, Any], *names: str, default: str | None = None) -> str:
    for name in names:
        value = given.get(name)
        if isinstance(value, str) and value.strip():
            return unicodedata.normalize("NFC", value.strip())
    if default is None:
        raise ValueError(f"it has no {names[0]}")
    return default


def _kind_of(given: Mapping[str, Any]) -> Kind:
    if "kind" in given:
        return Kind(given["kind"])
    word = _text(given, "unit_type").lower()
    if word not in _KINDS:
        raise ValueError(f"{word!r} is no kind of unit")
    return _KINDS[word]


def _english_name(given: Mapping[str, Any], kind: Kind) -> str:
    """Return the name in English; the national lists give it without what the unit is."""
    name = _text(given, "name_en")
    word = _ENGLISH.get(kind, "")
    return name if name.endswith(word) else f"{name} {word}"
