"""Words as people type them: without tones and hooks, in small letters. Pure."""

import re
import unicodedata

_BETWEEN = re.compile(r"[^\w]+|_+")


def folded(text: str) -> str:
    """Return the letters and digits of the text alone: "Hoà Bình" and "hòa-bình" are "hoa binh".

    Where a tone mark stands in a syllable makes no difference, since none is left.
    """
    plain = unicodedata.normalize("NFD", text.casefold()).replace("đ", "d")
    letters = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return _BETWEEN.sub(" ", letters).strip()
