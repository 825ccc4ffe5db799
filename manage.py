#!/usr/bin/env python
"""Run a management command."""

import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line
from django.db import DatabaseError, OperationalError, ProgrammingError


def told(error: DatabaseError) -> str | None:
    """Return what whoever runs the command can do about it, None for a fault of ours."""
    why = str(error).partition("\n")[0]
    if "no such table" in why or (isinstance(error, ProgrammingError) and "does not exist" in why):
        return f"The database lacks what this code needs ({why}): run manage.py migrate first."
    if isinstance(error, OperationalError):
        return f"The database did not answer: {why}."
    return None


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    try:
        execute_from_command_line(sys.argv)
    except DatabaseError as error:
        said = told(error)
        if said is None or "--traceback" in sys.argv:
            raise
        sys.exit(f"{said} (--traceback shows where.)")
    except ImproperlyConfigured as error:
        # Wrong variables are for who runs it; the way through the code is for who asks.
        if "--traceback" in sys.argv:
            raise
        sys.exit(f"ImproperlyConfigured: {error}")
