"""Files of boundaries: taken whole with their day, or not at all."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import translation

from geo.errors import BadBoundaries
from geo.features import read_features
from geo.locator import locate
from geo.models import Area, AreaVersion
from geo.services import Loaded, load_features
from tests.geo.ground import (
    EAST,
    FOUNDED,
    ISLAND,
    PROVINCE,
    WEST,
    collection,
    load,
    square,
    unit,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_english():
    """Sentences are compared as the code has them, whatever is compiled."""
    with translation.override("en"):
        yield


LATER = date(2026, 4, 30)
WEST_AS_COMMUNE = unit("00101", square(107.00, 21.00, 107.02, 21.03), kind="commune")


def periods(code):
    versions = AreaVersion.objects.filter(area__code=code).order_by("valid_from")
    return [(version.valid_from, version.valid_to, version.kind) for version in versions]


def test_areas_are_kept_with_their_parent_their_act_and_their_day():
    load(WEST, PROVINCE, legal_act="1679/NQ-UBTVQH15", approximate=True)
    area = Area.objects.get(code="00101")
    version = area.versions.get()
    assert (area.parent.code, area.level, area.kind) == ("22", "commune", "ward")
    assert (version.valid_from, version.valid_to) == (FOUNDED, None)
    assert (version.legal_act, version.approximate) == ("1679/NQ-UBTVQH15", True)
    assert (version.west, version.south, version.east, version.north) == (107, 21, 107.02, 21.02)


def test_the_same_file_twice_changes_nothing():
    assert load(PROVINCE, WEST) == Loaded(added=2, changed=0, unchanged=0)
    before = list(AreaVersion.objects.values_list("id", "changed_at"))
    assert load(PROVINCE, WEST) == Loaded(added=0, changed=0, unchanged=2)
    assert load(PROVINCE, WEST, valid_from=LATER) == Loaded(added=0, changed=0, unchanged=2)
    assert list(AreaVersion.objects.values_list("id", "changed_at")) == before


def test_a_later_file_ends_what_it_changes_and_leaves_the_rest():
    load(PROVINCE, WEST, EAST)
    assert load(PROVINCE, WEST_AS_COMMUNE, valid_from=LATER) == Loaded(0, 1, 1)
    assert periods("00101") == [(FOUNDED, LATER, "ward"), (LATER, None, "commune")]
    assert periods("00102") == [(FOUNDED, None, "ward")]
    assert Area.objects.get(code="00101").kind == "commune"


def test_a_unit_goes_to_another_province_on_the_day_and_not_before():
    other = unit("24", square(107.10, 21.00, 107.20, 21.10), level="province", kind="province",
                 parent="", name_vi="Tỉnh Bắc Ninh", name_en="Bắc Ninh")  # fmt: skip
    load(PROVINCE, other, WEST, EAST)
    load(unit("00101", WEST["geometry"], parent="24"), valid_from=LATER)
    eve = date.fromordinal(LATER.toordinal() - 1)
    places = [locate(21.01, 107.01, on=day, accuracy_m=5) for day in (eve, LATER)]
    assert [place.province and place.province.code for place in places] == ["22", "24"]


def test_the_same_day_again_corrects_the_version_in_its_place():
    load(PROVINCE, WEST)
    kept = AreaVersion.objects.get(area__code="00101").pk
    assert load(WEST_AS_COMMUNE) == Loaded(0, 1, 0)
    assert periods("00101") == [(FOUNDED, None, "commune")]
    assert AreaVersion.objects.get(area__code="00101").pk == kept


def test_a_file_older_than_what_is_in_force_is_refused():
    load(PROVINCE, WEST, valid_from=LATER)
    with pytest.raises(BadBoundaries, match="later"):
        load(WEST_AS_COMMUNE, EAST)
    assert periods("00101") == [(LATER, None, "ward")]
    assert not Area.objects.filter(code="00102").exists()


def test_an_area_that_ended_can_begin_again_but_not_before_its_end():
    load(PROVINCE, WEST)
    AreaVersion.objects.filter(area__code="00101").update(valid_to=date(2026, 1, 1))
    with pytest.raises(BadBoundaries):
        load(WEST_AS_COMMUNE, valid_from=date(2025, 12, 1))
    load(WEST_AS_COMMUNE, valid_from=LATER)
    assert periods("00101") == [
        (FOUNDED, date(2026, 1, 1), "ward"),
        (LATER, None, "commune"),
    ]


def test_the_words_of_the_national_lists_are_understood():
    given = {
        "code": "00103",
        "name": "Hạ Long",
        "full_name": "Phường Hạ Long",
        "name_en": "Ha Long",
        "unit_type": "Phường",
        "level": "commune",
        "parent_code": "22",
    }
    feature = {"type": "Feature", "properties": given, "geometry": WEST["geometry"]}
    load(PROVINCE, feature)
    area = Area.objects.get(code="00103")
    assert (area.name_vi, area.name_en) == ("Phường Hạ Long", "Ha Long Ward")
    assert (area.kind, area.parent.code) == ("ward", "22")


def test_names_are_kept_in_one_unicode_form():
    load(PROVINCE, unit("00101", WEST["geometry"], name_vi="Xa\u0303 Hoa\u0300"))
    assert Area.objects.get(code="00101").name_vi == "Xã Hoà"


@pytest.mark.parametrize(
    ("feature", "why"),
    [
        (unit("", WEST["geometry"]), "it has no code"),
        (unit("00101", WEST["geometry"], name_vi=" "), "it has no name_vi"),
        (unit("00101", WEST["geometry"], kind="district"), "district"),
        (unit("00101", WEST["geometry"], level="province"), "not of level"),
        (unit("00101", {"type": "Point", "coordinates": [107, 21]}), "a boundary is a polygon"),
        (unit("00101", WEST["geometry"], parent="31"), "not loaded yet"),
        ({"type": "Feature"}, "properties"),
        ("text", "Feature 2"),
    ],
)
def test_one_bad_area_refuses_the_file(feature, why):
    with pytest.raises(BadBoundaries) as refusal:
        load(PROVINCE, feature, EAST)
    assert why in str(refusal.value.detail)
    assert not Area.objects.exists()


def test_a_code_twice_in_a_file_is_refused():
    with pytest.raises(BadBoundaries, match="twice"):
        load(PROVINCE, WEST, unit("00101", EAST["geometry"]))
    assert not Area.objects.exists()


@pytest.mark.parametrize("given", [{}, {"type": "Feature"}, {"type": "FeatureCollection"}])
def test_what_is_no_collection_is_refused(given):
    from geo.services import load_boundaries

    with pytest.raises(BadBoundaries):
        load_boundaries(given, valid_from=FOUNDED)


def test_the_command_loads_a_file_and_says_what_changed(tmp_path, capsys):
    file = tmp_path / "areas.geojson"
    file.write_text(json.dumps(collection(PROVINCE, WEST)), encoding="utf-8")
    call_command("load_areas", file, "--valid-from", "2025-07-01", "--approximate")
    said = capsys.readouterr().out
    assert said.startswith("2 added, 0 changed, 0 unchanged.\n")
    assert "/rules says how many belong elsewhere" in said
    assert AreaVersion.objects.filter(approximate=True, valid_from=FOUNDED).count() == 2


@pytest.mark.parametrize("content", ["", "{", '{"type": "Feature"}', "\xff"])
def test_the_command_refuses_a_file_that_is_no_geojson(tmp_path, content):
    file = tmp_path / "areas.geojson"
    file.write_bytes(content.encode("latin-1"))
    with pytest.raises(CommandError):
        call_command("load_areas", file)
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("load_areas", tmp_path / "absent.geojson")


def test_a_unit_that_is_merged_into_another_ends_that_day():
    load(PROVINCE, WEST, EAST)
    both = unit("00102", square(107.00, 21.00, 107.04, 21.02))
    assert _merged(both, "00101") == Loaded(added=0, changed=1, unchanged=0, ended=1)
    assert periods("00101") == [(FOUNDED, LATER, "ward")]
    point = {"lat": 21.01, "lon": 107.01}
    assert locate(**point, on=date(2026, 4, 29)).area.code == "00101"
    after = locate(**point, on=LATER)
    assert (after.area.code, after.doubt) == ("00102", ())
    assert _merged(both, "00101") == Loaded(added=0, changed=0, unchanged=1, ended=0)


def _merged(ground, *ends):
    features = read_features(collection(ground))
    return load_features(features, valid_from=LATER, ends=ends)


@pytest.mark.parametrize(
    ("ends", "why"),
    [("00109", "not loaded"), ("00102", "at once"), ("22", "at once"), ("00104", "not in force")],
)
def test_what_cannot_end_refuses_the_file(ends, why):
    load(PROVINCE, WEST, EAST)
    load(ISLAND, valid_from=LATER)
    with pytest.raises(BadBoundaries, match=why):
        _merged(unit("00102", square(107.00, 21.00, 107.04, 21.02)), "00101", ends)
    assert periods("00101") == [(FOUNDED, None, "ward")]
    assert periods("00102") == [(FOUNDED, None, "ward")]


def test_a_code_that_ended_is_used_again_for_other_ground():
    load(PROVINCE, WEST, EAST)
    _merged(unit("00102", square(107.00, 21.00, 107.04, 21.02)), "00101")
    load(unit("00101", ISLAND["geometry"]), valid_from=date(2026, 7, 1))
    assert locate(21.01, 107.01, on=date(2026, 7, 1)).area.code == "00102"
    assert locate(21.055, 107.005, on=date(2026, 7, 1)).area.code == "00101"


def test_the_command_ends_what_it_is_told_and_its_dry_run_knows(tmp_path, capsys):
    load(PROVINCE, WEST, EAST)
    file = tmp_path / "areas.geojson"
    both = unit("00102", square(107.00, 21.00, 107.04, 21.02))
    file.write_text(json.dumps(collection(both)), encoding="utf-8")
    call_command("load_areas", file, "--dry-run")
    assert "does not name it" in capsys.readouterr().out
    call_command("load_areas", file, "--dry-run", "--ends", "00101")
    assert "does not name it" not in capsys.readouterr().out
    with pytest.raises(CommandError, match="Nothing was loaded"):
        call_command("load_areas", file, "--dry-run", "--ends", "00109")
    call_command("load_areas", file, "--valid-from", "2026-04-30", "--ends", "00101")
    assert "0 added, 1 changed, 0 unchanged, 1 ended." in capsys.readouterr().out


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_two_first_files_at_once_come_one_after_the_other():
    def load_it(_turn):
        try:
            return load(PROVINCE, WEST, EAST)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        outcomes = sorted(pool.map(load_it, range(4)), key=lambda one: one.added)
    assert outcomes == [Loaded(0, 0, 3)] * 3 + [Loaded(3, 0, 0)]


def test_a_drawing_that_cannot_be_written_is_said(tmp_path):
    file = tmp_path / "areas.geojson"
    file.write_text(json.dumps(collection(PROVINCE, WEST)), encoding="utf-8")
    with pytest.raises(CommandError, match="cannot be written: No such file"):
        call_command("load_areas", file, "--dry-run", "--drawing", tmp_path / "none" / "a.svg")
