"""Readers of the environment that fail loudly; a secret may come from a file (`NAME_FILE`)."""

import os
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

_TRUE = {"1", "true", "yes", "on"}
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
