"""How likely two tickets are about one thing: a score with reasons, for a person to judge. Pure.

Nothing is ever merged by it. The weights are a choice, not a measurement: at the same place, in
the same category and week, two reports are most often one; words and a photo make it surer; the
same words in another category outweigh the category, which reporters often choose wrongly.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

from shapely.geometry import Point

from geo.geometry import distance_m
from media.likeness import ALIKE_BITS, distance, is_plain

PLACE, CATEGORY, WORDS, TIME = 0.35, 0.25, 0.25, 0.15
SECTOR = 0.1
"""Instead of `CATEGORY`, where only the sector is the same."""

PHOTO = 0.8
BIT = 0.02
"""What two photos that look the same say alone, and by how much less for each bit that differs.

The rest of the signs take their share of what is missing to 1."""

PROPOSED = 0.55
"""From this score on a ticket is proposed: one sure sign alone is not enough."""

HERE_M = 20
"""So near is the same place, whatever the accuracy: a phone knows no better outdoors."""

NOW_HOURS = 1
WORDS_SAID = 0.2
"""Fewer words in common are no reason to name."""

Reason = dict[str, Any]


@dataclass(frozen=True)
class Said:
    """What a ticket says of itself; `folded` is its text by `geo.folding`."""

    category: str
    sector: str
    lat: float
    lon: float
    accuracy_m: float
    at: datetime
    folded: str
    photos: Sequence[str] = ()


def reach_m(radius_m: float) -> float:
    """Return how far a duplicate may lie in metres, where joining is offered within `radius_m`."""
    return max(2 * radius_m, 100)


def likeness(one: Said, other: Said, *, radius_m: float, days: float) -> tuple[float, list[Reason]]:
    """Return a score from 0 to 1 and what speaks for it, the strongest first.

    `radius_m` and `days` are the category's, within which joining is offered. Reasons: near
    {distance_m}; same_category; same_sector; same_time {hours}; words {percent}; photo {bits}.
    """
    signs = [
        _place(one, other, radius_m),
        _category(one, other),
        _time(one, other, days),
        _words(one, other),
    ]
    if not signs[0][0]:
        signs = []  # Elsewhere, the same words are about another hole of the same kind.
    score = sum(weight for weight, _reason in signs)
    bits = _photo_bits(one.photos, other.photos)
    if bits is not None:
        seen = PHOTO - BIT * bits
        score = 1 - (1 - min(score, 1.0)) * (1 - seen)
        signs.append((seen, {"code": "photo", "bits": bits}))
    signs.sort(key=lambda sign: -sign[0])
    return round(min(score, 1.0), 3), [reason for _weight, reason in signs if reason]


Sign = tuple[float, Reason | None]


def _place(one: Said, other: Said, radius_m: float) -> Sign:
    metres = distance_m(one.lat, one.lon, Point(other.lon, other.lat))
    here = max(HERE_M, min(one.accuracy_m + other.accuracy_m, radius_m))
    part = _falling(metres, here, max(reach_m(radius_m), here + 1))
    return PLACE * part, {"code": "near", "distance_m": round(metres)} if part else None


def _category(one: Said, other: Said) -> Sign:
    if one.category == other.category:
        return CATEGORY, {"code": "same_category"}
    return (SECTOR, {"code": "same_sector"}) if one.sector == other.sector else (0, None)


def _time(one: Said, other: Said, days: float) -> Sign:
    hours = abs((one.at - other.at).total_seconds()) / 3600
    part = _falling(hours, NOW_HOURS, max(24 * days, NOW_HOURS + 1))
    return TIME * part, {"code": "same_time", "hours": round(hours, 1)} if part else None


def _words(one: Said, other: Said) -> Sign:
    part = in_common(one.folded, other.folded)
    said = {"code": "words", "percent": round(100 * part)} if part >= WORDS_SAID else None
    return WORDS * part, said


def in_common(one: str, other: str) -> float:
    """Return from 0 to 1 how much two folded texts share: syllables, and pairs of them.

    A Vietnamese word has two syllables more often than one, so that pairs are nearly its words;
    each is Dice's coefficient, and the mean of both is taken.
    """
    first, second = one.split(), other.split()
    if len(first) < 2 or len(second) < 2:
        return 0.0
    alone = _dice(set(first), set(second))
    return (alone + _dice(set(pairwise(first)), set(pairwise(second)))) / 2


def _dice(one: set[Any], other: set[Any]) -> float:
    return 2 * len(one & other) / (len(one) + len(other))


def _photo_bits(ones: Sequence[str], others: Sequence[str]) -> int | None:
    """Return in how many bits the likest two photos differ; None where none look the same."""
    some = [each for each in ones if each and not is_plain(each)]
    bits = [distance(one, other) for one in some for other in others if other]
    least = min(bits, default=ALIKE_BITS + 1)
    return least if least <= ALIKE_BITS else None


def _falling(value: float, full: float, none: float) -> float:
    """Return 1 up to `full`, 0 from `none` on, and a straight line between."""
    return max(0.0, min(1.0, (none - value) / (none - full)))
