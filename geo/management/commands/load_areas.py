"""Load the boundaries of provinces or commune-level units from a file of any usual kind."""

import sys
from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from geo.assets import check_assets, load_assets
from geo.errors import BadBoundaries
from geo.features import in_order, read_row
from geo.files import Attributes, Row, read_rows
from geo.services import load_features
from geo.survey import survey
from geo.surveying import drawing_of, known_areas, report_lines


class Command(BaseCommand):
    help = (
        "Load the boundaries of areas from GeoJSON, Shapefile (also zipped), GeoPackage or"
        " TopoJSON in any coordinate system; loading the same file again changes nothing."
    )

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
        parser.add_argument("--layer", help="which layer of a GeoPackage or TopoJSON")
        parser.add_argument("--crs", default="", help="for a file that does not say: EPSG:9210")
        parser.add_argument(
            "--attribute",
            action="append",
            default=[],
            metavar="OURS=THEIRS",
            help="which attribute is our code, kind, parent, name_vi or name_en; may be repeated",
        )
        parser.add_argument(
            "--value",
            action="append",
            default=[],
            metavar="OURS=VALUE",
            help="what every area of the file has, such as parent=22; may be repeated",
        )
        parser.add_argument(
            "--ends",
            action="append",
            default=[],
            metavar="CODE",
            help="an area that is no more from that day, such as a unit merged into one of the"
            " file; may be repeated",
        )
        parser.add_argument(
            "--dry-run", action="store_true", help="only report what is in the file"
        )
        parser.add_argument(
            "--drawing", type=Path, help="with --dry-run: draw what was found here, as SVG"
        )

        parser.add_argument(
            "--assets",
            metavar="LAYER",
            default="",
            help="the file holds no units but assets (points, lines or polygons with kind, code"
            " and name), which replace this layer: roads, lights, parks",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            rows = read_rows(
                options["file"],
                crs=options["crs"],
                layer=options["layer"],
                mapping=Attributes.of(options["attribute"], options["value"]),
            )
            if options["assets"]:
                self._load_assets(rows, options)
            elif options["dry_run"]:
                self._report(rows, options)
            else:
                self._load(rows, options)
        except BadBoundaries as error:
            raise CommandError(str(error.detail)) from error

    def _load_assets(self, rows: list[Row], options: dict[str, Any]) -> None:
        layer = options["assets"]
        if options["dry_run"]:
            self.stdout.write(f"{check_assets(rows)} assets would replace those of {layer}.")
        else:
            self.stdout.write(f"{load_assets(rows, layer=layer)} assets in {layer}.")

    def _report(self, rows: list[Row], options: dict[str, Any]) -> None:
        seen, drawing = survey(rows, known_areas(), options["ends"]), options["drawing"]
        for line in report_lines(seen):
            self.stdout.write(line)
        if drawing:
            try:
                drawing.write_text(drawing_of(seen), encoding="utf-8")
            except OSError as error:
                raise CommandError(f"{drawing} cannot be written: {error.strerror}.") from error
        if seen.refused:
            raise CommandError("Nothing was loaded.")

    def _load(self, rows: list[Row], options: dict[str, Any]) -> None:
        loaded = load_features(
            in_order(map(read_row, rows)),
            valid_from=options["valid_from"] or timezone.localdate(),
            legal_act=options["legal_act"],
            approximate=options["approximate"],
            ends=options["ends"],
            told=self._progress if sys.stderr.isatty() or options["verbosity"] > 1 else _quiet,
        )
        self.stdout.write(
            f"{loaded.added} added, {loaded.changed} changed, {loaded.unchanged} unchanged"
            f"{f', {loaded.ended} ended' if loaded.ended else ''}."
        )
        if loaded.added or loaded.changed or loaded.ended:
            self.stdout.write(
                "No open ticket moves by itself: /rules says how many belong elsewhere, once this "
                "is in force."
            )

    def _progress(self, done: int, of: int) -> None:
        self.stderr.write(f"\r{done:,} of {of:,} areas", ending="\n" if done == of else "")


def _quiet(_done: int, _of: int) -> None:
    return None
