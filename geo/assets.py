"""What lies near a point of what is looked after: roads by class, street lights, parks.

For a routing rule ("on a national road") and for the form, whose pin may snap to a light.
"""

import threading
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import shapely
from django.db import transaction
from django.db.models import Count, Max
from django.utils.translation import gettext as _

from geo import geometry
from geo.errors import BadBoundaries
from geo.files import Row
from geo.models import Asset

CHECK_EVERY_S = 1.0
MOST_NEAR_M = 2_000.0


@dataclass(frozen=True)
class NearAsset:
    """An asset near a point: how far in metres, and where it is nearest, to snap to."""

    id: int
    layer: str
    kind: str
    code: str
    name: str
    distance_m: float
    lat: float
    lon: float


def assets_near(
    lat: float, lon: float, radius_m: float, layer: str | None = None, *, most: int = 20
) -> list[NearAsset]:
    """Return the assets within `radius_m` (2 km at most) of the point, the nearest first.

    Of one layer, or of all. A point inside a park is 0 m from it. Equally near ones come in the
    order in which they were loaded.
    """
    layers = _memory.layers()
    chosen = [layers[layer]] if layer in layers else [] if layer else list(layers.values())
    radius = min(radius_m, MOST_NEAR_M)
    found = [near for one in chosen for near in one.near(lat, lon, radius)]
    return sorted(found, key=lambda near: (near.distance_m, near.id))[:most]


def asset_layers() -> list[str]:
    """Return the names of the layers that there are."""
    return list(Asset.objects.order_by("layer").values_list("layer", flat=True).distinct())


class _Layer:
    """The assets of one layer, which do not change."""

    def __init__(self, rows: Sequence[tuple[int, str, str, str, str, bytes]]) -> None:
        self._rows = rows
        self._shapes = shapely.from_wkb([bytes(row[-1]) for row in rows])
        self._tree = shapely.STRtree(self._shapes)
        self._tree.query(shapely.Point(0, 0))  # Built now: GEOS builds it unlocked.

    def near(self, lat: float, lon: float, radius_m: float) -> list[NearAsset]:
        box = shapely.box(*geometry.box_around(lat, lon, radius_m))
        found = []
        for number in self._tree.query(box):
            far, (at_lat, at_lon) = geometry.nearest(lat, lon, self._shapes[number])
            if far <= radius_m:
                pk, layer, kind, code, name, _shape = self._rows[number]
                far = round(far, 1)
                found.append(NearAsset(pk, layer, kind, code, name, far, at_lat, at_lon))
        return found


class _Memory:
    """The layers, read anew when a file was loaded; asked about at most once a second."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._stamp: Any = None
        self._layers: dict[str, _Layer] = {}
        self._checked_at = 0.0

    def layers(self) -> dict[str, _Layer]:
        if time.monotonic() - self._checked_at < CHECK_EVERY_S and self._stamp:
            return self._layers
        with self._lock:
            # A layer is replaced by new rows, never changed in place.
            stamp = Asset.objects.aggregate(Count("id"), Max("id"))
            if stamp != self._stamp:
                self._layers, self._stamp = _read(), stamp
            self._checked_at = time.monotonic()
            return self._layers

    def forget(self) -> None:
        self._stamp = None


def _read() -> dict[str, _Layer]:
    rows: dict[str, list[Any]] = defaultdict(list)
    columns = ("id", "layer", "kind", "code", "name", "shape")
    for row in Asset.objects.order_by("id").values_list(*columns).iterator(chunk_size=2_000):
        rows[row[1]].append(row)
    return {layer: _Layer(its) for layer, its in rows.items()}


def load_assets(rows: Sequence[Row], *, layer: str) -> int:
    """Replace the layer by the rows of a file; return how many there are now.

    Attributes: kind (such as the class of a road), code, name; all may be missing.
    Raises BadBoundaries, which names the row, for a shape that is none or leaves the globe.
    """
    most = Asset._meta.get_field("layer").max_length or 0
    if len(layer) > most:
        raise BadBoundaries(_("A layer's name has at most %(most)d letters.") % {"most": most})
    assets = _assets(rows, layer)
    with transaction.atomic():
        Asset.objects.filter(layer=layer).delete()
        Asset.objects.bulk_create(assets, batch_size=1_000)
        transaction.on_commit(_memory.forget)
    _memory.forget()
    return len(assets)


def same_assets(rows: Sequence[Row], *, layer: str) -> bool:
    """Say whether the layer is what the rows say. Raises as `load_assets` does."""
    columns = ("kind", "code", "name", "shape")
    wanted = [tuple(getattr(each, name) for name in columns) for each in _assets(rows, layer)]
    there = Asset.objects.filter(layer=layer).order_by("id").values_list(*columns)
    return wanted == [(*texts, bytes(shape)) for *texts, shape in there]


def check_assets(rows: Sequence[Row]) -> int:
    """Return how many assets a file would load; nothing is kept. Raises as `load_assets` does."""
    return len(_assets(rows, ""))


def _assets(rows: Sequence[Row], layer: str) -> list[Asset]:
    return [_asset(row, layer) for row in rows]


def _asset(row: Row, layer: str) -> Asset:
    if row.shape is None or row.shape.is_empty:
        raise BadBoundaries(_("Row %(number)d has no shape.") % {"number": row.number})
    west, south, east, north = row.shape.bounds
    if not (geometry.is_position(south, west) and geometry.is_position(north, east)):
        raise BadBoundaries(_("Row %(number)d leaves the globe.") % {"number": row.number})
    texts = {name: _text(row.properties.get(name)) for name in ("kind", "code", "name")}
    shape = shapely.to_wkb(shapely.make_valid(row.shape), byte_order=1)
    box = {"west": west, "south": south, "east": east, "north": north}
    return Asset(layer=layer, shape=shape, **texts, **box)


def _text(value: Any) -> str:
    return "" if value is None else str(value).strip()


def forget() -> None:
    """Look at the next question whether assets have changed."""
    _memory.forget()


_memory = _Memory()
