"""Load names of former units, places or streets from CSV, for the search."""

import csv
import math
import unicodedata
from argparse import ArgumentParser
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from geo.errors import BadBoundaries
from geo.files import Attributes
from geo.geometry import is_position
from geo.models import NameKind, PlaceName

_SPLIT = ";"


class Command(BaseCommand):
    help = (
        "Load names from a CSV file with the columns name, code, context, areas (codes of today's"
        " units, by semicolons), lat, lon; all but the name may be missing. Rows of one name, code"
        " and context are one name in several units. The file's earlier names are replaced."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--kind", choices=NameKind.values, required=True)
        parser.add_argument("--source", default="", help="what replaces what; the file's own name")
        parser.add_argument(
            "--attribute",
            action="append",
            default=[],
            metavar="OURS=THEIRS",
            help="which column is which, as name=old_commune_name; may be repeated",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        source = options["source"] or options["file"].stem
        try:
            attributes = Attributes.of(options["attribute"])
            with options["file"].open(encoding="utf-8-sig", newline="") as file:
                rows = [attributes.apply(row) for row in csv.DictReader(file)]
            names = read_names(rows, kind=options["kind"], source=source)
        except (OSError, UnicodeDecodeError, csv.Error, ValueError) as error:
            raise CommandError(f"{options['file']} cannot be read: {error}") from error
        except BadBoundaries as error:
            raise CommandError(str(error.detail)) from error
        with transaction.atomic():
            PlaceName.objects.filter(source=source, kind=options["kind"]).delete()
            PlaceName.objects.bulk_create(names, batch_size=1_000)
        self.stdout.write(f"{len(names)} names.")


def _position(line: int, lat: str, lon: str) -> tuple[float, float]:
    try:
        position = float(lat), float(lon)
    except ValueError:
        position = math.nan, math.nan
    if not is_position(*position):
        raise ValueError(f"line {line}: {lat}, {lon} is no position")
    return position


def _require_room(line: int, given: PlaceName) -> None:
    for field in PlaceName._meta.concrete_fields:
        most = getattr(field, "max_length", None)
        if most and len(getattr(given, field.name)) > most:
            raise ValueError(f"line {line}: {field.name} is longer than {most} letters")


def read_names(rows: Iterable[Mapping[str, Any]], *, kind: str, source: str) -> list[PlaceName]:
    """Return the names of the rows. Raises ValueError, which names the line."""
    names: dict[tuple[str, str, str], PlaceName] = {}
    for line, row in enumerate(rows, start=2):
        name = unicodedata.normalize("NFC", (row.get("name") or "").strip())
        if not name:
            raise ValueError(f"line {line} has no name")
        code, context = row.get("code") or "", row.get("context") or ""
        known = names.setdefault(
            (name, code, context),
            PlaceName(kind=kind, name=name, code=code, context=context, source=source, areas=[]),
        )
        areas = [area.strip() for area in (row.get("areas") or "").split(_SPLIT) if area.strip()]
        known.areas += [area for area in areas if area not in known.areas]
        if row.get("lat") and row.get("lon"):
            known.lat, known.lon = _position(line, row["lat"], row["lon"])
        _require_room(line, known)
    return list(names.values())
