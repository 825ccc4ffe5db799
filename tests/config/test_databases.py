"""Which database the environment names, and what it cannot mean."""

import os
import subprocess
import sys

import pytest
from django.core.exceptions import ImproperlyConfigured

from config.databases import database
from tests.walks.product import ROOT


def test_without_a_word_the_database_is_a_file(monkeypatch, tmp_path):
    monkeypatch.delenv("DATABASE_URL", raising=False)
    assert database(tmp_path)["NAME"] == str(tmp_path / "hien-truong.sqlite3")


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("", "DATABASE_URL is empty"),
        (" ", "DATABASE_URL is empty"),
        ("nonsense", "DATABASE_URL is not like postgresql://"),
        ("postgresql://me:secret@host:port/name", "DATABASE_URL is not like postgresql://"),
        ("mysql://me:secret@host/name", "SQLite or PostgreSQL"),
    ],
)
def test_what_names_no_database_is_refused_without_its_password(monkeypatch, tmp_path, url, said):
    monkeypatch.setenv("DATABASE_URL", url)
    with pytest.raises(ImproperlyConfigured, match=said) as refusal:
        database(tmp_path)
    assert "secret" not in str(refusal.value)


def test_a_wrong_variable_is_told_in_one_line(tmp_path):
    env = os.environ | {"DATABASE_URL": "", "VAR_DIR": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "manage.py", "check"],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        "ImproperlyConfigured: DATABASE_URL is empty; name a database, or unset it: SQLite."
    ]
