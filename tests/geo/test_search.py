"""Names as people type them: without diacritics, in either spelling, by what they once were."""

import csv
from datetime import date

import pytest
from django.core.management import CommandError, call_command

from geo.folding import folded
from geo.gazetteer import FORMER, PLACE, STREET, UNIT, Gazetteer, Named
from geo.models import PlaceName
from geo.search import has_streets, search
from tests.geo.ground import EAST, PROVINCE, WEST, load, unit


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("Phường Bãi Cháy", "phuong bai chay"),
        ("Hoà Bình", "hoa binh"),
        ("Hòa Bình", "hoa binh"),
        ("Đường 30/4", "duong 30 4"),
        ("ĐẶC KHU Vân Đồn", "dac khu van don"),
        ("Xa\u0303 Y\u0301 Ye\u0302n", "xa y yen"),
        ("  Lê-Thánh_Tông  ", "le thanh tong"),
        ("…", ""),
    ],
)
def test_words_lose_tones_hooks_and_what_stands_between(written, plain):
    assert folded(written) == plain


NAMES = Gazetteer(
    [
        Named(STREET, "Bãi Cháy", "Hạ Long"),
        Named(FORMER, "Phường Bãi Cháy", "", ("06673",)),
        Named(UNIT, "Phường Bãi Cháy", "Tỉnh Quảng Ninh", ("06673",)),
        Named(PLACE, "Cầu Bãi Cháy"),
        Named(UNIT, "Xã Tân Tiến", "Tỉnh Bắc Ninh", ("1",)),
        Named(UNIT, "Xã Tân Tiến", "Tỉnh Cà Mau", ("2",)),
        Named(UNIT, "Phường Hoà Lạc", "", ("3",)),
        Named(UNIT, "Phường 1", "", ("4",)),
        Named(UNIT, "Phường 12", "", ("5",)),
    ]
)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("bai chay", ["unit", "former", "street", "place"]),
        ("p. bãi cháy", ["unit", "former"]),
        ("BAI CH", ["unit", "former", "street", "place"]),
        ("cháy cầu", ["place"]),
        ("cau bai", ["place"]),
        ("quang ninh bai", ["unit"]),
        ("hoa lac", ["unit"]),
        ("Hòa Lạc", ["unit"]),
        ("tan tien", ["unit", "unit"]),
        ("tan tien ca mau", ["unit"]),
        ("phường Bãi Cháy (cũ)", ["former"]),
        ("bai chay cu", ["former"]),
        ("Phường Bãi Cháy (former)", ["former"]),
        ("Phường Bãi Cháy (cũ) → Phường Bãi Cháy", ["former"]),
        ("cũ", []),
        ("nowhere", []),
        ("", []),
        ("?", []),
    ],
)
def test_what_is_typed_finds_what_is_meant(typed, expected):
    assert [one.kind for one in NAMES.find(typed)] == expected


@pytest.mark.parametrize(
    ("typed", "codes"),
    [
        ("bai chay", ["06673"]),
        ("P. Bãi Cháy", ["06673"]),
        ("tân tiến", ["1", "2"]),
        ("bai", []),
        ("cau bai chay", []),
        ("…", []),
    ],
)
def test_a_unit_is_known_by_its_whole_name_alone(typed, codes):
    called = NAMES.called(typed)
    assert [code for one in called if one.kind == UNIT for code in one.areas] == codes


def test_a_name_that_is_what_was_typed_stands_first():
    assert [one.name for one in NAMES.find("phuong 1")] == ["Phường 1", "Phường 12"]


@pytest.mark.django_db
def test_a_former_unit_says_what_became_of_it_and_a_split_one_gives_the_choices(tmp_path):
    load(PROVINCE, WEST, EAST)
    path = tmp_path / "merge.csv"
    path.write_text(
        "old,name,new\n1,Xã Một,00101\n2,Xã Hai,00101\n2,Xã Hai,00102\n3,Xã Ba,99999\n",
        encoding="utf-8",
    )
    call_command(
        "load_names", path, "--kind", "former", "--attribute", "code=old",
        "--attribute", "areas=new",
    )  # fmt: skip
    [one] = search("xa mot")
    assert one.label() == "Xã Một (cũ) → Phường 00101"
    assert one.label(english=True) == "Xã Một (former) → 00101 Ward"
    assert (one.lat, one.lon) == (pytest.approx(21.01), pytest.approx(107.01))
    [split] = search("hai")
    assert [area.code for area in split.areas] == ["00101", "00102"]
    assert (split.lat, split.label()) == (None, "Xã Hai (cũ) → Phường 00101, Phường 00102")
    [lost] = search("xa ba")
    assert (lost.areas, lost.label()) == ((), "Xã Ba (cũ)")


@pytest.mark.django_db
def test_the_name_of_an_earlier_version_is_a_former_one():
    load(PROVINCE, WEST)
    load(unit("00101", WEST["geometry"], name_vi="Phường Mới"), valid_from=date(2026, 4, 30))
    assert [one.label() for one in search("00101")] == ["Phường 00101 (cũ) → Phường Mới"]


@pytest.mark.django_db
def test_a_file_of_names_replaces_what_it_gave_before(tmp_path):
    load(PROVINCE, WEST)
    path = tmp_path / "streets.csv"
    path.write_text("name,context,lat,lon\nLê Lợi,Hạ Long,21.01,107.01\n", encoding="utf-8")
    call_command("load_names", path, "--kind", "street")
    assert [(one.lat, one.lon) for one in search("le loi")] == [(21.01, 107.01)]
    path.write_text("name\nLê Lai\n", encoding="utf-8")
    call_command("load_names", path, "--kind", "street")
    assert list(PlaceName.objects.values_list("name", flat=True)) == ["Lê Lai"]


@pytest.mark.django_db
@pytest.mark.parametrize("content", ["name\n\n ,\n", "lat,lon\n1,2\n", "name,lat,lon\nA,95,1\n"])
def test_a_file_of_names_with_a_fault_changes_nothing(tmp_path, content):
    path = tmp_path / "a.csv"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(CommandError, match="line 2"):
        call_command("load_names", path, "--kind", "place")
    assert not PlaceName.objects.exists()


@pytest.mark.shared_data
def test_both_spellings_of_every_unit_find_it(shared_data):
    with (shared_data / "vn_names" / "units_2025.csv").open(encoding="utf-8") as file:
        units = list(csv.DictReader(file))
    names = Gazetteer(Named(UNIT, row["full_name"], "", (row["code"],)) for row in units)
    with (shared_data / "vn_names" / "spelling_variants.csv").open(encoding="utf-8") as file:
        variants = list(csv.DictReader(file))
    # Nearly all differ in where a tone mark stands or in one letter's hook; a few are other names.
    same = [row for row in variants if _same(row)]
    assert (len(variants), len(same)) == (201, 191)
    for row in same:
        for spelled in (row["name_nso_list"], row["name_decree_list"]):
            codes = {code for one in names.find(spelled, 30) for code in one.areas}
            assert row["code"] in codes, spelled


def _same(row):
    return folded(row["name_nso_list"]) == folded(row["name_decree_list"])


@pytest.mark.django_db
def test_streets_are_offered_once_their_names_are_loaded(tmp_path):
    PlaceName.objects.create(kind=PLACE, name="Cầu Bãi Cháy", source="places.csv")
    assert has_streets() is False
    path = tmp_path / "streets.csv"
    path.write_text("name\nLê Thánh Tông\n", encoding="utf-8")
    call_command("load_names", path, "--kind", "street")
    assert has_streets() is True
