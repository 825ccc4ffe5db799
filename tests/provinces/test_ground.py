"""The ground of the demo province: 54 units, and the sea between the islands."""

import pytest
import shapely
from django.core.management import call_command
from shapely.geometry import Point, shape

from geo import locator
from geo.models import Area, AreaVersion
from tests.provinces.data import FOLDER, document, rows


@pytest.fixture
def cells():
    features = document("boundaries.geojson")["features"]
    return {
        feature["properties"]["code"]: shape(feature["geometry"])
        for feature in features
        if feature["properties"]["level"] == "commune"
    }


def test_there_are_54_units_as_the_law_made_them():
    units = rows("units")
    kinds = [unit["kind"] for unit in units]
    assert len({unit["code"] for unit in units}) == len(units) == 54
    counts = {kind: kinds.count(kind) for kind in set(kinds)}
    assert counts == {"ward": 30, "commune": 22, "special_zone": 2}


def test_each_unit_has_one_cell_that_holds_its_centre(cells):
    units = rows("units")
    assert set(cells) == {unit["code"] for unit in units}
    for unit in units:
        assert cells[unit["code"]].contains(Point(float(unit["lon"]), float(unit["lat"])))
        assert cells[unit["code"]].is_valid


def test_cells_neither_overlap_nor_leave_gaps(cells):
    assert shapely.coverage_is_valid(list(cells.values()))
    outline = [shape(part["geometry"]) for part in document("outline.geojson")["features"]]
    missing = shapely.union_all(outline).symmetric_difference(
        shapely.union_all(list(cells.values()))
    )
    assert missing.area < 1e-6  # a square of a hundred metres, all slivers together


def test_the_boundaries_say_that_they_are_approximate():
    features = document("boundaries.geojson")["features"]
    assert all(feature["properties"]["approximate"] is True for feature in features)
    assert document("province.json")["approximate"] is True


def test_the_boundaries_are_those_that_the_command_draws(tmp_path):
    for name in ("province.json", "outline.geojson", "units.csv"):
        (tmp_path / name).write_bytes((FOLDER / name).read_bytes())
    call_command("draw_demo_boundaries", tmp_path)
    drawn = (tmp_path / "boundaries.geojson").read_text(encoding="utf-8")
    assert drawn == (FOLDER / "boundaries.geojson").read_text(encoding="utf-8")


@pytest.mark.django_db
def test_places_of_the_province_are_found_and_the_bay_belongs_to_nobody():
    call_command(
        "load_areas", FOLDER / "boundaries.geojson", "--valid-from", "2025-07-01", verbosity=0
    )
    assert (Area.objects.count(), AreaVersion.objects.filter(approximate=True).count()) == (55, 55)
    for unit in rows("units"):
        place = locator.locate(float(unit["lat"]), float(unit["lon"]))
        assert (place.area.code, place.province.code) == (unit["code"], "22")
        assert place.doubt == ()
    for lat, lon in [(20.85, 107.15), (21.25, 107.75), (20.95, 107.65)]:
        place = locator.locate(lat, lon)
        assert (place.area, place.province.code) == (None, "22")
        assert place.doubt == ("outside_units",)


def test_the_map_opens_on_the_province():
    province = document("province.json")
    west, south, east, north = (
        province["bounds"][side] for side in ("west", "south", "east", "north")
    )
    whole = document("boundaries.geojson")["features"][0]
    assert whole["properties"]["code"] == province["code"] == "22"
    drawn = shape(whole["geometry"]).bounds
    assert west <= drawn[0]
    assert south <= drawn[1]
    assert east >= drawn[2]
    assert north >= drawn[3]
    assert west < province["centre"]["lon"] < east
    assert south < province["centre"]["lat"] < north
