"""Taking in boundaries: each file belongs to a day and an act, and leaves the past as it was."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import shapely
from django.db import connection, transaction
from django.utils.translation import gettext as _

from geo import locator
from geo.errors import BadBoundaries
from geo.features import AreaFeature, read_features
from geo.models import Area, AreaVersion

_AT_ONCE = 200


@dataclass(frozen=True)
class Loaded:
    """What a file changed, counted in areas."""

    added: int
    changed: int
    unchanged: int
    ended: int = 0


def load_boundaries(
    collection: Mapping[str, Any],
    *,
    valid_from: date,
    legal_act: str = "",
    approximate: bool = False,
) -> Loaded:
    """Take in a GeoJSON FeatureCollection of areas, all of it or nothing.

    An area that differs from the version in force gets a new one from `valid_from`, and the old
    one ends that day; given for the same day, it corrects that version. Areas that the file does
    not name stay. The same file twice changes nothing. Boundaries count as approximate where the
    file or the caller says so. Raises BadBoundaries.
    """
    return load_features(
        read_features(collection),
        valid_from=valid_from,
        legal_act=legal_act,
        approximate=approximate,
    )


def load_features(
    features: Sequence[AreaFeature],
    *,
    valid_from: date,
    legal_act: str = "",
    approximate: bool = False,
    ends: Collection[str] = (),
    told: Callable[[int, int], None] = lambda _done, _of: None,
) -> Loaded:
    """Take in areas that were read, provinces first; `told` hears how many of them are kept.

    As `load_boundaries` says. `ends` are codes of areas that are no more from that day, such as a
    unit that was merged into one of the file. Raises BadBoundaries.
    """
    with transaction.atomic():
        _queue_up()
        areas = _known_areas(features)
        latest = _latest_versions(areas)
        wanted = [
            _version(feature, areas, valid_from, legal_act, approximate) for feature in features
        ]
        outcome = replace(_keep(wanted, latest, told), ended=_end(set(ends), areas, valid_from))
        _rename(features, areas)
        transaction.on_commit(locator.look_again)
    locator.look_again()
    return outcome


def _queue_up() -> None:
    """Let one file in at a time: a change stamped earlier must not be committed later.

    The table, not its rows, of which there are none before the first file. Readers go on; on
    SQLite the transaction itself is the only one that writes.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("LOCK TABLE geo_area IN SHARE ROW EXCLUSIVE MODE")


def _known_areas(features: Sequence[AreaFeature]) -> dict[str, Area]:
    """Return the areas by code, adding those that are new; provinces come first in `features`."""
    codes = {feature.code for feature in features} | {feature.parent for feature in features}
    areas = {area.code: area for area in Area.objects.select_for_update().filter(code__in=codes)}
    for level in dict.fromkeys(feature.level for feature in features):
        new = [
            _area(feature, areas)
            for feature in features
            if feature.level is level and feature.code not in areas
        ]
        areas |= {area.code: area for area in Area.objects.bulk_create(new)}
    return areas


def _area(feature: AreaFeature, areas: Mapping[str, Area]) -> Area:
    if feature.parent and feature.parent not in areas:
        raise BadBoundaries(
            _("%(name_vi)s (%(code)s) is part of %(parent)s, which is not loaded yet.")
            % vars(feature)
        )
    return Area(
        code=feature.code,
        level=feature.level,
        kind=feature.kind,
        parent=areas.get(feature.parent),
        name_vi=feature.name_vi,
        name_en=feature.name_en,
    )


def _latest_versions(areas: Mapping[str, Area]) -> dict[int, AreaVersion]:
    versions = AreaVersion.objects.filter(area__in=areas.values()).order_by("valid_from")
    return {version.area_id: version for version in versions}


def _version(
    feature: AreaFeature,
    areas: Mapping[str, Area],
    valid_from: date,
    legal_act: str,
    approximate: bool,
) -> AreaVersion:
    west, south, east, north = feature.ground.bounds
    return AreaVersion(
        area=areas[feature.code],
        valid_from=valid_from,
        legal_act=legal_act,
        approximate=approximate or feature.approximate,
        kind=feature.kind,
        parent=areas.get(feature.parent),
        name_vi=feature.name_vi,
        name_en=feature.name_en,
        west=west,
        south=south,
        east=east,
        north=north,
        boundary=shapely.to_wkb(feature.ground, byte_order=1),
    )


def _keep(
    wanted: Sequence[AreaVersion],
    latest: Mapping[int, AreaVersion],
    told: Callable[[int, int], None],
) -> Loaded:
    new: list[AreaVersion] = []
    added = unchanged = 0
    for version in wanted:
        before = latest.get(version.area_id)
        if before is None:
            added += 1
        elif before.valid_to is None and _same(before, version):
            unchanged += 1
            continue
        elif _corrects(version, before):
            continue
        new.append(version)
    for start in range(0, len(new), _AT_ONCE):
        AreaVersion.objects.bulk_create(new[start : start + _AT_ONCE])
        told(len(wanted) - len(new) + min(start + _AT_ONCE, len(new)), len(wanted))
    return Loaded(added=added, changed=len(wanted) - added - unchanged, unchanged=unchanged)


_CONTENT = ("kind", "parent_id", "name_vi", "name_en", "legal_act", "approximate", "boundary")


def _same(one: AreaVersion, other: AreaVersion) -> bool:
    return all(_plain(getattr(one, name)) == _plain(getattr(other, name)) for name in _CONTENT)


def _plain(value: Any) -> Any:
    # PostgreSQL hands binary columns over as memoryviews.
    return bytes(value) if isinstance(value, memoryview) else value


def _corrects(version: AreaVersion, before: AreaVersion) -> bool:
    """Write the version over one of the same day (True), or end the one before it (False)."""
    if before.valid_from == version.valid_from and before.valid_to is None:
        version.pk = before.pk
        version.save(force_update=True)
        return True
    if before.valid_from >= version.valid_from or (before.valid_to or version.valid_from) > (
        version.valid_from
    ):
        raise BadBoundaries(
            _("%(area)s already has a version from %(day)s, which is later.")
            % {"area": before, "day": before.valid_from}
        )
    if before.valid_to is None:
        before.valid_to = version.valid_from
        before.save(update_fields=["valid_to", "changed_at"])
    return False


def _end(codes: set[str], named: Mapping[str, Area], day: date) -> int:
    """End what is in force of these areas; return how many had not ended that day already."""
    if given := sorted(codes & named.keys()):
        raise BadBoundaries(
            _("%(code)s cannot end and be in the file, or be a parent there, at once.")
            % {"code": given[0]}
        )
    versions = AreaVersion.objects.filter(area__code__in=codes).order_by("valid_from")
    latest = {version.area.code: version for version in versions.select_related("area")}
    if unknown := sorted(codes - latest.keys()):
        raise BadBoundaries(_("%(code)s is not loaded.") % {"code": unknown[0]})
    ending = [version for version in latest.values() if version.valid_to != day]
    for version in ending:
        if version.valid_to is not None or version.valid_from >= day:
            raise BadBoundaries(
                _("%(area)s cannot end on %(day)s: it is not in force then.")
                % {"area": version, "day": day}
            )
        version.valid_to = day
        version.save(update_fields=["valid_to", "changed_at"])
    return len(ending)


def _rename(features: Sequence[AreaFeature], areas: Mapping[str, Area]) -> None:
    """Let each area bear the name, kind and parent of its newest version."""
    stale = []
    for feature in features:
        area, parent = areas[feature.code], areas.get(feature.parent)
        now = (feature.kind, feature.name_vi, feature.name_en, parent and parent.pk)
        if (area.kind, area.name_vi, area.name_en, area.parent_id) != now:
            area.kind, area.name_vi, area.name_en = feature.kind, feature.name_vi, feature.name_en
            area.parent = parent
            stale.append(area)
    Area.objects.bulk_update(stale, ["kind", "name_vi", "name_en", "parent"], batch_size=200)
