"""Draw approximate boundaries for the demonstration of a province, from centres and an outline."""

import csv
import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from shapely.geometry import MultiPolygon

from geo.drawing import Land, draw_cells
from geo.geometry import geojson_of, multipolygon_from


class Command(BaseCommand):
    help = (
        "Write FOLDER/boundaries.geojson: the outline of FOLDER/outline.geojson divided among the"
        " centres of FOLDER/units.csv. Approximate, for demonstration."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, help="a province, such as provinces/quang-ninh")

    def handle(self, *args: Any, **options: Any) -> None:
        folder: Path = options["folder"]
        try:
            province = json.loads((folder / "province.json").read_text(encoding="utf-8"))
            outline = json.loads((folder / "outline.geojson").read_text(encoding="utf-8"))
            with (folder / "units.csv").open(encoding="utf-8", newline="") as file:
                units = list(csv.DictReader(file))
            features = _features(province, _lands(outline), units)
        except (OSError, KeyError, ValueError) as error:
            raise CommandError(f"The boundaries cannot be drawn: {error}") from error
        _write(folder / "boundaries.geojson", features)
        self.stdout.write(f"{len(features)} areas drawn.")


def _lands(outline: dict[str, Any]) -> list[Land]:
    return [
        Land(ground=part, unit=feature["properties"].get("unit") or "")
        for feature in outline["features"]
        for part in multipolygon_from(feature["geometry"]).geoms
    ]


def _features(
    province: dict[str, Any], lands: list[Land], units: list[dict[str, str]]
) -> list[dict[str, Any]]:
    centres = {unit["code"]: (float(unit["lat"]), float(unit["lon"])) for unit in units}
    cells = draw_cells(lands, centres)
    whole = MultiPolygon([land.ground for land in lands])
    return [
        _feature(province | {"level": "province", "kind": "province", "parent": ""}, whole),
        *(
            _feature(unit | {"level": "commune", "parent": province["code"]}, cells[unit["code"]])
            for unit in units
        ),
    ]


def _feature(given: dict[str, Any], ground: MultiPolygon) -> dict[str, Any]:
    names = ("code", "level", "kind", "parent", "name_vi", "name_en")
    return {
        "type": "Feature",
        "properties": {name: given[name] for name in names} | {"approximate": True},
        "geometry": geojson_of(ground),
    }


def _write(path: Path, features: list[dict[str, Any]]) -> None:
    # One line an area: a change of one unit is then a change of one line.
    lines = ",\n".join(json.dumps(feature, ensure_ascii=False) for feature in features)
    path.write_text(
        f'{{"type": "FeatureCollection", "features": [\n{lines}\n]}}\n', encoding="utf-8"
    )
