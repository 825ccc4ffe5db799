"""Files of boundaries of every usual kind, and what is seen in them before they are loaded."""

import json
import xml.etree.ElementTree as ET
import zipfile
from datetime import date

import numpy as np
import pyogrio
import pytest
import shapely
from django.core.management import CommandError, call_command
from django.utils import translation
from shapely.geometry import shape

from geo.errors import BadBoundaries
from geo.files import Attributes, read_rows
from geo.models import Area, AreaFile, AreaVersion
from geo.survey import Fault, survey
from geo.surveying import drawing_of, known_areas
from tests.geo.ground import EAST, ISLAND, OVERLAP, PROVINCE, WEST, collection, load, square, unit

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


def written(path, *features, crs="EPSG:4326", driver=None, names=None):
    """Write the features by GDAL, in a coordinate system of ours."""
    turned = [shapely.to_wkb(_turned(shape(one["geometry"]), crs)) for one in features]
    ours = ["code", "level", "kind", "parent", "name_vi", "name_en"]
    columns = [np.array([one["properties"][name] for one in features], object) for name in ours]
    pyogrio.raw.write(
        path,
        np.array(turned, object),
        columns,
        np.array(names or ours),
        geometry_type="Polygon",
        crs=crs,
        driver=driver,
        encoding="UTF-8",
    )
    return path


def _turned(ground, crs):
    import pyproj

    turn = pyproj.Transformer.from_crs("EPSG:4326", crs, always_xy=True)
    return shapely.transform(ground, lambda xy: np.column_stack(turn.transform(*xy.T)))


def in_geojson(path, *features):
    path.write_text(json.dumps(collection(*features)), encoding="utf-8")
    return path


@pytest.mark.parametrize("name", ["areas.gpkg", "areas.shp", "areas.geojson", "areas.zip"])
# WGS 84; VN-2000 in the three-degree zone of Quảng Ninh; UTM.
@pytest.mark.parametrize("crs", ["EPSG:4326", "EPSG:9216", "EPSG:32648"])
def test_every_kind_of_file_in_any_system_gives_the_same_units(tmp_path, name, crs, capsys):
    path = tmp_path / name
    if name == "areas.zip":
        written(tmp_path / "inner.shp", PROVINCE, WEST, EAST, crs=crs)
        with zipfile.ZipFile(path, "w") as archive:
            for part in tmp_path.glob("inner.*"):
                archive.write(part, part.name)
    else:
        written(path, PROVINCE, WEST, EAST, crs=crs)
    call_command("load_areas", path, "--valid-from", "2025-07-01")
    assert capsys.readouterr().out.startswith("3 added, 0 changed, 0 unchanged.\n")
    version = AreaVersion.objects.get(area__code="00101")
    assert (version.name_vi, version.area.parent.code) == ("Phường 00101", "22")
    box = [version.west, version.south, version.east, version.north]
    assert box == pytest.approx([107.0, 21.0, 107.02, 21.02], abs=1e-6)


def test_topojson_is_read_too(tmp_path, capsys):
    # One arc a unit, in whole numbers of 1e-4 degrees from (107, 21), each step from the last.
    topology = {
        "type": "Topology",
        "transform": {"scale": [1e-4, 1e-4], "translate": [107.0, 21.0]},
        "arcs": [[[0, 0], [200, 0], [0, 200], [-200, 0], [0, -200]]],
        "objects": {
            "units": {
                "type": "GeometryCollection",
                "geometries": [
                    {"type": "Polygon", "arcs": [[0]], "properties": WEST["properties"]}
                ],
            }
        },
    }
    path = tmp_path / "areas.topojson"
    path.write_text(json.dumps(topology), encoding="utf-8")
    load(PROVINCE)
    call_command("load_areas", path, "--crs", "EPSG:4326")
    assert capsys.readouterr().out.startswith("1 added, 0 changed, 0 unchanged.\n")
    assert AreaVersion.objects.get(area__code="00101").east == pytest.approx(107.02)


def test_attributes_of_another_name_and_values_for_all_are_mapped(tmp_path, capsys):
    names = ["MA", "CAP", "LOAI", "TINH", "TEN", "NAME"]
    path = written(tmp_path / "xa.gpkg", WEST, names=names)
    load(PROVINCE)
    call_command(
        "load_areas", path, "--attribute", "code=MA", "--attribute", "name_vi=TEN",
        "--attribute", "name_en=NAME", "--value", "kind=ward", "--value", "parent=22",
    )  # fmt: skip
    assert Area.objects.get(code="00101").name_en == "00101 Ward"
    with pytest.raises(CommandError, match="MA, CAP, LOAI"):
        call_command("load_areas", path, "--attribute", "code=MAXA")
    with pytest.raises(CommandError, match="ours=theirs"):
        call_command("load_areas", path, "--attribute", "code")


def test_codes_that_a_spreadsheet_made_numbers_get_their_zeros_back(tmp_path):
    path = in_geojson(tmp_path / "a.geojson", unit(101, WEST["geometry"], parent=22))
    load(PROVINCE)
    call_command("load_areas", path)
    assert Area.objects.get(code="00101").parent.code == "22"


def test_a_file_without_a_system_is_asked_for_it_and_an_unknown_one_refused(tmp_path):
    path = written(tmp_path / "a.shp", PROVINCE, WEST)
    (tmp_path / "a.prj").unlink()
    with pytest.raises(CommandError, match="coordinate system"):
        call_command("load_areas", path)
    with pytest.raises(CommandError, match="EPSG:nothing"):
        call_command("load_areas", path, "--crs", "EPSG:nothing")
    call_command("load_areas", path, "--crs", "EPSG:4326")


def surveyed(tmp_path, *features):
    return survey(read_rows(in_geojson(tmp_path / "a.geojson", *features)), known_areas())


def told(seen):
    return {(one.fault.value, one.codes) for one in seen.findings}


def test_a_sound_file_has_nothing_to_be_found_in_it(tmp_path):
    seen = surveyed(tmp_path, PROVINCE, WEST, EAST, ISLAND)
    assert (seen.findings, seen.refused) == ([], False)
    assert seen.counts() == {"province": 1, "ward": 2, "special_zone": 1}


def test_overlaps_and_gaps_are_measured_and_placed(tmp_path):
    around = shape(square(107.05, 21.05, 107.09, 21.09)).difference(
        shape(square(107.06, 21.06, 107.07, 21.07))
    )
    ring = unit("00200", json.loads(shapely.to_geojson(around)))
    seen = surveyed(tmp_path, PROVINCE, WEST, EAST, OVERLAP, ring)
    assert told(seen) == {("overlap", ("00102", "00100")), ("gap", ("00200",))}
    overlap, gap = seen.of(Fault.OVERLAP)[0], seen.of(Fault.GAP)[0]
    # 0.005 by 0.02 degrees; 0.01 by 0.01: at 21° north a degree is 103.97 and 110.74 km.
    assert overlap.size_m2 == pytest.approx(519.8 * 2_214.8, rel=2e-3)
    assert gap.size_m2 == pytest.approx(1_039.2 * 1_107.4, rel=2e-3)
    assert (gap.lat, gap.lon) == (pytest.approx(21.065), pytest.approx(107.065))
    assert 107.035 < overlap.lon < 107.04


@pytest.mark.parametrize(
    ("feature", "fault", "refused"),
    [
        (unit("00101", EAST["geometry"]), "duplicate_code", True),
        (unit("00109", WEST["geometry"]), "duplicate_ground", False),
        (unit("00109", EAST["geometry"], parent="31"), "missing_parent", True),
        (unit("00109", square(721_000, 2_320_000, 722_000, 2_321_000)), "no_degrees", True),
        (unit("00109", EAST["geometry"], kind="district"), "unreadable", True),
        (
            unit("00109", {"type": "Polygon", "coordinates": [
                [[107.05, 21], [107.06, 21.01], [107.06, 21], [107.05, 21.01], [107.05, 21]]
            ]}),
            "mended",
            False,
        ),
    ],
)  # fmt: skip
def test_each_fault_is_named_and_the_grave_ones_refuse_the_file(tmp_path, feature, fault, refused):
    seen = surveyed(tmp_path, PROVINCE, WEST, feature)
    assert ([one.fault.value for one in seen.findings], seen.refused) == ([fault], refused)


def test_what_differs_from_the_ground_in_force_is_said(tmp_path):
    load(PROVINCE, WEST, EAST, ISLAND)
    grown = unit("00101", square(107.00, 21.00, 107.026, 21.02))
    shifted = unit("00104", square(107.0001, 21.05, 107.0101, 21.06), kind="special_zone")
    seen = surveyed(tmp_path, grown, shifted)
    assert told(seen) == {("sudden_change", ("00101",))}
    merged = unit("00101", square(107.00, 21.00, 107.04, 21.02))
    assert ("not_in_file", ("00102",)) in told(surveyed(tmp_path, merged))


def test_a_dry_run_prints_and_draws_and_loads_nothing(tmp_path, capsys):
    path = in_geojson(tmp_path / "a.geojson", PROVINCE, WEST, EAST, OVERLAP)
    drawing = tmp_path / "found.svg"
    call_command("load_areas", path, "--dry-run", "--drawing", drawing)
    out = capsys.readouterr().out
    assert "4 areas. Province: 1, Ward: 3" in out
    assert "Phường 00102 (00102) × Phường 00100 (00100); 1.15 km²; 21.01" in out
    picture = ET.fromstring(drawing.read_text(encoding="utf-8"))
    assert len(picture.findall(".//{*}title")) == 1
    assert len(picture.findall(".//{*}path")) == 4  # three units and what overlaps
    assert not Area.objects.exists()


def test_a_dry_run_of_a_file_that_cannot_be_taken_fails_after_its_report(tmp_path, capsys):
    path = in_geojson(tmp_path / "a.geojson", PROVINCE, unit("00101", WEST["geometry"], kind="x"))
    with pytest.raises(CommandError, match="Nothing was loaded"):
        call_command("load_areas", path, "--dry-run")
    assert "✗ Cannot be taken: 1" in capsys.readouterr().out


def test_names_in_the_drawing_cannot_break_it(tmp_path):
    mean = unit("00109", WEST["geometry"], name_vi="<script>&")
    picture = ET.fromstring(drawing_of(surveyed(tmp_path, PROVINCE, WEST, mean)))
    assert "<script>&" in picture.find(".//{*}title").text


def give(client, path, **more):
    with path.open("rb") as file:
        form = {"file": file, "attributes": "{}", "values": "{}", "valid_from": "2025-07-01"}
        return client.post("/admin/geo/areafile/add/", form | more)


def test_in_the_admin_a_file_is_looked_at_and_loaded_only_when_confirmed(tmp_path, admin_client):
    path = in_geojson(tmp_path / "ranh-gioi.geojson", PROVINCE, WEST, EAST, OVERLAP)
    answer = give(admin_client, path, legal_act="1679/NQ-UBTVQH15")
    file = AreaFile.objects.get()
    assert answer.headers["Location"] == f"/admin/geo/areafile/{file.pk}/change/"
    page = admin_client.get(answer.headers["Location"]).content.decode()
    assert "× Phường 00100" in page
    assert "<svg" in page
    assert (file.refused, file.loaded_at, Area.objects.count()) == (False, None, 0)

    admin_client.post(answer.headers["Location"], {"_confirm": "1"})
    file.refresh_from_db()
    assert (file.given_by, file.loaded_by, Area.objects.count()) == ("admin", "admin", 4)
    version = AreaVersion.objects.get(area__code="00101")
    assert (version.valid_from, version.legal_act) == (date(2025, 7, 1), "1679/NQ-UBTVQH15")
    again = admin_client.post(answer.headers["Location"], {"_confirm": "1"}, follow=True)
    assert "already" in again.content.decode() or "rồi" in again.content.decode()
    assert AreaVersion.objects.count() == 4


def test_in_the_admin_a_file_ends_the_units_that_it_merges(tmp_path, admin_client):
    load(PROVINCE, WEST, EAST)
    both = unit("00102", square(107.00, 21.00, 107.04, 21.02))
    path = in_geojson(tmp_path / "sap-nhap.geojson", both)
    give(admin_client, path, valid_from="2026-04-30", ends="00101, 00109")
    assert AreaFile.objects.get().refused  # there is no 00109
    answer = give(admin_client, path, valid_from="2026-04-30", ends="00101")
    admin_client.post(answer.headers["Location"], {"_confirm": "1"})
    assert AreaVersion.objects.get(area__code="00101").valid_to == date(2026, 4, 30)


def test_a_file_that_cannot_be_taken_is_shown_with_why_and_cannot_be_confirmed(
    tmp_path, admin_client
):
    path = tmp_path / "areas.geojson"
    path.write_bytes(b"no map")
    answer = give(admin_client, path)
    file = AreaFile.objects.get()
    assert file.refused
    page = admin_client.get(answer.headers["Location"]).content.decode()
    assert 'name="_confirm"' not in page
    admin_client.post(answer.headers["Location"], {"_confirm": "1"})
    assert AreaFile.objects.get().loaded_at is None


def test_attributes_are_pairs_of_texts():
    given = {"MA": "1", "x": 2}
    assert Attributes.of(["code=MA"], ["parent=22"]).apply(given)["code"] == "1"


def test_a_geojson_in_an_unknown_system_is_refused_rather_than_taken_for_degrees(tmp_path):
    path = tmp_path / "xa.geojson"
    named = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::999999"}}
    path.write_text(json.dumps({**collection(WEST), "crs": named}))
    with pytest.raises(BadBoundaries, match="999999 is no coordinate system"):
        read_rows(path)


def test_a_file_without_features_is_refused_not_found_sound(tmp_path):
    path = tmp_path / "xa.geojson"
    path.write_text(json.dumps(collection()))
    with pytest.raises(CommandError, match="has no features in it"):
        call_command("load_areas", path, "--dry-run")
    assert not AreaFile.objects.exists()


def test_a_zip_that_claims_more_than_any_nation_is_not_unpacked(tmp_path, monkeypatch):
    path = tmp_path / "xa.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xa.shp", bytes(3 << 20))
    monkeypatch.setattr("geo.files.MOST_UNPACKED", 2 << 20)
    with pytest.raises(BadBoundaries, match="holds 3 MB; at most 2 MB"):
        read_rows(path)


@pytest.mark.parametrize("content", [b"", b"no zip"])
def test_a_zip_that_is_none_is_refused(tmp_path, content):
    path = tmp_path / "xa.zip"
    path.write_bytes(content)
    with pytest.raises(BadBoundaries, match=r"xa\.zip cannot be read"):
        read_rows(path)


def test_a_shapefile_of_nothing_but_zeros_is_refused(tmp_path):
    path = tmp_path / "xa.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for name in ("xa.shp", "xa.shx", "xa.dbf"):
            packed.writestr(name, bytes(100_000) if name == "xa.shp" else b"")
    with pytest.raises(BadBoundaries, match=r"xa\.zip"):
        read_rows(path)


def test_a_topojson_is_in_degrees_without_saying_so(tmp_path):
    path = tmp_path / "xa.topojson"
    ring = [[107.0, 20.9], [107.1, 20.9], [107.1, 21.0], [107.0, 21.0], [107.0, 20.9]]
    unit_of_it = {"type": "Polygon", "properties": WEST["properties"], "arcs": [[0]]}
    layer = {"type": "GeometryCollection", "geometries": [unit_of_it]}
    path.write_text(json.dumps({"type": "Topology", "objects": {"xa": layer}, "arcs": [ring]}))
    [row] = read_rows(path)
    assert row.shape.bounds == (107.0, 20.9, 107.1, 21.0)


def test_what_is_wrong_with_a_feature_is_said_in_vietnamese(tmp_path):
    path = tmp_path / "xa.geojson"
    nameless = {**WEST, "properties": {**WEST["properties"], "name_en": ""}}
    path.write_text(json.dumps(collection(nameless)))
    with translation.override("vi"):
        seen = survey(read_rows(path), known_areas())
    assert seen.findings[0].text == "Không nhận được đối tượng thứ 1: thiếu thuộc tính name_en."
