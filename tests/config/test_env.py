"""Variables: what cannot be used stops the start, by its name."""

from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from config import env


@pytest.mark.parametrize(
    ("read", "value", "said"),
    [
        (lambda: env.number("X", 5), "five", "X is 'five', which is no whole number."),
        (lambda: env.number("X", 5), "-1", "X is -1; say 0 or more."),
        (lambda: env.number("X", 5, least=1), "0", "X is 0; say 1 or more."),
        (lambda: env.one_of("X", "a", "a", "b"), "c", "X is 'c'; say a or b."),
        (lambda: env.rate("X", "60/hour"), "many", "X is 'many'; say how often, like 60/hour."),
        (lambda: env.rate("X", "60/hour"), "60/year", "X is '60/year'"),
        (lambda: env.zone("X", "UTC"), "Mars/Olympus", "X: there is no zone 'Mars/Olympus'."),
        (lambda: env.zone("X", "UTC"), "Asia", "X: there is no zone 'Asia'."),
        (lambda: env.zone("X", "UTC"), "../etc", "X: there is no zone '../etc'."),
        (lambda: env.address("X", "http://a"), "phananh.example", "it begins with https://"),
        (lambda: env.address("X", "http://a"), "https://", "it begins with https://"),
    ],
)
def test_what_cannot_be_used_is_refused_by_name(monkeypatch, read, value, said):
    monkeypatch.setenv("X", value)
    with pytest.raises(ImproperlyConfigured) as refusal:
        read()
    assert said in str(refusal.value)


def test_what_can_be_used_is_taken(monkeypatch):
    monkeypatch.setenv("X", "https://phananh.example/")
    assert env.address("X", "") == "https://phananh.example"
    for value in ("10/s", "10/min", "1200/minute", "60/hour", "1/day"):
        monkeypatch.setenv("X", value)
        assert env.rate("X", "1/day") == value
    monkeypatch.setenv("X", "Asia/Ho_Chi_Minh")
    assert env.zone("X", "UTC") == "Asia/Ho_Chi_Minh"


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path):
    (tmp_path / "file").write_text("")
    with pytest.raises(ImproperlyConfigured, match=r"VAR_DIR: .* cannot be made: Not a dir"):
        env.folder("VAR_DIR", tmp_path / "file" / "var")


def test_a_secret_file_that_is_no_text_is_said(monkeypatch, tmp_path: Path):
    (tmp_path / "key").write_bytes(b"\xff\xfe")
    monkeypatch.setenv("X_FILE", str(tmp_path / "key"))
    with pytest.raises(ImproperlyConfigured, match="X_FILE: cannot read"):
        env.text("X")
