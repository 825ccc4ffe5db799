"""Every text in both languages: the same facts, composed letters, no private word in a push."""

import re
import unicodedata
from datetime import UTC, datetime

import pytest

from notifications import messages
from notifications.messages import excerpt, render, time_text
from notifications.sentences import Words
from notifications.texts import TEXTS as ALL
from notifications.texts import TO_REPORTERS

TEXTS = [
    (f"{audience} {kind}", text)
    for audience, texts in ALL.items()
    for kind, text in texts.items()
    if kind != "address.proof"
]
FACTS = {"report_no", "agency", "due", "ack_due", "info_due", "words"}


def facts_of(words: Words) -> list[set[str]]:
    return [set(re.findall(r"\{(\w+)\}", sentence)) for sentence in words.sentences]


@pytest.mark.parametrize(("name", "text"), TEXTS, ids=[name for name, _text in TEXTS])
def test_both_languages_say_the_same_facts_in_the_same_order(name, text):
    assert facts_of(text.vi)[0] | facts_of(text.en)[0] <= FACTS
    assert facts_of(text.vi) == facts_of(text.en)
    assert "report_no" in facts_of(text.vi)[0]


@pytest.mark.parametrize(("name", "text"), TEXTS, ids=[name for name, _text in TEXTS])
def test_what_staff_wrote_is_a_sentence_of_its_own(name, text):
    for facts in facts_of(text.vi):
        assert "words" not in facts or facts == {"words"}


def test_letters_are_composed_whatever_the_facts_were():
    name = unicodedata.normalize("NFD", "UBND phường Hồng Gai")
    facts = {"report_no": "QN-26-7K3F9D", "agency": name}
    title, body = render(TO_REPORTERS["ticket.routed"], "vi", facts)
    assert (title, body) == (
        "Chuyển xử lý",
        "Phản ánh QN-26-7K3F9D đã chuyển UBND phường Hồng Gai xử lý.",
    )
    assert unicodedata.is_normalized("NFC", body)


def test_a_sentence_whose_facts_are_missing_is_left_out():
    text = TO_REPORTERS["ticket.accepted"]
    assert render(text, "en", {"report_no": "QN-1"})[1] == "Report QN-1 was received."
    assert render(text, "en", {"report_no": "QN-1", "due": ""})[1] == "Report QN-1 was received."


def test_braces_in_a_name_are_only_letters():
    facts = {"report_no": "QN-1", "agency": "{words} {0.__class__}"}
    assert render(TO_REPORTERS["ticket.routed"], "en", facts)[1] == (
        "Report QN-1 was sent to {words} {0.__class__}."
    )


def test_a_name_does_not_turn_the_line_that_it_stands_in():
    facts = {"report_no": "QN-1", "agency": "Ward \u202egnp\u2066"}
    assert render(TO_REPORTERS["ticket.routed"], "en", facts)[1] == (
        "Report QN-1 was sent to Ward gnp."
    )


def test_an_unknown_language_is_told_in_vietnamese():
    assert render(TO_REPORTERS["ticket.closed"], "fr", {"report_no": "QN-1"})[0] == "Đã đóng"


def test_deadlines_are_said_in_the_provinces_time():
    moment = datetime(2026, 3, 2, 18, 5, tzinfo=UTC)
    assert time_text(moment, "vi") == "01:05 ngày 03/03/2026"
    assert time_text(moment, "en") == "01:05, 3 March 2026"


def test_long_words_are_cut_and_put_on_one_line():
    assert excerpt("  một\n hai  ") == "một hai"
    assert len(excerpt("x" * 1000)) == messages.LONGEST_WORDS
    assert excerpt("x" * 1000).endswith("…")
