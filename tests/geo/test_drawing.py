"""Cells around centres: every bit of land is somebody's, and nobody's twice."""

import json

import pytest
import shapely
from django.core.management import CommandError, call_command
from shapely.geometry import Point, Polygon, box, shape

from geo.drawing import Land, draw_cells

# A mainland cut by a bay from the south, and an island.
SHORE = [(107, 21), (107.4, 21), (107.4, 21.19), (107.45, 21.19), (107.45, 21), (107.8, 21)]
MAINLAND = Polygon([*SHORE, (107.8, 21.3), (107, 21.3)])
ISLAND = box(107.9, 21.0, 107.95, 21.05)
CENTRES = {
    "a": (21.1, 107.1),
    "b": (21.02, 107.38),
    "c": (21.1, 107.7),
    "d": (21.02, 107.92),
    "e": (21.24, 107.42),
}


def test_land_is_divided_without_gap_or_overlap():
    cells = draw_cells([Land(MAINLAND), Land(ISLAND, unit="d")], CENTRES)
    assert set(cells) == set(CENTRES)
    assert shapely.coverage_is_valid(list(cells.values()))
    assert shapely.union_all(list(cells.values())).symmetric_difference(
        shapely.union(MAINLAND, ISLAND)
    ).area == pytest.approx(0, abs=1e-9)
    for code, (lat, lon) in CENTRES.items():
        assert cells[code].contains(Point(lon, lat))


def test_what_a_bay_cuts_off_goes_to_the_neighbour_on_its_own_shore():
    cells = draw_cells([Land(MAINLAND), Land(ISLAND, unit="d")], CENTRES)
    across = Point(107.46, 21.02)  # nearer to b, but b is on the other shore
    assert across.distance(Point(107.38, 21.02)) < across.distance(Point(107.7, 21.1))
    assert cells["c"].contains(across)
    assert all(len(cell.geoms) == 1 for cell in cells.values())


def test_nearest_is_meant_in_metres():
    # At 60 degrees north a degree of longitude is half as long as one of latitude.
    square = box(10, 60, 11, 61)
    cells = draw_cells([Land(square)], {"a": (60.2, 10.2), "b": (60.5, 10.7)})
    assert cells["b"].contains(Point(10.4, 60.5))


def test_an_island_of_a_unit_is_whole_and_a_unit_may_have_several():
    lands = [Land(box(0, 0, 1, 1), unit="a"), Land(box(2, 0, 3, 1), unit="a")]
    assert len(draw_cells(lands, {"a": (0.5, 0.5)})["a"].geoms) == 2


def test_a_unit_out_at_sea_is_an_error():
    with pytest.raises(ValueError, match="no land for e, f"):
        draw_cells([Land(MAINLAND)], {"a": (21.1, 107.1), "f": (20, 107), "e": (20, 107)})


def test_the_command_draws_a_folder_and_says_what_is_wrong_with_one(tmp_path, capsys):
    with pytest.raises(CommandError, match="cannot be drawn"):
        call_command("draw_demo_boundaries", tmp_path)
    (tmp_path / "province.json").write_text('{"code": "99", "name_vi": "Tỉnh", "name_en": "P"}')
    feature = {"type": "Feature", "properties": {}, "geometry": MAINLAND.__geo_interface__}
    (tmp_path / "outline.geojson").write_text(
        json.dumps({"type": "FeatureCollection", "features": [feature]})
    )
    rows = ["code,kind,name_vi,name_en,lat,lon", "1,ward,Một,One,21.1,107.1"]
    (tmp_path / "units.csv").write_text("\n".join([*rows, "2,commune,Hai,Two,21.1,107.7"]))
    call_command("draw_demo_boundaries", tmp_path)
    assert capsys.readouterr().out == "3 areas drawn.\n"
    drawn = json.loads((tmp_path / "boundaries.geojson").read_text())
    assert [feature["properties"]["code"] for feature in drawn["features"]] == ["99", "1", "2"]
    assert all(feature["properties"]["approximate"] for feature in drawn["features"])
    assert shape(drawn["features"][1]["geometry"]).contains(Point(107.1, 21.1))
