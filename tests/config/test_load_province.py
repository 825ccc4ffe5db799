"""A province is loaded from its folder: all of it, or nothing and every fault."""

import json
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from backend.accounts.models import Agency
from backend.accounts.principal import of_system
from backend.catalogue.models import Category, Sector
from config.province.files import ProvinceFaults
from config.province.load import load_province
from geo.assets import assets_near
from geo.models import Area, AreaVersion
from geo.services import load_boundaries
from routing.models import RoutingRule
from routing.rule_sets import draft_rules, publish_rules, remove_rule, set_in_force
from tests.factories import make_ticket, square

pytestmark = pytest.mark.django_db

FACTS = {
    "code": "22",
    "name_vi": "Tỉnh Thử",
    "name_en": "Trial Province",
    "report_prefix": "TH",
    "duty_desk": "TTDH",
    "centre": {"lat": 20.95, "lon": 107.1},
    "zoom": 8,
    "time_zone": "Asia/Ho_Chi_Minh",
    "valid_from": "2025-07-01",
    "legal_act": "1/NQ",
    "approximate": True,
}
UNITS = """code,kind,name_vi,name_en
10001,ward,Phường Một,Phường Một Ward
10002,ward,Phường Hai,Phường Hai Ward
"""
AGENCIES = """code,kind,name_vi,name_en,area_code,parent
TTDH,operations_centre,Trung tâm,Centre,,
SXD,department,Sở Xây dựng,Construction,,
SXD-TN,unit,Thoát nước,Drainage,,SXD
UBND-10001,commune_committee,UBND phường Một,Committee One,10001,
UBND-10002,commune_committee,UBND phường Hai,Committee Two,10002,
"""
CATALOGUE = """\
sector_code,sector_vi,sector_en,category_code,category_vi,category_en,responsible,level,\
ack_minutes,resolve_minutes,clock,priority,intake,restricted,child,photo_required,\
approval_required,reopen_days,hint_vi,hint_en,supporting
GT,Giao thông,Traffic,GT01,Ổ gà,Potholes,commune_pc,commune,480,2400,working,normal,auto,\
false,false,true,false,30,,,
GT,Giao thông,Traffic,GT03,Đèn tín hiệu,Traffic lights,SXD,province,120,480,clock,high,review,\
true,false,false,true,15,Gợi ý,Hint,SXD-TN TTDH
"""
RULES = """\
# two rules
- name: commune
  when: {level: [commune]}
  lead: {unit_committee: true}
  explanation_vi: Vì thuộc xã.
  explanation_en: It is the commune's.

- name: lights
  when:
    category: [GT03]
  lead: {agency: SXD}
  supporting: [TTDH]
  priority: emergency
"""


@pytest.fixture
def folder(tmp_path) -> Path:
    one, two = (
        square(f"1000{n}", f"Phường {w}", 106.9 + n / 10, 107 + n / 10)
        for n, w in ((1, "Một"), (2, "Hai"))
    )
    for feature in (one, two):
        feature["properties"]["name_en"] += " Ward"
    write(tmp_path, "province.json", json.dumps(FACTS))
    write(tmp_path, "units.csv", UNITS)
    write(tmp_path, "agencies.csv", AGENCIES)
    write(tmp_path, "catalogue.csv", CATALOGUE)
    write(tmp_path, "rules.yaml", RULES)
    collection = {"type": "FeatureCollection", "features": [one, two]}
    write(tmp_path, "boundaries.geojson", json.dumps(collection))
    return tmp_path


def write(folder: Path, name: str, text: str) -> None:
    (folder / name).write_text(text, encoding="utf-8")


def change(folder: Path, name: str, old: str, new: str) -> None:
    text = (folder / name).read_text(encoding="utf-8")
    assert old in text
    write(folder, name, text.replace(old, new))


def counts(folder: Path) -> list[tuple[int, int, int, int]]:
    parts = load_province(folder).parts.values()
    return [(part.added, part.changed, part.unchanged, part.retired) for part in parts]


def faults(folder: Path) -> list[str]:
    with pytest.raises(ProvinceFaults) as refused:
        load_province(folder)
    return [str(fault) for fault in refused.value.faults]


def test_a_province_is_loaded_and_the_second_time_changes_nothing(folder):
    assert counts(folder) == [(n, 0, 0, 0) for n in (2, 5, 1, 2, 2)]
    assert counts(folder) == [(0, 0, n, 0) for n in (2, 5, 1, 2, 2)]
    lights = Category.objects.get(code="GT03")
    assert (lights.sector_id, lights.order, lights.ack_minutes) == ("GT", 1, 120)
    assert (lights.restricted, lights.photo_required, lights.intake) == (True, False, "review")
    assert lights.supporting == ["SXD-TN", "TTDH"]
    assert Agency.objects.get(code="SXD-TN").parent.code == "SXD"
    rule = RoutingRule.objects.get(name="lights")
    assert (rule.categories, rule.agency.code, rule.priority) == (["GT03"], "SXD", "emergency")
    assert AreaVersion.objects.filter(approximate=True, legal_act="1/NQ").count() == 2


def test_changes_are_made_in_place(folder):
    load_province(folder)
    change(folder, "agencies.csv", "Sở Xây dựng", "Sở Xây dựng mới")
    change(folder, "catalogue.csv", ",120,480,", ",60,480,")
    change(folder, "rules.yaml", "priority: emergency", "priority: high")
    assert counts(folder) == [(0, 0, 2, 0), (0, 1, 4, 0), (0, 0, 1, 0), (0, 1, 1, 0), (0, 1, 1, 0)]
    assert Category.objects.get(code="GT03").ack_minutes == 60


def test_what_is_gone_is_switched_off_and_comes_back(folder, settings):
    load_province(folder)
    make_ticket(Category.objects.get(code="GT01"), Agency.objects.get(code="UBND-10002"))
    whole = {name: (folder / name).read_text() for name in ("agencies.csv", "rules.yaml")}
    change(folder, "agencies.csv", AGENCIES.splitlines(keepends=True)[-1], "")
    write(folder, "rules.yaml", RULES[: RULES.index("- name: lights")])
    loaded = load_province(folder)
    assert [part.retired for part in loaded.parts.values()] == [0, 1, 0, 0, 1]
    assert loaded.stranded == 1
    assert Agency.objects.get(code="UBND-10002").active is False
    assert [rule.name for rule in set_in_force().rules.all()] == ["commune"]
    for name, text in whole.items():
        write(folder, name, text)
    assert counts(folder)[1] == (0, 1, 4, 0)
    assert Agency.objects.get(code="UBND-10002").active is True


def test_two_rules_may_exchange_their_conditions(folder):
    load_province(folder)
    text = RULES.replace("{level: [commune]}", "@").replace(
        "\n    category: [GT03]", " {level: [commune]}"
    )
    write(folder, "rules.yaml", text.replace("@", "{category: [GT03]}"))
    assert counts(folder)[-1] == (0, 2, 0, 0)
    assert set_in_force().rules.get(name="lights").levels == ["commune"]
    assert set_in_force().rules.count() == 2


def test_what_administrators_published_stays_until_the_file_changes(folder):
    load_province(folder)
    admin = of_system("test")
    draft = draft_rules(actor=admin)
    remove_rule(number=draft.number, name="lights", actor=admin)
    publish_rules(number=draft.number, actor=admin)
    assert counts(folder)[-1] == (0, 0, 2, 0)
    assert set_in_force() == draft
    change(folder, "rules.yaml", "priority: emergency", "priority: high")
    assert counts(folder)[-1] == (1, 0, 1, 0)
    assert (set_in_force().number, set_in_force().rules.count()) == (3, 2)


def test_every_fault_is_told_with_its_file_and_line_and_nothing_is_kept(folder):
    change(folder, "units.csv", "10002,ward", "10003,ward")
    change(folder, "agencies.csv", "Drainage,,SXD", "Drainage,99999,SYT")
    change(folder, "agencies.csv", "UBND-10002,", "UBND-10001,")
    change(folder, "catalogue.csv", ",480,2400,working,normal,", ",eight,2400,working,urgent,")
    change(folder, "catalogue.csv", "GT,Giao thông,Traffic,GT03", "GT,Giao thông,Roads,GT03")
    change(folder, "catalogue.csv", "true,false,false,true,15", "true,no,false,true,15")
    change(folder, "rules.yaml", "level: [commune]", "level: commune, colour: [red]")
    change(folder, "rules.yaml", "{agency: SXD}", "{agency: SYT}")
    assert faults(folder) == [
        "agencies.csv:4: area_code: there is no area 99999",
        "agencies.csv:4: parent: SYT stands nowhere above",
        "agencies.csv:6: UBND-10001 stands on line 5 already",
        "boundaries.geojson: 10002 is not in units.csv",
        "catalogue.csv:2: ack_minutes: 'eight' is no whole number",
        "catalogue.csv:3: names the sector GT unlike line 2",
        "catalogue.csv:3: child: say true or false, not 'no'",
        "rules.yaml:2: when: level is no list of codes",
        "rules.yaml:2: when: colour is no condition",
        "rules.yaml:8: lead: there is no agency 'SYT'",
        "units.csv:3: 10003 has no boundary in boundaries.geojson",
    ]
    for model in (Area, Agency, Sector, Category, RoutingRule):
        assert model.objects.count() == 0


@pytest.mark.parametrize(
    ("name", "old", "new", "said"),
    [
        ("catalogue.csv", ",working,normal,", ",lunar,normal,", "catalogue.csv:2: clock: "),
        ("catalogue.csv", ",commune_pc,", ",commune_army,", "catalogue.csv:2: there is no agency"),
        ("catalogue.csv", ",hint_en,", ",hint,", "catalogue.csv:1: lacks the columns hint_en"),
        ("catalogue.csv", "SXD-TN TTDH", "SXD-TN,TTDH", "catalogue.csv:3: has more or fewer"),
        ("rules.yaml", "[GT03]", "[GT99]", "rules.yaml:8: categories: "),
        ("rules.yaml", "lead: {agency: SXD}", "lead: SXD", "rules.yaml:8: lead: write {agency"),
        ("rules.yaml", "supporting: [TTDH]", "colour: red", "rules.yaml:8: colour: no part"),
        ("rules.yaml", "- name: lights", "- nam: lights", "rules.yaml:8: has no name"),
        ("rules.yaml", "[commune]}", "[commune}", "rules.yaml:3: is no YAML: "),
        ("rules.yaml", "# two rules", "- one rule", "rules.yaml:1: is no rule"),
        ("boundaries.geojson", '"Polygon"', '"Point"', "boundaries.geojson: "),
        ("boundaries.geojson", "{", "[", "boundaries.geojson:1: is no JSON"),
    ],
)
def test_a_fault_names_its_place(folder, name, old, new, said):
    text = (folder / name).read_text(encoding="utf-8")
    assert old in text
    write(folder, name, text.replace(old, new, 1))
    assert any(fault.startswith(said) for fault in faults(folder)), faults(folder)
    assert Agency.objects.count() == 0


def test_a_file_that_is_missing_is_a_fault(folder):
    (folder / "agencies.csv").unlink()
    assert faults(folder)[0].startswith("agencies.csv: cannot be read")


def test_surveyed_boundaries_are_not_drawn_over(folder):
    load_province(folder)
    surveyed = square("10001", "Phường Một", 107.02, 107.1)
    load_boundaries(
        {"type": "FeatureCollection", "features": [surveyed]},
        valid_from=AreaVersion.objects.first().valid_from,
    )
    assert counts(folder)[0] == (0, 0, 2, 0)
    assert AreaVersion.objects.get(area__code="10001").approximate is False


def test_a_unit_that_was_merged_away_does_not_come_back_with_its_old_file(folder):
    load_province(folder)
    begins = AreaVersion.objects.get(area__code="10001").valid_from
    AreaVersion.objects.filter(area__code="10001").update(valid_to=begins + timedelta(days=90))
    assert counts(folder)[0] == (0, 0, 2, 0)
    assert AreaVersion.objects.get(area__code="10001").valid_to == begins + timedelta(days=90)


def test_the_command_tells_what_became_of_it(folder):
    out = StringIO()
    call_command("load_province", str(folder), stdout=out)
    assert "Cơ quan (agencies): 5 mới (new), 0 đổi (changed)" in out.getvalue()
    change(folder, "rules.yaml", "{agency: SXD}", "{agency: SYT}")
    with pytest.raises(CommandError, match=r"rules\.yaml:8: lead: there is no agency 'SYT'"):
        call_command("load_province", str(folder), stdout=out)


def test_the_demo_province_loads_whole():
    loaded = load_province(settings.PROVINCE_DIR)
    assert [part.added for part in loaded.parts.values()] == [55, 77, 13, 93, 27, 234]
    assert Agency.objects.filter(code=settings.DUTY_DESK, active=True).exists()


def test_a_layer_of_assets_is_replaced_when_its_file_changes(folder):
    (folder / "assets").mkdir()
    lamp = {"type": "Point", "coordinates": [107.05, 20.95]}
    feature = {"type": "Feature", "properties": {"code": "A"}, "geometry": lamp}
    file = {"type": "FeatureCollection", "features": [feature]}
    write(folder, "assets/light.geojson", json.dumps(file))
    assert counts(folder)[-1] == (1, 0, 0, 0)
    assert counts(folder)[-1] == (0, 0, 1, 0)
    write(folder, "assets/light.geojson", json.dumps(file).replace('"A"', '"B"'))
    assert counts(folder)[-1] == (0, 1, 0, 0)
    assert [near.code for near in assets_near(20.95, 107.05, 5)] == ["B"]
    feature["geometry"] = None
    write(folder, "assets/light.geojson", json.dumps(file))
    assert faults(folder) == ["assets/light.geojson: Dòng 1 không có hình."]
    assert [near.code for near in assets_near(20.95, 107.05, 5)] == ["B"]
