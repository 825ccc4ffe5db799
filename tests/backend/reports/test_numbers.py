"""Report numbers: unguessable, unmistakable."""

from datetime import UTC, datetime

import pytest

from backend.reports.numbers import ALPHABET, check_character, new_report_no, normal

NEW_YEAR = datetime(2025, 12, 31, 17, 30, tzinfo=UTC)  # half past midnight in Hà Nội


def test_a_number_names_the_province_and_its_own_year():
    number = new_report_no(NEW_YEAR)
    assert number.startswith("QN-26-")
    assert len(number) == len("QN-26-7K3F9D")
    assert normal(number) == number


def test_no_character_can_be_misread():
    assert not set("0O1IL") & set(ALPHABET)
    assert len(ALPHABET) == 31


def test_every_single_wrong_character_is_noticed():
    number = "QN-26-7K3F9" + check_character("26", "7K3F9")
    for place in range(6, len(number)):
        for letter in ALPHABET.replace(number[place], ""):
            assert normal(number[:place] + letter + number[place + 1 :]) is None


def test_two_swapped_characters_are_noticed():
    body = "7K3F9"
    number = body + check_character("26", body)
    for place in range(5):
        swapped = list(number)
        swapped[place], swapped[place + 1] = swapped[place + 1], swapped[place]
        if swapped != list(number):
            assert normal("QN-26-" + "".join(swapped)) is None


@pytest.mark.parametrize("typed", ["qn-26-{}", " QN 26 {} ", "qn26{}", "QN–26–{}"])
def test_a_number_is_understood_however_it_is_typed(typed):
    body = "7K3F9" + check_character("26", "7K3F9")
    assert normal(typed.format(body)) == f"QN-26-{body}"


@pytest.mark.parametrize("typed", ["", "QN", "QN-26-", "QN-26-000000", "x" * 200, "QN-26-7K3F9"])
def test_what_is_no_number_is_none(typed):
    assert normal(typed) is None
