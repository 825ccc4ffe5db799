"""How likely two tickets are one: the score and its reasons, as a table."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from backend.tickets.likeness import PROPOSED, Said, in_common, likeness, reach_m
from geo.folding import folded

AT = datetime(2025, 9, 1, 8, tzinfo=UTC)
ONE = Said("GT01", "GT", 20.95, 107.05, 5, AT, folded("Ổ gà lớn giữa đường"))
NEAR = {"code": "near", "distance_m": 0}
SAME = {"code": "same_category"}
NOW = {"code": "same_time", "hours": 0.0}
LONG = folded("Nhạc to suốt đêm không ai ngủ được")


def metres_north(metres: float) -> float:
    return 20.95 + metres / 110_700  # a degree of latitude here, on WGS 84


def scored(**change):
    return likeness(ONE, replace(ONE, **change), radius_m=100, days=30)


@pytest.mark.parametrize(
    ("change", "score", "reasons"),
    [
        ({}, 1.0, [NEAR, SAME, {"code": "words", "percent": 100}, NOW]),
        ({"folded": LONG}, 0.75, [NEAR, SAME, NOW]),
        ({"folded": LONG, "category": "GT02"}, 0.6, [NEAR, NOW, {"code": "same_sector"}]),
        ({"folded": LONG, "category": "MT01", "sector": "MT"}, 0.5, [NEAR, NOW]),
        (
            {"category": "MT01", "sector": "MT"},
            0.75,
            [NEAR, {"code": "words", "percent": 100}, NOW],
        ),
        ({"folded": LONG, "at": AT + timedelta(days=30)}, 0.6, [NEAR, SAME]),
        ({"folded": LONG, "at": AT - timedelta(days=30)}, 0.6, [NEAR, SAME]),
        (
            {"folded": LONG, "lat": metres_north(110)},
            0.575,
            [SAME, {"code": "near", "distance_m": 110}, NOW],
        ),
        ({"folded": LONG, "lat": metres_north(250)}, 0.0, []),
        ({"lat": metres_north(250)}, 0.0, []),
    ],
)
def test_what_two_tickets_have_in_common_makes_the_score(change, score, reasons):
    found, why = scored(**change)
    assert (pytest.approx(found, abs=0.002), why) == (score, reasons)


@pytest.mark.parametrize(
    "change",
    [
        {"folded": LONG, "category": "MT01", "sector": "MT"},  # only the place and the hour
        {"folded": LONG, "lat": metres_north(190)},  # the category and the hour, hardly the place
        {"lat": metres_north(250)},  # all but the place
    ],
)
def test_one_sure_sign_alone_is_not_enough(change):
    assert scored(**change)[0] < PROPOSED


@pytest.mark.parametrize(
    ("other", "score", "bits"),
    [
        ("0f0f0f0f0f0f0f0f", 0.8, 0),
        ("0f0f0f0f0f0f0f0c", 0.76, 2),
        ("f0f0f0f0f0f0f0f0", 0.0, None),
    ],
)
def test_a_photo_seen_before_says_more_than_all_the_rest(other, score, bits):
    mine = replace(ONE, photos=["0f0f0f0f0f0f0f0f"])
    far = replace(ONE, folded=LONG, category="X", sector="Y", lat=metres_north(250), photos=[other])
    found, why = likeness(mine, far, radius_m=100, days=30)
    assert found == score
    assert [each.get("bits") for each in why if each["code"] == "photo"] == (
        [] if bits is None else [bits]
    )


def test_a_plain_picture_is_no_reason():
    night = replace(ONE, photos=["0000000000000001"])
    assert all(each["code"] != "photo" for each in likeness(night, night, radius_m=100, days=3)[1])


def test_a_poor_fix_counts_for_no_more_than_the_radius():
    poor = replace(ONE, accuracy_m=5_000, lat=metres_north(300), folded=LONG)
    assert likeness(ONE, poor, radius_m=100, days=30)[1] == []


@pytest.mark.parametrize(
    ("one", "other", "share"),
    [
        ("ổ gà", "o ga", 1.0),
        ("Ổ gà lớn", "ngập nước", 0.0),
        ("ổ gà lớn giữa đường", "giữa đường có ổ gà to", (8 / 11 + 4 / 9) / 2),
        ("hỏng", "hỏng", 0.0),  # one syllable says too little
        ("", "", 0.0),
    ],
)
def test_words_are_compared_without_diacritics_by_syllables_and_pairs(one, other, share):
    assert in_common(folded(one), folded(other)) == pytest.approx(share)


def test_a_duplicate_is_looked_for_twice_as_far_as_joining_is_offered():
    assert (reach_m(20), reach_m(100), reach_m(300)) == (100, 200, 600)
