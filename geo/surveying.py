"""A survey told to a person: as lines of text, and as a picture."""

from collections.abc import Iterator
from html import escape

import numpy as np
import shapely
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from shapely.geometry.base import BaseGeometry

from geo import geometry
from geo.models import AreaVersion, Kind, Level
from geo.survey import MOST_SHOWN, REFUSED, Fault, Finding, Known, Survey

_WORDS = {
    Fault.UNREADABLE: gettext_lazy("Cannot be taken"),
    Fault.NO_DEGREES: gettext_lazy("Coordinates that are no degrees"),
    Fault.DUPLICATE_CODE: gettext_lazy("Codes that stand twice"),
    Fault.MISSING_PARENT: gettext_lazy("Missing parents"),
    Fault.MENDED: gettext_lazy("Invalid rings, mended"),
    Fault.DUPLICATE_GROUND: gettext_lazy("The same ground twice"),
    Fault.OVERLAP: gettext_lazy("Overlaps"),
    Fault.GAP: gettext_lazy("Gaps"),
    Fault.SUDDEN_CHANGE: gettext_lazy("Sudden changes against what is in force"),
    Fault.NOT_IN_FILE: gettext_lazy("In force here, but not in the file"),
}
_COLOURS = {Fault.OVERLAP: "#c1121f", Fault.DUPLICATE_GROUND: "#c1121f", Fault.GAP: "#e07a00"}
_OTHER = "#1d4ed8"
_WIDE = 1_000
_LISTED = 20


def known_areas() -> dict[str, Known]:
    """Return the areas that are loaded, with the ground of those in force without an end."""
    known: dict[str, Known] = {}
    rows = AreaVersion.objects.order_by("valid_from").values_list(
        "area__code", "area__level", "valid_to", "boundary"
    )
    for code, level, valid_to, boundary in rows.iterator(chunk_size=500):
        ground = None
        if valid_to is None:
            ground = geometry.as_multipolygon(shapely.from_wkb(bytes(boundary)))
        known[code] = Known(level, ground)
    return known


def report_lines(survey: Survey) -> Iterator[str]:
    """Yield the report: counts by kind, then every sort of finding with sizes and places."""
    kinds = [f"{Kind(kind).label}: {count}" for kind, count in sorted(survey.counts().items())]
    yield _("%(count)d areas. %(kinds)s") % {
        "count": len(survey.areas),
        "kinds": ", ".join(str(kind) for kind in kinds),
    }
    for fault, words in _WORDS.items():
        found = survey.of(fault)
        if found:
            sign = "✗" if fault in REFUSED else "•"
            yield f"{sign} {words}: {len(found)}"
            yield from (f"    {_line(finding)}" for finding in found[:_LISTED])
            if len(found) > _LISTED:
                yield "    " + _("… and %(count)d more") % {"count": len(found) - _LISTED}
    if survey.refused:
        yield _("The file cannot be loaded as it is.")
    elif not survey.findings:
        yield _("Nothing is wrong with it.")


def _line(finding: Finding) -> str:
    words = [finding.text]
    if finding.size_m2:
        words.append(_size(finding.size_m2))
    if finding.lat is not None:
        words.append(f"{finding.lat:.5f}, {finding.lon:.5f}")
    if finding.fault is Fault.GAP and finding.codes:
        words.append(" – ".join(finding.codes))
    return "; ".join(words)


def _size(metres: float) -> str:
    return f"{metres / 1e6:,.2f} km²" if metres >= 10_000 else f"{metres:,.0f} m²"


def drawing_of(survey: Survey) -> str:
    """Return an SVG picture: the areas pale, what was found in colour with a number."""
    grounds = [area.ground for area in survey.areas if area.level == Level.COMMUNE] or [
        area.ground for area in survey.areas
    ]
    if not grounds:
        return '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"/>'
    west, south, east, north = (float(one) for one in shapely.total_bounds(grounds))
    east_m, north_m = geometry.metres_per_degree((south + north) / 2)
    stretch = north_m / max(east_m, 1.0)
    scale = _WIDE / max(east - west, 1e-6)
    high = (north - south) * scale * stretch
    corner = np.array([west, north])
    factor = np.array([scale, -scale * stretch])

    def drawn(shape: BaseGeometry) -> BaseGeometry:
        flat: BaseGeometry = shapely.transform(shape, lambda xy: (xy - corner) * factor)
        return shapely.simplify(flat, 0.4)

    shown = [one for one in survey.findings if one.shape is not None]
    shown = sorted(shown, key=lambda one: -one.size_m2)[:MOST_SHOWN]
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="-8 -8 {_WIDE + 16} {high + 16:.0f}"'
        ' font-family="sans-serif" font-size="10">',
        '<g fill="#e8efe6" stroke="#8a9a8a" stroke-width="0.4">',
        *(f'<path d="{_path(drawn(ground))}"/>' for ground in grounds),
        "</g>",
        *(
            _marked(number, one, drawn(one.shape))
            for number, one in enumerate(shown, 1)
            if one.shape is not None
        ),
        "</svg>",
    ]
    return "\n".join(parts)


def _marked(number: int, finding: Finding, shape: BaseGeometry) -> str:
    colour = _COLOURS.get(finding.fault, _OTHER)
    point = shape.centroid
    told = escape(f"{number}. {_WORDS[finding.fault]}: {_line(finding)}")
    return (
        f'<g fill="{colour}" stroke="{colour}"><title>{told}</title>'
        f'<path d="{_path(shape)}" fill-opacity="0.5" stroke-width="0.8"/>'
        f'<circle cx="{point.x:.1f}" cy="{point.y:.1f}" r="4" fill="none"/>'
        f'<text x="{point.x + 5:.1f}" y="{point.y - 4:.1f}" stroke="none">{number}</text></g>'
    )


def _path(shape: BaseGeometry) -> str:
    rings = []
    for part in geometry.as_multipolygon(shape).geoms:
        for ring in (part.exterior, *part.interiors):
            corners = " ".join(f"{x:.1f},{y:.1f}" for x, y in ring.coords)
            rings.append(f"M{corners}Z")
    return "".join(rings)
