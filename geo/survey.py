"""What is to be seen in a file of areas before it is taken: faults, overlaps, gaps, changes."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
import shapely
from django.utils.translation import gettext as _
from shapely.geometry import MultiPolygon
from shapely.geometry.base import BaseGeometry

from geo import geometry
from geo.errors import BadBoundaries
from geo.features import AreaFeature, read_row
from geo.files import Row

LEAST_M2 = 1_000.0
"""Smaller overlaps and gaps are how two surveys draw one line."""

SUDDEN = 0.2
"""An area of which a fifth or more moves is asked about."""

MOST_SHOWN = 200


class Fault(StrEnum):
    """What may be wrong; those of REFUSED keep the file from being loaded."""

    UNREADABLE = "unreadable"
    NO_DEGREES = "no_degrees"
    DUPLICATE_CODE = "duplicate_code"
    MISSING_PARENT = "missing_parent"
    MENDED = "mended"
    DUPLICATE_GROUND = "duplicate_ground"
    OVERLAP = "overlap"
    GAP = "gap"
    SUDDEN_CHANGE = "sudden_change"
    NOT_IN_FILE = "not_in_file"


REFUSED = {Fault.UNREADABLE, Fault.NO_DEGREES, Fault.DUPLICATE_CODE, Fault.MISSING_PARENT}


@dataclass(frozen=True)
class Finding:
    """One thing seen: `size_m2` of it, and `shape` or at least `lat`, `lon`, where it is."""

    fault: Fault
    text: str
    codes: tuple[str, ...] = ()
    size_m2: float = 0.0
    lat: float | None = None
    lon: float | None = None
    shape: BaseGeometry | None = None

    @classmethod
    def at(cls, fault: Fault, text: str, codes: Sequence[str], shape: BaseGeometry) -> "Finding":
        point = shape.representative_point()
        size = geometry.area_m2(shape)
        return cls(fault, text, tuple(codes), size, round(point.y, 6), round(point.x, 6), shape)


@dataclass(frozen=True)
class Known:
    """An area that is loaded already; its ground if it is in force without an end."""

    level: str
    ground: MultiPolygon | None


@dataclass
class Survey:
    """What a file holds: the areas that can be taken, and all that was found."""

    areas: list[AreaFeature] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    @property
    def refused(self) -> bool:
        return any(finding.fault in REFUSED for finding in self.findings)

    def counts(self) -> dict[str, int]:
        """How many areas of each kind."""
        return dict(Counter(area.kind.value for area in self.areas))

    def of(self, fault: Fault) -> list[Finding]:
        """The findings of one sort, the largest first."""
        return sorted(
            (one for one in self.findings if one.fault is fault), key=lambda one: -one.size_m2
        )


def survey(rows: Iterable[Row], known: Mapping[str, Known], ends: Collection[str] = ()) -> Survey:
    """Return what is in the rows of a file.

    `known` are the areas that are loaded already, by code; `ends` those that are no more with it.
    """
    seen = Survey()
    taken: dict[str, AreaFeature] = {}
    for row in rows:
        _take(row, taken, seen)
    seen.areas = list(taken.values())
    seen.areas.sort(key=lambda area: area.level != "province")
    _check_ends(seen, known, ends)
    known = {code: area for code, area in known.items() if code not in ends}
    _check_parents(seen, known)
    for level in ("province", "commune"):
        areas = [area for area in seen.areas if area.level == level]
        _check_overlaps(seen, areas)
        _check_gaps(seen, areas)
    _check_changes(seen, known)
    return seen


def _take(row: Row, taken: dict[str, AreaFeature], seen: Survey) -> None:
    try:
        area = read_row(row)
    except BadBoundaries as error:
        fault = Fault.NO_DEGREES if _no_degrees(row.shape) else Fault.UNREADABLE
        seen.findings.append(Finding(fault, str(error.detail)))
        return
    if area.code in taken:
        text = _("The code %(code)s stands twice in the file.") % {"code": area.code}
        seen.findings.append(Finding.at(Fault.DUPLICATE_CODE, text, [area.code], area.ground))
        return
    if not shapely.is_valid(row.shape):
        why = shapely.is_valid_reason(row.shape)
        text = _("%(name)s was mended: %(why)s") % {"name": _named(area), "why": why}
        seen.findings.append(Finding.at(Fault.MENDED, text, [area.code], area.ground))
    taken[area.code] = area


def _no_degrees(shape: BaseGeometry | None) -> bool:
    if shape is None or shape.is_empty:
        return False
    west, south, east, north = shape.bounds
    return not (geometry.is_position(south, west) and geometry.is_position(north, east))


def _named(area: AreaFeature) -> str:
    return f"{area.name_vi} ({area.code})"


def _check_parents(seen: Survey, known: Mapping[str, Known]) -> None:
    codes = {area.code for area in seen.areas} | set(known)
    for area in seen.areas:
        if area.level == "commune" and area.parent not in codes:
            text = _("%(name)s is part of “%(parent)s”, which is neither here nor loaded.")
            named = {"name": _named(area), "parent": area.parent}
            seen.findings.append(
                Finding.at(Fault.MISSING_PARENT, text % named, [area.code], area.ground)
            )


def _check_ends(seen: Survey, known: Mapping[str, Known], ends: Collection[str]) -> None:
    named = {area.code for area in seen.areas}
    for code in ends:
        area = known.get(code)
        if code in named or area is None or area.ground is None:
            text = _("%(code)s cannot end: it is in the file, or not in force.") % {"code": code}
            seen.findings.append(Finding(Fault.UNREADABLE, text, (code,)))


def _check_overlaps(seen: Survey, areas: Sequence[AreaFeature]) -> None:
    grounds = np.array([area.ground for area in areas], dtype=object)
    if not len(grounds):
        return
    shapely.prepare(grounds)
    left, right = shapely.STRtree(grounds).query(grounds, predicate="intersects")
    pairs = left < right
    left, right = left[pairs], right[pairs]
    meeting = ~shapely.touches(grounds[left], grounds[right])
    for one, other in zip(left[meeting], right[meeting], strict=True):
        common = geometry.as_multipolygon(shapely.intersection(grounds[one], grounds[other]))
        if geometry.area_m2(common) < LEAST_M2:
            continue
        same = shapely.equals(grounds[one], grounds[other])
        fault = Fault.DUPLICATE_GROUND if same else Fault.OVERLAP
        text = " × ".join((_named(areas[one]), _named(areas[other])))
        codes = [areas[one].code, areas[other].code]
        seen.findings.append(Finding.at(fault, text, codes, common))


def _check_gaps(seen: Survey, areas: Sequence[AreaFeature]) -> None:
    """Find what the units of a province enclose, or its own boundary holds, and nobody has."""
    provinces = {area.code: area for area in seen.areas if area.level == "province"}
    for parent in sorted({area.parent for area in areas}):
        within = [area for area in areas if area.parent == parent]
        covered = shapely.union_all([area.ground for area in within])
        holes = [
            shapely.Polygon(ring)
            for part in geometry.as_multipolygon(covered).geoms
            for ring in part.interiors
        ]
        # Another level's ground may well fill a hole: an enclave of the neighbouring province.
        others = [area.ground for area in areas if area.parent != parent]
        for hole in _uncovered(holes, others):
            text = provinces[parent].name_vi if parent in provinces else parent
            near = _beside(hole, within)
            seen.findings.append(Finding.at(Fault.GAP, text, near, hole))


def _uncovered(holes: Sequence[BaseGeometry], others: Sequence[MultiPolygon]) -> list[BaseGeometry]:
    if not holes:
        return []
    tree = shapely.STRtree(others)
    left: list[BaseGeometry] = []
    for hole in holes:
        near = [others[number] for number in tree.query(hole, predicate="intersects")]
        rest = geometry.as_multipolygon(shapely.difference(hole, shapely.union_all(near)))
        left += [part for part in rest.geoms if geometry.area_m2(part) >= LEAST_M2]
    return left


def _beside(hole: BaseGeometry, areas: Sequence[AreaFeature]) -> list[str]:
    return [area.code for area in areas if area.ground.intersects(hole)][:4]


def _check_changes(seen: Survey, known: Mapping[str, Known]) -> None:
    for area in seen.areas:
        loaded = known.get(area.code)
        before = loaded.ground if loaded else None
        if before is None or before.equals(area.ground):
            continue
        moved = shapely.symmetric_difference(before, area.ground)
        share = moved.area / max(before.area, area.ground.area)
        if share >= SUDDEN:
            text = _("%(name)s: %(percent)d %% of the ground in force changes") % {
                "name": _named(area),
                "percent": round(share * 100),
            }
            seen.findings.append(Finding.at(Fault.SUDDEN_CHANGE, text, [area.code], moved))
    _check_left_out(seen, known)


def _check_left_out(seen: Survey, known: Mapping[str, Known]) -> None:
    """Find the areas in force on ground that the file redraws, but which it does not name."""
    codes = {area.code for area in seen.areas}
    for level in {area.level for area in seen.areas}:
        tree = shapely.STRtree([area.ground for area in seen.areas if area.level == level])
        for code, area in known.items():
            if area.level != level or area.ground is None or code in codes:
                continue
            heart = area.ground.representative_point()
            if len(tree.query(heart, predicate="intersects")):
                text = _("%(code)s is in force here, and the file does not name it.")
                told = text % {"code": code}
                seen.findings.append(Finding.at(Fault.NOT_IN_FILE, told, [code], area.ground))
