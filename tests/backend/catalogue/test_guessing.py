"""Guessing a category from words: what is learned, kept, and read again."""

import subprocess
import sys

import numpy as np
import pytest

from backend.catalogue.guessing import load, pieces, train

TEXTS = [
    "Ổ gà lớn giữa đường, xe máy dễ ngã",
    "Mặt đường hư hỏng, nhiều ổ gà sau mưa",
    "Đường sụt lún có ổ gà sâu",
    "Đèn đường không sáng cả tuần",
    "Cột đèn chiếu sáng hỏng trước ngõ",
    "Bóng đèn cháy, đường tối om",
    "Rác chất đống bốc mùi hôi thối",
    "Bãi rác tự phát cạnh trường học",
    "Rác thải sinh hoạt không ai thu gom",
]
CODES = ["GT01"] * 3 + ["CS01"] * 3 + ["MT01"] * 3


@pytest.fixture(scope="module")
def model():
    return train(TEXTS, CODES, version="20250901120000")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("có cái ổ gà to", "GT01"),
        ("co cai o ga to", "GT01"),  # typed without diacritics
        ("ĐÈN ĐƯỜNG HỎNG", "CS01"),
        ("den duong hong", "CS01"),
        ("rac khong ai don", "MT01"),
    ],
)
def test_words_are_known_with_and_without_diacritics(model, text, code):
    guesses = model.guesses(text)
    assert guesses[0].code == code
    assert sum(guess.confidence for guess in guesses) <= 1.002  # each is rounded


def test_the_same_words_give_the_same_answer_however_they_are_marked(model):
    assert model.guesses("Hoà đèn đường") == model.guesses("hòa den-DUONG")


def test_what_says_nothing_is_answered_with_nothing(model):
    assert model.guesses("… !?") == []


def test_two_categories_are_told_apart_too():
    model = train(TEXTS[:6], CODES[:6], version="1")
    assert model.guesses("ổ gà")[0].code == "GT01"
    assert model.guesses("bóng đèn")[0].code == "CS01"


def test_of_one_category_nothing_can_be_learned():
    with pytest.raises(ValueError, match="fewer than two"):
        train(TEXTS[:3], CODES[:3], version="1")


def test_a_model_is_the_same_after_it_was_written_and_holds_no_words(model, tmp_path):
    path = tmp_path / "m.npz"
    model.save(path)
    again = load(path)
    assert again.guesses("co o ga") == model.guesses("co o ga")
    assert (again.version, again.codes) == ("20250901120000", ("CS01", "GT01", "MT01"))
    with np.load(path, allow_pickle=False) as kept:
        assert sorted(kept) == ["bias", "codes", "format", "rarity", "version", "weights"]


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 not really", b"\x80\x04K\x01."])
def test_a_file_that_is_no_model_is_refused(tmp_path, content):
    path = tmp_path / "m.npz"
    path.write_bytes(content)
    with pytest.raises(ValueError):  # noqa: PT011
        load(path)


def test_a_pickle_in_a_model_is_never_run(tmp_path):
    path = tmp_path / "m.npz"
    np.savez(path, format=np.array([{"code": "run me"}], dtype=object))
    with pytest.raises(ValueError, match="pickle"):
        load(path)


def test_pieces_are_syllables_pairs_and_the_starts_of_long_words():
    assert sum(pieces("Ổ gà, ổ gà!").values()) == 4 + 3
    assert sum(pieces("trường").values()) == 2


def test_neither_the_server_nor_a_suggestion_imports_scikit_learn(model, tmp_path):
    model.save(tmp_path / "m.npz")
    program = (
        "import sys, django, pathlib; django.setup(); import config.urls;"
        "from backend.catalogue.guessing import load;"
        f"print(load(pathlib.Path({str(tmp_path / 'm.npz')!r})).guesses('o ga')[0].code,"
        "'sklearn' in sys.modules, 'scipy' in sys.modules)"
    )
    said = subprocess.run(
        [sys.executable, "-c", program],
        env={"DJANGO_SETTINGS_MODULE": "config.settings", "DEBUG": "1", "VAR_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    assert said.stdout.split() == ["GT01", "False", "False"]
