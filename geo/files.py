"""Files of geography, whatever program wrote them: GeoJSON, Shapefile, GeoPackage, TopoJSON."""

import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from django.utils.translation import gettext as _

from geo.errors import BadBoundaries

DEGREES = "EPSG:4326"
MOST_UNPACKED = 1 << 30
"""Bytes in a zip, more than any nation's units: GDAL would unpack all that is claimed there."""

_HEAD = 1 << 16  # bytes in which a text file says what it is
_NAMED_CRS = re.compile(r'"crs"\s*:\s*\{[^{}]*"properties"\s*:\s*\{\s*"name"\s*:\s*"([^"]*)"')
_TOPOLOGY = re.compile(r'"type"\s*:\s*"Topology"')


@dataclass(frozen=True)
class Row:
    """One feature of a file: its attributes, and its shape in degrees, longitude first."""

    number: int
    properties: Mapping[str, Any]
    shape: Any
    """None where the file has none, or one that cannot be read."""


@dataclass(frozen=True)
class Attributes:
    """How a file's attributes become ours.

    `names` says which attribute of the file is which of ours; `values` what all rows have.
    """

    names: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, names: Sequence[str] = (), values: Sequence[str] = ()) -> "Attributes":
        """Read pairs such as "code=MA_XA". Raises BadBoundaries for what is no pair."""
        return cls(_pairs(names), _pairs(values))

    def apply(self, properties: Mapping[str, Any]) -> dict[str, Any]:
        mapped = dict(properties)
        for ours, theirs in self.names.items():
            if theirs not in properties:
                raise BadBoundaries(
                    _("The file has no attribute “%(name)s”; it has %(known)s.")
                    % {"name": theirs, "known": ", ".join(properties)}
                )
            mapped[ours] = properties[theirs]
        return mapped | dict(self.values)


def _pairs(words: Sequence[str]) -> dict[str, str]:
    pairs = [word.partition("=") for word in words]
    for ours, equals, theirs in pairs:
        if not (ours and equals and theirs):
            raise BadBoundaries(_("“%(pair)s” is not of the form ours=theirs.") % {"pair": ours})
    return {ours.strip(): theirs.strip() for ours, _equals, theirs in pairs}


def read_rows(
    path: Path, *, crs: str = "", layer: str | None = None, mapping: Attributes | None = None
) -> list[Row]:
    """Return the features of a file, turned into degrees from whatever system it is in.

    A zip may hold a Shapefile. `crs` (such as EPSG:9210) is for a file that does not say.
    Raises BadBoundaries.
    """
    import pyogrio  # with pyproj 45 MB, for a process that reads a file, not for all

    _require_bounded(path)
    try:
        about, _fids, shapes, columns = pyogrio.raw.read(
            f"/vsizip/{path}" if path.suffix == ".zip" else path, layer=layer
        )
    except (OSError, ValueError, RuntimeError, IndexError) as error:  # a broken .shp is the last
        raise BadBoundaries(
            _("%(file)s cannot be read: %(why)s") % {"file": path.name, "why": error}
        ) from error
    if shapes is None:
        raise BadBoundaries(_("%(file)s has no shapes in it.") % {"file": path.name})
    if len(shapes) == 0:
        raise BadBoundaries(_("%(file)s has no features in it.") % {"file": path.name})
    drawn = shapely.force_2d(shapely.from_wkb(shapes, on_invalid="ignore"))
    turned = _in_degrees(drawn, crs or _crs_named_in(path) or about["crs"])
    names = [str(name) for name in about["fields"]]
    mapping = mapping or Attributes()
    return [
        Row(number, mapping.apply(dict(zip(names, values, strict=True))), shape)
        for number, (values, shape) in enumerate(
            zip(_rows(columns, len(turned)), turned, strict=True), start=1
        )
    ]


def _require_bounded(path: Path) -> None:
    """Raise BadBoundaries for a zip that is none, or that holds more than any file of units."""
    if path.suffix != ".zip":
        return
    try:
        with zipfile.ZipFile(path) as packed:
            size = sum(each.file_size for each in packed.infolist())
    except (OSError, zipfile.BadZipFile) as error:
        raise BadBoundaries(
            _("%(file)s cannot be read: %(why)s") % {"file": path.name, "why": error}
        ) from error
    if size > MOST_UNPACKED:
        raise BadBoundaries(
            _("%(file)s holds %(size)d MB; at most %(most)d MB are unpacked.")
            % {"file": path.name, "size": size >> 20, "most": MOST_UNPACKED >> 20}
        )


def _crs_named_in(path: Path) -> str:
    """Return the system that a GeoJSON names, of which GDAL passes over those it does not know.

    A TopoJSON names none: it is in degrees, as a GeoJSON that says nothing.
    """
    if path.suffix == ".zip" or not path.is_file():
        return ""
    with path.open("rb") as file:
        head = file.read(_HEAD).decode("utf-8", "ignore")
    if not head.lstrip("\ufeff \r\n\t").startswith("{"):
        return ""
    named = _NAMED_CRS.search(head)
    if named:
        return named.group(1)
    return DEGREES if _TOPOLOGY.search(head) else ""


def _rows(columns: Sequence[Any], count: int) -> Iterator[tuple[Any, ...]]:
    if not columns:
        return iter([()] * count)
    return zip(*([_plain(value) for value in column] for column in columns), strict=True)


def _plain(value: Any) -> Any:
    """Give plain Python values, None for the NaN that stands for a missing number."""
    if isinstance(value, np.generic):
        value = value.item()
    return None if isinstance(value, float) and np.isnan(value) else value


def _in_degrees(shapes: Any, crs: str | None) -> Any:
    if not crs:
        raise BadBoundaries(
            _("The file does not say its coordinate system; name it, as EPSG:9210.")
        )
    import pyproj

    try:
        system = pyproj.CRS.from_user_input(crs)
    except pyproj.exceptions.CRSError as error:
        raise BadBoundaries(_("%(crs)s is no coordinate system.") % {"crs": crs}) from error
    if system.equals(pyproj.CRS.from_user_input(DEGREES), ignore_axis_order=True):
        return shapes
    turn = pyproj.Transformer.from_crs(system, DEGREES, always_xy=True)
    return shapely.transform(shapes, lambda corners: np.column_stack(turn.transform(*corners.T)))
