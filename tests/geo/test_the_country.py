"""The whole country at once: 34 provinces and 3,321 units, as published for July 2025."""

import json

import pytest
from shapely.geometry import shape

from geo import locator
from geo.boundaries import boundaries_geojson
from geo.models import AreaVersion
from geo.services import Loaded, load_boundaries
from tests.geo.ground import FOUNDED

pytestmark = [
    pytest.mark.long,
    pytest.mark.shared_data,
    pytest.mark.django_db,
    pytest.mark.one_database,
]


@pytest.fixture(scope="module")
def country(shared_data, lasting_db):
    for name, added in (("provinces", 34), ("communes_simplified", 3_321)):
        path = shared_data / "vn_units_2025" / f"{name}.geojson"
        collection = json.loads(path.read_text(encoding="utf-8"))
        assert load_boundaries(collection, valid_from=FOUNDED) == Loaded(added, 0, 0)
    return collection


def test_every_unit_of_the_country_is_loaded_and_found_at_its_own_heart(country):
    assert AreaVersion.objects.count() == 3_355
    locator.locate(21.03, 105.85)
    lost = []
    for feature in country["features"]:
        heart = shape(feature["geometry"]).representative_point()
        place = locator.locate(heart.y, heart.x, accuracy_m=15)
        given = feature["properties"]
        # Published boundaries overlap in places: then the unit is at least among the candidates.
        if given["code"] not in [area.code for area in place.candidates]:
            lost.append(given["full_name"])
        elif place.area.code == given["code"]:
            assert place.province.code == given["parent_code"]
    assert lost == []


def test_known_places_are_where_everybody_knows_them_and_can_be_drawn(country):
    known = [
        (20.9513, 107.0748, "22"),  # Hạ Long, by the market
        (21.0285, 105.8542, "01"),  # Hồ Hoàn Kiếm
        (10.7769, 106.7009, "79"),  # Bến Thành
    ]
    for lat, lon, province in known:
        assert locator.locate(lat, lon).province.code == province
    assert locator.locate(20.98, 107.76).area.name_vi == "Đặc khu Cô Tô"

    fine = boundaries_geojson("province")
    coarse = boundaries_geojson("province", tolerance_m=500)
    assert len(coarse["features"]) == 34
    assert len(json.dumps(coarse)) < len(json.dumps(fine)) / 3
