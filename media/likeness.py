"""Which photos look the same: sent again, smaller, or compressed anew."""

from dataclasses import dataclass

from django.db.models import Q

from media.models import Upload

ALIKE_BITS = 6
"""Of 64 that may differ; three or fewer are always found, up to six where a quarter agrees."""

PLAIN_BITS = 6
"""So few differences in all say only that the picture is plain: a wall, the night sky."""

_MOST = 400


@dataclass(frozen=True)
class Alike:
    """Another photo that looks the same, and in how many of 64 bits it differs."""

    upload: Upload
    bits: int


def alike(upload: Upload) -> list[Alike]:
    """Return photos of before and after that look like this one, the likest first."""
    if not upload.likeness or is_plain(upload.likeness):
        return []
    quarters = Q()
    for part in range(4):
        bits = int(upload.likeness[4 * part : 4 * part + 4], 16)
        quarters |= Q(likeness_parts__part=part, likeness_parts__bits=bits)
    near = Upload.objects.filter(quarters).exclude(pk=upload.pk).distinct()[:_MOST]
    found = [Alike(other, distance(upload.likeness, other.likeness)) for other in near]
    return sorted(
        (each for each in found if each.bits <= ALIKE_BITS),
        key=lambda each: (each.bits, each.upload.created_at),
    )


def distance(one: str, other: str) -> int:
    """Return in how many bits two likenesses differ."""
    return (int(one, 16) ^ int(other, 16)).bit_count()


def is_plain(likeness: str) -> bool:
    """Say whether a picture has too little in it to be known again."""
    ones = int(likeness, 16).bit_count()
    return not PLAIN_BITS <= ones <= 64 - PLAIN_BITS
