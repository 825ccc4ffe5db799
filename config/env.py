"""Readers of the environment that fail loudly; a secret may come from a file (`NAME_FILE`)."""

import os
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

_TRUE = {"1", "true", "yes", "on"}
LEVELS = ("agency_leader", "centre", "provincial_leader")
"""Who may stand on the ladder that an overdue ticket climbs."""

_FALSE = {"0", "false", "no", "off", ""}


def text(name: str, default: str | None = None) -> str:
    """Return the variable, or the content of the file that `NAME_FILE` names.

    Raises ImproperlyConfigured where neither is set and there is no default.
    """
    if path := os.environ.get(f"{name}_FILE"):
        try:
            return Path(path).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise ImproperlyConfigured(f"{name}_FILE: cannot read {path}.") from error
    value = os.environ.get(name, default)
    if value is None:
        raise ImproperlyConfigured(f"Set {name} (or {name}_FILE).")
    return value


def flag(name: str, default: bool = False) -> bool:
    """Return the variable as yes or no; anything else is refused."""
    value = os.environ.get(name, "1" if default else "0").strip().lower()
    if value not in _TRUE | _FALSE:
        raise ImproperlyConfigured(f"{name} is {value!r}; say 1 or 0.")
    return value in _TRUE


def number(name: str, default: int) -> int:
    """Return the variable as a whole number."""
    value = os.environ.get(name, str(default))
    try:
        return int(value)
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} is {value!r}, which is no whole number.") from error


def words(name: str, default: str = "") -> list[str]:
    """Return the variable as a list, split at commas, blanks dropped."""
    return [word.strip() for word in os.environ.get(name, default).split(",") if word.strip()]


def ladder(name: str, default: str) -> list[tuple[str, int]]:
    """Return rungs such as `centre:60` as names and minutes, in the order in which they come."""
    rungs = []
    for word in words(name, default):
        level, _colon, minutes = word.partition(":")
        if level not in LEVELS or not minutes.isdecimal():
            raise ImproperlyConfigured(f"{name}: {word!r} is not like {LEVELS[0]}:60.")
        rungs.append((level, int(minutes)))
    if [after for _level, after in rungs] != sorted(after for _level, after in rungs):
        raise ImproperlyConfigured(f"{name}: each level comes later than the one before.")
    return rungs
