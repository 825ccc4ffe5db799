"""Report numbers such as QN-26-7K3F9D: not guessable, and a misread letter is noticed.

Thirty-one letters and digits, none that can be taken for another (no 0 O 1 I L). Thirty-one is
prime, so a weighted sum modulo 31 catches every single wrong character and every two swapped.
"""

import re
import secrets
from datetime import datetime

from django.conf import settings
from django.utils import timezone

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
RANDOM_LENGTH = 5


def new_report_no(moment: datetime) -> str:
    """Return a random number of the year of `moment`, in the province's time zone."""
    year = f"{timezone.localtime(moment).year % 100:02d}"
    body = "".join(secrets.choice(ALPHABET) for _turn in range(RANDOM_LENGTH))
    return f"{settings.REPORT_PREFIX}-{year}-{body}{check_character(year, body)}"


def check_character(year: str, body: str) -> str:
    """Return the character that completes a number of this year and body."""
    values = [int(digit) for digit in year] + [ALPHABET.index(letter) for letter in body]
    return ALPHABET[sum(weight * value for weight, value in enumerate(values, start=2)) % 31]


def normal(text: str) -> str | None:
    """Return the number as we write it, or None when it cannot be one of ours."""
    tidy = re.sub(r"[\s–—_]+", "-", text.strip().upper())
    found = re.fullmatch(rf"([A-Z]{{2,4}})-?(\d\d)-?([{ALPHABET}]{{{RANDOM_LENGTH + 1}}})", tidy)
    if not found:
        return None
    prefix, year, body = found.groups()
    if check_character(year, body[:-1]) != body[-1]:
        return None
    return f"{prefix}-{year}-{body}"
