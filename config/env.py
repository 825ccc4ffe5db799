"""Readers of the environment that fail loudly; a secret may come from a file (`NAME_FILE`)."""

import os
import re
from pathlib import Path
from zoneinfo import ZoneInfo

from django.core.exceptions import ImproperlyConfigured

_TRUE = {"1", "true", "yes", "on"}
LEVELS = ("agency_leader", "centre", "provincial_leader")
"""Who may stand on the ladder that an overdue ticket climbs."""

_RATE = re.compile(r"[1-9]\d*/(s|sec|second|m|min|minute|h|hour|d|day)")
_FALSE = {"0", "false", "no", "off", ""}


def text(name: str, default: str | None = None) -> str:
    """Return the variable, or the content of the file that `NAME_FILE` names.

    Raises ImproperlyConfigured where neither is set and there is no default.
    """
    if path := os.environ.get(f"{name}_FILE"):
        try:
            return Path(path).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
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


def number(name: str, default: int, *, least: int = 0) -> int:
    """Return the variable as a whole number, `least` or more."""
    value = os.environ.get(name, str(default))
    try:
        found = int(value)
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} is {value!r}, which is no whole number.") from error
    if found < least:
        raise ImproperlyConfigured(f"{name} is {found}; say {least} or more.")
    return found


def one_of(name: str, default: str, *choices: str) -> str:
    """Return the variable, which is one of these."""
    value = text(name, default)
    if value not in choices:
        raise ImproperlyConfigured(f"{name} is {value!r}; say {' or '.join(choices)}.")
    return value


def rate(name: str, default: str) -> str:
    """Return how often something may be done, such as 60/hour."""
    value = text(name, default)
    if not _RATE.fullmatch(value):
        raise ImproperlyConfigured(f"{name} is {value!r}; say how often, like {default}.")
    return value


def zone(name: str, default: str) -> str:
    """Return the name of a time zone."""
    value = text(name, default)
    try:
        ZoneInfo(value)
    except (KeyError, ValueError, OSError) as error:  # not found; no name of any; a folder
        raise ImproperlyConfigured(f"{name}: there is no zone {value!r}.") from error
    return value


def address(name: str, default: str) -> str:
    """Return where people find us, without a slash at its end."""
    value = text(name, default)
    if not re.match(r"https?://[^/]", value):
        raise ImproperlyConfigured(f"{name} is {value!r}; it begins with https:// or http://.")
    return value.rstrip("/")


def folder(name: str, path: Path) -> Path:
    """Return the folder, made if it was not there; `name` is the variable that says where."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ImproperlyConfigured(f"{name}: {path} cannot be made: {error.strerror}.") from error
    return path


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
