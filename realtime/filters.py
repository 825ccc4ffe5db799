"""What a follow asks for among all that its audience may see. Pure."""

import math
from dataclasses import dataclass
from typing import Any

LONGEST_LIST = 500
LONGEST_CODE = 40

Box = tuple[float, float, float, float]
Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Filter:
    """Each part narrows; a part that is None lets everything through, and so an empty list.

    `bbox` is west, south, east, north in degrees. What has no category, area, priority or place
    does not pass a filter that asks for one.
    """

    category: frozenset[str] | None = None
    area: frozenset[str] | None = None
    priority: frozenset[str] | None = None
    bbox: Box | None = None

    @classmethod
    def of(cls, given: Any) -> "Filter":
        """Return the filter that was sent as JSON. Raises ValueError for anything else."""
        if given is None:
            return ANYTHING
        if not isinstance(given, dict) or given.keys() - {"category", "area", "priority", "bbox"}:
            raise ValueError("Not a filter.")
        return cls(
            category=_codes(given.get("category")),
            area=_codes(given.get("area")),
            priority=_codes(given.get("priority")),
            bbox=_box(given.get("bbox")),
        )

    def passes(
        self, category: str, area: str, priority: str, point: Point | None, *, moved: bool = False
    ) -> bool:
        """Say whether something of this kind, at this (lat, lon), is asked for.

        `moved` says that category and priority were others until now: who asked for those must
        hear that it has left them.
        """
        return (
            (moved or self.category is None or category in self.category)
            and (self.area is None or area in self.area)
            and (moved or self.priority is None or priority in self.priority)
            and (self.bbox is None or (point is not None and _within(point, self.bbox)))
        )


ANYTHING = Filter()


def _within(point: Point, box: Box) -> bool:
    lat, lon = point
    west, south, east, north = box
    return west <= lon <= east and south <= lat <= north


def _codes(value: Any) -> frozenset[str] | None:
    if value is None:
        return None
    if not isinstance(value, list) or len(value) > LONGEST_LIST:
        raise ValueError("Not a list of codes.")
    if not all(isinstance(code, str) and len(code) <= LONGEST_CODE for code in value):
        raise ValueError("Not a code.")
    return frozenset(value) or None


def _box(value: Any) -> Box | None:
    if value is None:
        return None
    if not isinstance(value, list) or len(value) != 4:
        raise ValueError("Not a box.")
    if not all(type(edge) in (int, float) and math.isfinite(edge) for edge in value):
        raise ValueError("Not a box.")
    west, south, east, north = map(float, value)
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        raise ValueError("Not a box on the globe.")
    return west, south, east, north
