"""A province's assets, each layer from a file named after it: assets/light.geojson."""

from pathlib import Path
from typing import Any

import shapely

from config.province.files import Fault, Folder
from config.province.rows import Outcome
from geo.assets import asset_layers, load_assets, same_assets
from geo.errors import BadBoundaries
from geo.files import Row

ASSETS = "assets"


def asset_files(folder: Folder) -> list[Path]:
    return sorted((folder.path / ASSETS).glob("*.geojson"))


def load_asset_layers(folder: Folder, files: list[Path]) -> Outcome:
    """Bring the layers to what their files say; other layers stay as they are."""
    outcome = Outcome()
    for path in files:
        name = f"{ASSETS}/{path.name}"
        rows = _rows(folder.document(name))
        try:
            if same_assets(rows, layer=path.stem):
                outcome.unchanged += len(rows)
            elif path.stem in asset_layers():
                outcome.changed += load_assets(rows, layer=path.stem)
            else:
                outcome.added += load_assets(rows, layer=path.stem)
        except BadBoundaries as error:
            folder.faults.append(Fault(name, 0, str(error.detail)))
    return outcome


def _rows(collection: dict[str, Any]) -> list[Row]:
    features = collection.get("features") or []
    return [
        Row(number, feature.get("properties") or {}, _shape(feature.get("geometry")))
        for number, feature in enumerate(features, start=1)
    ]


def _shape(geometry: Any) -> Any:
    try:
        return shapely.geometry.shape(geometry) if geometry else None
    except (AttributeError, KeyError, TypeError, ValueError, shapely.errors.GEOSException):
        return None
