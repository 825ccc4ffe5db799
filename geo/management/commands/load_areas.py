"""Load the boundaries of provinces or commune-level units from a GeoJSON file."""

import json
from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from geo.errors import BadBoundaries
from geo.services import load_boundaries


class Command(BaseCommand):
    help = "Load the boundaries of areas from GeoJSON; loading the same file again changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--valid-from",
            type=date.fromisoformat,
            help="the day from which they are in force (YYYY-MM-DD), by default today",
        )
        parser.add_argument("--legal-act", default="", help="the act that made them so")
        parser.add_argument(
            "--approximate", action="store_true", help="say on every map that they are not exact"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            collection = json.loads(options["file"].read_text(encoding="utf-8"))
            loaded = load_boundaries(
                collection,
                valid_from=options["valid_from"] or timezone.localdate(),
                legal_act=options["legal_act"],
                approximate=options["approximate"],
            )
        except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
            raise CommandError(f"{options['file']} cannot be read: {error}") from error
        except BadBoundaries as error:
            raise CommandError(str(error.detail)) from error
        self.stdout.write(
            f"{loaded.added} added, {loaded.changed} changed, {loaded.unchanged} unchanged."
        )
