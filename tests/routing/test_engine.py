"""The engine as tables: which rule wins, and what is doubted."""

from dataclasses import replace
from datetime import datetime

import pytest

from routing.engine import Facts, Name, Rule, consider, decide
from routing.words import DOUBTS, explain, why_lost

AGENCIES = {
    "UBND-06673": Name("UBND phường Bãi Cháy", "People's Committee of Bãi Cháy Ward"),
    "SXD": Name("Sở Xây dựng", "Department of Construction"),
    "CAT": Name("Công an tỉnh", "Provincial Police"),
    "TTDH": Name("Trung tâm điều hành", "Operations Centre"),
}

MONDAY = datetime(2026, 3, 2, 9, 0)

POTHOLE = Facts(
    category="GT01",
    category_name=Name("Ổ gà, mặt đường hư hỏng", "Potholes and damaged road surface"),
    sector="GT",
    level="commune",
    priority="normal",
    intake="auto",
    duty_desk="TTDH",
    area="06673",
    area_name=Name("Phường Bãi Cháy", "Bãi Cháy Ward"),
    committee="UBND-06673",
    agencies=AGENCIES,
)


def rule(name: str, lead: str = "SXD", **conditions: object) -> Rule:
    sets = {
        key: frozenset(value) if isinstance(value, (set, list)) else value
        for key, value in conditions.items()
    }
    return Rule(name=name, title=Name(name, name), lead=lead, **sets)  # type: ignore[arg-type]


ANY = rule("any")
SECTOR = rule("sector", sector={"GT"})
CATEGORY = rule("category", category={"GT01"})
CATEGORIES = rule("categories", category={"GT01", "GT02"})
AREA = rule("area", area={"06673"})
CATEGORY_IN_AREA = rule("category in area", category={"GT01"}, area={"06673"})
ANSWER = rule("national road", category={"GT01"}, answers={"road=national"})
LEVEL = rule("level", level={"commune"})
CHANNEL = rule("channel", channel={"web"})
REPORTER = rule("reporter", reporter={"citizen"})
HOURS = rule("hours", hours={"working"})
DAYS = rule("days", days={"03-01..03-31"})
ASSET = rule("asset", asset={"road:national"})
PRIORITY = rule("priority", priority_is={"normal"})


@pytest.mark.parametrize(
    ("more", "less"),
    [
        (DAYS, ANY),
        (HOURS, DAYS),
        (CHANNEL, HOURS),
        (REPORTER, CHANNEL),
        (LEVEL, REPORTER),
        (ASSET, CATEGORY_IN_AREA),
        (PRIORITY, LEVEL),
        (SECTOR, PRIORITY),
        (AREA, SECTOR),
        (CATEGORY, AREA),
        (CATEGORY, CATEGORIES),
        (CATEGORIES, AREA),
        (CATEGORY_IN_AREA, CATEGORY),
        (ANSWER, CATEGORY_IN_AREA),
    ],
    ids=lambda each: each.name,
)
def test_the_more_specific_rule_wins_whatever_the_order(more, less):
    facts = replace(
        POTHOLE,
        answers=frozenset({"road=national"}),
        assets=frozenset({"road:national"}),
        moment=MONDAY,
    )
    assert decide(facts, [more, less]).rule == more.name
    assert decide(facts, [less, more]).rule == more.name


@pytest.mark.parametrize(
    ("asked", "missed"),
    [
        (rule("r", category={"GT02"}), ("category",)),
        (rule("r", category={"GT02"}, area={"06652"}), ("category", "area")),
        (rule("r", answers={"road=national"}), ("answers",)),
        (rule("r", sector={"MT"}), ("sector",)),
        (rule("r", priority_is={"emergency"}), ("priority",)),
        (rule("r", level={"province"}), ("level",)),
        (rule("r", channel={"officer"}), ("channel",)),
        (rule("r", area={"06652", "06673"}), ()),
        (rule("r"), ()),
    ],
)
def test_a_rule_matches_when_every_condition_that_it_names_holds(asked, missed):
    [considered] = consider(POTHOLE, [asked])
    assert considered.missed == missed
    assert considered.matches is (missed == ())


def test_the_committee_of_the_unit_is_found():
    decision = decide(POTHOLE, [rule("commune", "unit_committee", level={"commune"})])
    assert (decision.agency, decision.rule, decision.doubt) == ("UBND-06673", "commune", ())
    assert not decision.waits


@pytest.mark.parametrize(
    ("rules", "facts", "doubt"),
    [
        ([], POTHOLE, ("no_rule",)),
        ([rule("r", sector={"MT"})], POTHOLE, ("no_rule",)),
        ([rule("r", "SYT")], POTHOLE, ("unknown_agency",)),
        ([rule("r", "unit_committee")], replace(POTHOLE, committee=""), ("no_committee",)),
        (
            [rule("r", "unit_committee"), rule("s", "SXD", category={"GT01"})],
            replace(POTHOLE, area="", committee="", place_doubt=("outside_units",)),
            ("outside_units",),
        ),
    ],
)
def test_what_nobody_answers_for_goes_to_the_duty_desk(rules, facts, doubt):
    decision = decide(facts, rules)
    assert (decision.agency, decision.doubt, decision.waits) == ("TTDH", doubt, False)


def test_outside_every_unit_the_agency_that_would_lead_supports():
    at_sea = replace(POTHOLE, area="", committee="", supporting=("CAT",))
    rules = [rule("here", "SYT", area={"06673"}), rule("any"), rule("c", "SXD", category={"GT01"})]
    decision = decide(at_sea, rules)
    assert (decision.agency, decision.supporting) == ("TTDH", ("SXD", "CAT"))
    assert decision.doubt == ("outside_units",)


def test_a_rule_may_say_who_answers_outside_every_unit():
    at_sea = replace(POTHOLE, area="", committee="", place_doubt=("outside_units",))
    decision = decide(at_sea, [rule("sea", "CAT", area={"outside"}, category={"GT01"}), CATEGORY])
    assert (decision.agency, decision.rule) == ("CAT", "sea")


def test_a_place_near_a_boundary_is_routed_and_the_doubt_kept():
    decision = decide(
        replace(POTHOLE, place_doubt=("near_boundary",)), [rule("commune", "unit_committee")]
    )
    assert (decision.agency, decision.doubt) == ("UBND-06673", ("near_boundary",))
    assert not decision.waits


def test_rules_that_tie_and_agree_are_flagged():
    decision = decide(POTHOLE, [rule("b", category={"GT01"}), rule("a", category={"GT01"})])
    assert (decision.rule, decision.rivals) == ("a", ("b",))
    assert decision.doubt == ("rules_tie",)
    assert not decision.waits


def test_rules_that_tie_and_disagree_wait_for_a_person_but_not_in_an_emergency():
    rules = [rule("b", "SXD", category={"GT01"}), rule("a", "CAT", category={"GT01"})]
    decision = decide(POTHOLE, rules)
    assert (decision.agency, decision.doubt, decision.waits) == ("CAT", ("rules_disagree",), True)
    assert not decide(replace(POTHOLE, priority="emergency"), rules).waits


def test_a_rule_overrides_what_the_category_says():
    facts = replace(POTHOLE, intake="review", supporting=("CAT",))
    kept = decide(facts, [rule("r", "SXD")])
    assert (kept.intake, kept.priority, kept.supporting) == ("review", "normal", ("CAT",))
    assert kept.waits
    said = rule("r", "SXD", intake="auto", priority="high", supporting=("UBND-06673", "SXD", "CAT"))
    changed = decide(facts, [said])
    assert (changed.intake, changed.priority) == ("auto", "high")
    assert changed.supporting == ("UBND-06673", "CAT")  # each once, and not the lead itself


def test_a_supporting_agency_that_is_not_there_is_left_out_and_flagged():
    decision = decide(replace(POTHOLE, supporting=("SYT", "CAT")), [rule("r", "SXD")])
    assert (decision.supporting, decision.doubt) == (("CAT",), ("unknown_support",))


def test_the_explanation_names_category_unit_agency_rule_and_reason():
    because = Name("Đường xã, phường do cấp xã quản lý.", "Communes keep their own roads.")
    facts = replace(POTHOLE, supporting=("SXD",))
    decision = decide(facts, [rule("Đường địa phương", "unit_committee", why=because)])
    said = explain(facts, decision)
    assert said.vi == (
        "Chuyển UBND phường Bãi Cháy xử lý phản ánh “Ổ gà, mặt đường hư hỏng” (GT01) tại Phường "
        "Bãi Cháy, theo quy tắc “Đường địa phương”: Đường xã, phường do cấp xã quản lý. "
        "Phối hợp: Sở Xây dựng."
    )
    assert said.en == (
        "The report “Potholes and damaged road surface” (GT01), in Bãi Cháy Ward, goes to "
        "People's Committee of Bãi Cháy Ward, by the rule “Đường địa phương”: Communes keep "
        "their own roads. Supported by Department of Construction."
    )


def test_the_explanation_of_a_point_at_sea_names_the_duty_desk():
    at_sea = replace(POTHOLE, area="", area_name=None, place_doubt=("outside_units",))
    said = explain(at_sea, decide(at_sea, []))
    assert said.vi == (
        "Chuyển Trung tâm điều hành xử lý phản ánh “Ổ gà, mặt đường hư hỏng” (GT01) ngoài ranh "
        "giới các đơn vị cấp xã, là đầu mối trực ban của tỉnh, vì chưa có quy tắc nào giao cho cơ "
        "quan khác. Điểm không thuộc đơn vị cấp xã nào."
    )


@pytest.mark.parametrize("code", DOUBTS)
def test_every_doubt_is_said_in_both_languages(code):
    facts = replace(POTHOLE, place_doubt=(code,))
    said = explain(facts, decide(facts, [ANY]))
    assert DOUBTS[code].vi in said.vi
    assert DOUBTS[code].en in said.en


@pytest.mark.parametrize(
    ("loser", "vi", "en"),
    [
        (
            rule("r", category={"GT02"}, sector={"MT"}),
            "không khớp loại phản ánh, lĩnh vực",
            "does not match the category, the sector",
        ),
        (
            SECTOR,
            "khớp, nhưng kém cụ thể hơn “category”: không nêu loại phản ánh",
            "matches, but is less specific than “category”: it does not name the category",
        ),
        (
            CATEGORIES,
            "khớp, nhưng kém cụ thể hơn “category”: nêu rộng hơn loại phản ánh",
            "matches, but is less specific than “category”: wider in the category",
        ),
        (
            rule("later", category={"GT01"}),
            "khớp ngang mức, xếp sau theo tên",
            "matches as well, but comes later by name",
        ),
    ],
)
def test_why_a_rule_lost_is_said(loser, vi, en):
    considered = consider(POTHOLE, [loser, CATEGORY])
    winner = next(each for each in considered if each.rule is CATEGORY)
    [lost] = [each for each in considered if each.rule is loser]
    assert why_lost(lost, winner) == Name(vi, en)
