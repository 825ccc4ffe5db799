"""What is looked after near a point: points, lines and polygons in layers."""

import json

import pytest
from django.core.management import CommandError, call_command

from geo import assets
from geo.assets import asset_layers, assets_near
from geo.models import Asset
from tests.backend.api.conftest import APIClient
from tests.geo.ground import collection, square

pytestmark = pytest.mark.django_db

METRE_NORTH = 1 / 110_740
METRE_EAST = 1 / 103_970


@pytest.fixture(autouse=True)
def nothing_remembered():
    assets._memory.__init__()


def feature(kind, name, geometry):
    properties = {"kind": kind, "name": name, "code": name}
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def line(*points):
    return {"type": "LineString", "coordinates": [list(point) for point in points]}


def load(tmp_path, layer, *features):
    path = tmp_path / f"{layer}.geojson"
    path.write_text(json.dumps(collection(*features)), encoding="utf-8")
    call_command("load_areas", path, "--assets", layer)


@pytest.fixture
def loaded(tmp_path):
    load(
        tmp_path,
        "roads",
        feature("national", "QL18", line((107.00, 21.0), (107.10, 21.0))),
        feature("local", "Lê Lợi", line((107.05, 20.99), (107.05, 21.01))),
    )
    light = {"type": "Point", "coordinates": [107.05 + 10 * METRE_EAST, 21.005]}
    load(tmp_path, "lights", feature("led", "Đ-17", light))
    load(tmp_path, "parks", feature("city", "30/4", square(107.02, 21.01, 107.03, 21.02)))


def seen(*asked, **more):
    return [(near.name, round(near.distance_m)) for near in assets_near(*asked, **more)]


@pytest.mark.parametrize(
    ("lat", "lon", "radius", "layer", "expected"),
    [
        (21.005, 107.05, 50, None, [("Lê Lợi", 0), ("Đ-17", 10)]),
        (21.005, 107.05, 50, "lights", [("Đ-17", 10)]),
        (21.005, 107.05, 5, "lights", []),
        (21.0 + 30 * METRE_NORTH, 107.01, 31, "roads", [("QL18", 30)]),
        (21.0 + 30 * METRE_NORTH, 107.01, 29, "roads", []),
        # Where two roads cross, both are as near; the one loaded first stands first.
        (21.0, 107.05, 10, "roads", [("QL18", 0), ("Lê Lợi", 0)]),
        (21.015, 107.025, 1, "parks", [("30/4", 0)]),
        (21.02 + 100 * METRE_NORTH, 107.025, 150, "parks", [("30/4", 100)]),
        (21.005, 107.05, 50, "wells", []),
        (10.0, 100.0, 2_000, None, []),
    ],
)
def test_what_is_near_is_found_with_its_distance(loaded, lat, lon, radius, layer, expected):
    assert seen(lat, lon, radius, layer) == expected


def test_a_pin_can_snap_to_where_a_road_is_nearest(loaded):
    [road] = assets_near(21.0 + 30 * METRE_NORTH, 107.01, 50, "roads")
    assert (road.lat, road.lon, road.kind) == (
        pytest.approx(21.0),
        pytest.approx(107.01),
        "national",
    )


def test_a_file_replaces_its_layer_and_no_other(loaded, tmp_path):
    assert asset_layers() == ["lights", "parks", "roads"]
    load(tmp_path, "roads", feature("local", "Mới", line((107.0, 21.0), (107.1, 21.0))))
    assert seen(21.0, 107.05, 10, "roads") == [("Mới", 0)]
    assert Asset.objects.count() == 3


def test_between_checks_no_question_goes_to_the_database(loaded, django_assert_num_queries):
    assets_near(21.0, 107.05, 10)
    with django_assert_num_queries(0):
        assets_near(21.0, 107.05, 10)


def test_a_file_with_a_row_that_has_no_shape_changes_nothing(loaded, tmp_path):
    with pytest.raises(CommandError, match="2"):
        load(
            tmp_path,
            "roads",
            feature("local", "A", line((107.0, 21.0), (107.1, 21.0))),
            feature("local", "B", None),
        )
    assert seen(21.0, 107.01, 10, "roads") == [("QL18", 0)]


def test_the_form_asks_over_http(loaded):
    client = APIClient()
    near = client.get("/api/v1/assets/near?lat=21.005&lon=107.05&layer=lights").json()
    [light] = near["results"]
    assert (light["name"], light["distance_m"]) == ("Đ-17", 10.0)
    assert light["location"]["lat"] == 21.005
    for wrong in ("0", "-1", "x", "nan", "5000"):
        answer = client.get(f"/api/v1/assets/near?lat=21&lon=107&radius_m={wrong}")
        assert answer.status_code == 400


def test_a_dry_run_changes_nothing_and_refuses_what_loading_would(loaded, tmp_path, capsys):
    before = list(Asset.objects.order_by("id").values_list("id", "layer", "name"))
    path = tmp_path / "new.geojson"
    hole = feature("national", "QL10", line((107.0, 20.9), (107.1, 20.9)))
    path.write_text(json.dumps(collection(hole)), encoding="utf-8")
    call_command("load_areas", path, "--assets", "roads", "--dry-run")
    assert "1 assets would replace those of roads." in capsys.readouterr().out
    assert list(Asset.objects.order_by("id").values_list("id", "layer", "name")) == before
    gone = feature("national", "QL10", {"type": "Point", "coordinates": [207.0, 20.9]})
    path.write_text(json.dumps(collection(gone)), encoding="utf-8")
    with pytest.raises(CommandError, match="địa cầu"):
        call_command("load_areas", path, "--assets", "roads", "--dry-run")
