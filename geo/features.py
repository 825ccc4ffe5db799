"""Areas as GeoJSON files give them: under our own names, or those of the national lists."""

import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from shapely.geometry import MultiPolygon

from geo import geometry
from geo.errors import BadBoundaries
from geo.files import Row
from geo.models import Kind, Level

# The words of the decrees, as they stand before a unit's name.
_KINDS = {
    "phường": Kind.WARD,
    "xã": Kind.COMMUNE,
    "đặc khu": Kind.SPECIAL_ZONE,
    "tỉnh": Kind.PROVINCE,
    "thành phố": Kind.PROVINCE,
}
_CODES = {"code", "parent", "parent_code"}
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
    return in_order(
        area_of(number, lambda given=given: _read(given))  # type: ignore[misc]
        for number, given in enumerate(features, start=1)
    )


def area_of(number: int, read: Callable[[], AreaFeature]) -> AreaFeature:
    """Return what `read` returns; what it cannot take is refused by the number of the feature."""
    try:
        return read()
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise BadBoundaries(
            _("Feature %(number)d cannot be taken: %(why)s.")
            % {"number": number, "why": _(str(error))}
        ) from error


def in_order(areas: Iterable[AreaFeature]) -> list[AreaFeature]:
    """Return the areas, provinces first. Raises BadBoundaries for a code that stands twice."""
    read: dict[str, AreaFeature] = {}
    for area in areas:
        if area.code in read:
            raise BadBoundaries(_("The code %(code)s stands twice in the file.") % vars(area))
        read[area.code] = area
    return sorted(read.values(), key=lambda area: area.level is not Level.PROVINCE)


def read_row(row: Row) -> AreaFeature:
    """Return the area of a file's row. Raises BadBoundaries, which names the row."""
    return area_of(
        row.number, lambda: _described(row.properties, geometry.sound_multipolygon(row.shape))
    )


def _read(feature: Mapping[str, Any]) -> AreaFeature:
    return _described(feature["properties"], geometry.multipolygon_from(feature["geometry"]))


def _described(given: Mapping[str, Any], ground: MultiPolygon) -> AreaFeature:
    kind = _kind_of(given)
    level = Level.PROVINCE if kind is Kind.PROVINCE else Level.COMMUNE
    if (given.get("level") or level) != level:
        detail = _("a %(kind)s is not of level “%(level)s”")
        raise ValueError(detail % {"kind": kind.label, "level": given["level"]})
    return AreaFeature(
        code=_text(given, "code"),
        level=level,
        kind=kind,
        parent=_text(given, "parent", "parent_code", default=""),
        name_vi=_text(given, "name_vi", "full_name"),
        name_en=_english_name(given, kind),
        ground=ground,
        approximate=given.get("approximate") in (True, "true", "1", 1),
    )


def _text(given: Mapping[str, Any], *names: str, default: str | None = None) -> str:
    for name in names:
        value = given.get(name)
        if name in _CODES and isinstance(value, int) and not isinstance(value, bool):
            value = f"{value:02}" if value < 100 else f"{value:05}"  # as spreadsheets keep codes
        if isinstance(value, str) and value.strip():
            return unicodedata.normalize("NFC", value.strip())
    if default is None:
        raise ValueError(_("it has no %(attribute)s") % {"attribute": names[0]})
    return default


def _kind_of(given: Mapping[str, Any]) -> Kind:
    word = _text(given, "kind", "unit_type").lower()
    if word in Kind.values:
        return Kind(word)
    if word not in _KINDS:
        raise ValueError(_("“%(word)s” is no kind of unit") % {"word": word})
    return _KINDS[word]


def _english_name(given: Mapping[str, Any], kind: Kind) -> str:
    """Return the name in English; the national lists give it without what the unit is."""
    name = _text(given, "name_en")
    word = _ENGLISH.get(kind, "")
    return name if name.endswith(word) else f"{name} {word}"
