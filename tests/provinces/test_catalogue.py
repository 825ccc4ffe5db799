"""The catalogue, the agencies and the rules of the demo province agree with one another."""

import csv
from collections import Counter

import pytest
import yaml

from routing.engine import CONDITIONS, Facts, Name, Rule, decide
from tests.provinces.data import FOLDER, document, rows

AT_THE_UNIT = {"commune_pc", "commune_police", "commune_health", "commune_onestop"}
PARTS = {"name", "when", "lead", "supporting", "explanation_vi", "explanation_en"}


@pytest.fixture(scope="module")
def categories():
    return {row["category_code"]: row for row in rows("catalogue")}


@pytest.fixture(scope="module")
def agencies():
    return {row["code"]: row for row in rows("agencies")}


@pytest.fixture(scope="module")
def rules():
    return yaml.safe_load((FOLDER / "rules.yaml").read_text(encoding="utf-8"))


def decision_on(rules, category, *, unit_known=True):
    """Ask the engine, for a place in the unit 06673 or in none."""
    facts = Facts(
        category=category["category_code"],
        category_name=Name("", ""),
        sector=category["sector_code"],
        level=category["level"],
        priority=category["priority"],
        intake=category["intake"],
        duty_desk="TTDH",
        area="06673" if unit_known else "",
        committee="UBND-06673" if unit_known else "",
        supporting=tuple(category["supporting"].split()),
        agencies={row["code"]: Name("", "") for row in rows("agencies")},
    )
    return decide(facts, [rule_of(entry) for entry in rules])


def rule_of(entry):
    when = {name: frozenset(codes) for name, codes in entry.get("when", {}).items()}
    lead = entry["lead"].get("agency", "unit_committee")
    return Rule(
        name=entry["name"], lead=lead, supporting=tuple(entry.get("supporting", [])), **when
    )


def test_there_are_93_categories_in_13_sectors(categories):
    assert len(rows("catalogue")) == len(categories) == 93
    sectors = {
        (row["sector_code"], row["sector_vi"], row["sector_en"]) for row in rows("catalogue")
    }
    assert len(sectors) == len({code for code, *_ in sectors}) == 13
    assert all(code.startswith(row["sector_code"]) for code, row in categories.items())


def test_each_category_is_named_in_both_languages(categories):
    for row in categories.values():
        assert row["category_vi"].strip()
        assert row["category_en"].strip()
        assert bool(row["hint_vi"]) == bool(row["hint_en"])
        assert max(len(row["hint_vi"]), len(row["hint_en"])) <= 300


def test_each_responsible_and_supporting_agency_exists(categories, agencies):
    for row in categories.values():
        assert row["responsible"] in AT_THE_UNIT | set(agencies)
        assert (row["responsible"] in AT_THE_UNIT) == (row["level"] == "commune")
        assert set(row["supporting"].split()) <= set(agencies)
        assert row["responsible"] not in row["supporting"].split()


def test_deadlines_are_minutes_and_acknowledging_comes_first(categories):
    for row in categories.values():
        assert 0 < int(row["ack_minutes"]) < int(row["resolve_minutes"])
        assert row["clock"] in {"clock", "working"}
        assert row["priority"] in {"low", "normal", "high", "emergency"}
        assert int(row["reopen_days"]) in {7, 15, 30}


def test_an_emergency_runs_by_the_clock_goes_straight_through_and_says_whom_to_call(categories):
    urgent = [row for row in categories.values() if row["priority"] == "emergency"]
    assert len(urgent) == 19
    for row in urgent:
        assert (row["clock"], row["intake"], row["ack_minutes"]) == ("clock", "auto", "15")
        assert any(number in row["hint_vi"] for number in ("111", "112", "113", "114", "115"))
        assert any(number in row["hint_en"] for number in ("111", "112", "113", "114", "115"))


def test_flags_are_yes_or_no_and_child_categories_are_restricted(categories):
    for row in categories.values():
        for flag in ("restricted", "child", "photo_required", "approval_required"):
            assert row[flag] in {"true", "false"}
        assert row["child"] == "false" or row["restricted"] == "true"
        assert row["intake"] in {"auto", "review"}
    assert [code for code, row in categories.items() if row["child"] == "true"] == ["GD06", "GD07"]
    reviewed = [row for row in categories.values() if row["intake"] == "review"]
    assert len(reviewed) == 11
    assert categories["HC02"] in reviewed


def test_each_unit_has_its_peoples_committee(agencies):
    units = {row["code"]: row for row in rows("units")}
    committees = {
        row["area_code"]: row for row in agencies.values() if row["kind"] == "commune_committee"
    }
    assert set(committees) == set(units)
    for code, row in committees.items():
        assert row["code"] == f"UBND-{code}"
        name = units[code]["name_vi"]
        assert row["name_vi"] == f"UBND {name[0].lower()}{name[1:]}"


def test_agencies_have_one_code_and_a_parent_that_stands_before_them(agencies):
    assert len(rows("agencies")) == len(agencies)
    seen = set()
    for row in rows("agencies"):
        assert not row["parent"] or row["parent"] in seen
        seen.add(row["code"])
        assert len(row["code"]) <= 20
        assert row["name_vi"]
        assert row["name_en"]
    assert document("province.json")["duty_desk"] in agencies


def test_rules_speak_only_of_what_there_is(rules, categories, agencies):
    units = {row["code"] for row in rows("units")}
    sectors = {row["sector_code"] for row in categories.values()}
    assert len({rule["name"] for rule in rules}) == len(rules)
    for rule in rules:
        assert set(rule) <= {
            "name",
            "title_vi",
            "title_en",
            "when",
            "lead",
            "supporting",
            "explanation_vi",
            "explanation_en",
        }
        assert rule["explanation_vi"]
        assert rule["explanation_en"]
        when = rule.get("when", {})
        assert set(when) <= set(CONDITIONS)
        assert set(when.get("category", [])) <= set(categories)
        assert set(when.get("sector", [])) <= sectors
        assert set(when.get("area", [])) <= units | {"outside"}
        assert set(rule.get("supporting", [])) <= set(agencies)
        assert rule["lead"] == {"unit_committee": True} or rule["lead"]["agency"] in agencies


def test_each_category_goes_to_the_party_that_the_catalogue_names(rules, categories):
    for row in categories.values():
        at_the_unit = row["responsible"] in AT_THE_UNIT
        decision = decision_on(rules, row)
        assert decision.agency == ("UBND-06673" if at_the_unit else row["responsible"])
        assert decision.doubt == ()


def test_no_category_stands_in_two_general_rules(rules):
    general = [rule for rule in rules if set(rule.get("when", {})) == {"category"}]
    counts = Counter(code for rule in general for code in rule["when"]["category"])
    assert set(counts.values()) == {1}
    assert len(counts) == 93


def test_without_a_unit_the_duty_desk_leads_and_the_department_helps(rules, categories):
    for code, row in categories.items():
        decision = decision_on(rules, row, unit_known=False)
        assert decision.agency == "TTDH"
        if row["responsible"] not in AT_THE_UNIT | {"TTDH"}:
            assert row["responsible"] in decision.supporting
        assert (decision.rule == "discharge_on_open_water") == (code == "MT06")


@pytest.mark.shared_data
def test_the_catalogue_keeps_the_deadlines_that_it_came_from(shared_data, categories):
    source = shared_data.parent / "domain" / "service-catalogue.csv"
    with source.open(encoding="utf-8", newline="") as file:
        given = {row["category_code"]: row for row in csv.DictReader(file)}
    assert set(given) == set(categories)
    for code, row in given.items():
        ours = categories[code]
        assert int(ours["ack_minutes"]) == float(row["ack_hours"]) * 60
        assert int(ours["resolve_minutes"]) == float(row["resolve_hours"]) * 60
        assert (ours["priority"], ours["level"]) == (row["priority"], row["level"])
        assert (ours["clock"] == "clock") == ("clock hours" in row["note"])
        assert (ours["restricted"] == "true") == ("hạn chế" in row["note"])
