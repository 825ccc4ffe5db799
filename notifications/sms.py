"""What a text message costs: its alphabet and how many segments it fills (3GPP TS 23.038)."""

import unicodedata
from dataclasses import dataclass

GSM_7 = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENDED = frozenset("\f^{}\\[~]|€")
"""Each of these takes two septets: an escape and itself."""


@dataclass(frozen=True)
class Cost:
    """The alphabet ("GSM-7" or "UCS-2"), how many units the text takes, and how many segments."""

    alphabet: str
    units: int
    segments: int


def cost(text: str) -> Cost:
    """Return what the text costs; one letter outside GSM-7 makes all of it UCS-2.

    A message of one segment holds 160 septets or 70 UTF-16 units. In a longer one each segment
    gives 6 octets to its header (TS 23.040) and holds 153 or 67; a pair never straddles two.
    """
    if set(text) <= GSM_7 | EXTENDED:
        sizes = [2 if letter in EXTENDED else 1 for letter in text]
        return Cost("GSM-7", sum(sizes), _segments(sizes, 160, 153))
    sizes = [2 if ord(letter) > 0xFFFF else 1 for letter in text]
    return Cost("UCS-2", sum(sizes), _segments(sizes, 70, 67))


def plain(text: str) -> str:
    """Return Vietnamese without its marks, as gateways want it that take GSM-7 only."""
    letters = unicodedata.normalize("NFD", text.replace("Đ", "D").replace("đ", "d"))
    kept = "".join(each for each in letters if not unicodedata.combining(each))
    return kept.replace("–", "-").replace("“", '"').replace("”", '"').replace("…", "...")


def _segments(sizes: list[int], alone: int, each: int) -> int:
    if sum(sizes) <= alone:
        return 1
    segments, room = 1, each
    for size in sizes:
        if size > room:
            segments, room = segments + 1, each
        room -= size
    return segments
