"""A code has a name, whatever became of its area."""

from datetime import date

import pytest

from geo.models import Area, AreaVersion
from geo.names import area_name
from tests.geo.ground import PROVINCE, WEST, load, unit

pytestmark = pytest.mark.django_db


def test_units_and_provinces_are_named_in_both_languages():
    load(PROVINCE, WEST)
    assert area_name("00101") == ("Phường 00101", "00101 Ward")
    assert area_name("22") == ("Tỉnh Quảng Ninh", "Quảng Ninh")


def test_a_new_name_is_known_at_once():
    load(PROVINCE, WEST)
    area_name("00101")
    load(unit("00101", WEST["geometry"], name_vi="Phường Mới", name_en="New Ward"))
    assert area_name("00101") == ("Phường Mới", "New Ward")


def test_an_area_that_ended_keeps_its_name_and_an_unknown_one_is_its_code():
    load(PROVINCE, WEST)
    AreaVersion.objects.filter(area__code="00101").update(valid_to=date(2025, 12, 31))
    assert Area.objects.filter(code="00101").exists()
    assert area_name("00101") == ("Phường 00101", "00101 Ward")
    assert area_name("99999") == ("99999", "99999")


def test_naming_what_is_in_force_asks_the_database_once(django_assert_num_queries):
    load(PROVINCE, WEST)
    area_name("00101")
    with django_assert_num_queries(0):
        assert [area_name("00101")[0] for _ in range(50)] == ["Phường 00101"] * 50
