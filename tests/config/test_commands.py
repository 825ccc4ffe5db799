"""What an operator mistypes is answered by a sentence, never by the way through the code."""

import os
import subprocess
import sys
from types import SimpleNamespace

import pytest
from django.core.management import CommandError, call_command

from backend.events import log
from config.management.commands import serve
from geo.assets import load_assets
from geo.errors import BadBoundaries
from tests.walks.product import ROOT


def run(tmp_path, *words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    env = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    return subprocess.run(
        [sys.executable, "manage.py", *words],
        cwd=ROOT,
        env=env | {"VAR_DIR": str(tmp_path)} | variables,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize(
    ("words", "variables", "said"),
    [
        (["verify_log"], {}, "run manage.py migrate first"),
        (["verify_log"], {"DATABASE_URL": "sqlite:////nix/no/file"}, "The database did not answer"),
        (["check"], {"LOG_LEVEL": "LOUD"}, "LOG_LEVEL is 'LOUD'; say DEBUG or"),
        (["check"], {"RATE_DEVICES": "banana"}, "RATE_DEVICES is 'banana'"),
        (["check"], {"TIME_ZONE": "Mars/X"}, "TIME_ZONE: there is no zone"),
        (["check"], {"VAR_DIR": "/dev/null/var"}, "VAR_DIR: /dev/null/var cannot be made"),
        (["send_notifications"], {"FCM_CREDENTIALS": "manage.py"}, "is no service account"),
        (["serve", "--port", "99999"], {}, "A port is 0 to 65535"),
        (["fcm_sandbox", "--port", "99999"], {}, "Port 99999 cannot be had"),
    ],
)
def test_one_sentence_and_no_traceback(tmp_path, words, variables, said):
    done = run(tmp_path, *words, **variables)
    assert done.returncode != 0
    assert said in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("own", "link"),
    [(None, "http://localhost:8311"), ("https://quangninh.example", "https://quangninh.example")],
)
def test_links_lead_to_the_port_that_is_served_where_no_address_is_set(
    settings, monkeypatch, own, link
):
    settings.PUBLIC_URL = own or "http://localhost:8000"
    monkeypatch.delenv("PUBLIC_URL", raising=False)
    if own:
        monkeypatch.setenv("PUBLIC_URL", own)
    monkeypatch.setattr(serve, "SingleProcess", lambda *_where: SimpleNamespace(run=print))
    monkeypatch.setattr(serve, "_require_free", lambda *_where: None)
    call_command("serve", "--port", "8311")
    assert link == settings.PUBLIC_URL


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("csv", "said"),
    [
        ("name\n" + "a" * 201, "line 2: name is longer than 200"),
        ("name,lat,lon\nA,x,107\n", "line 2: x, 107 is no position"),
        ("name,lat,lon\nA,nan,107\n", "line 2: nan, 107 is no position"),
    ],
)
def test_names_that_do_not_fit_are_refused_by_their_line(tmp_path, csv, said):
    (tmp_path / "names.csv").write_text(csv, encoding="utf-8")
    with pytest.raises(CommandError, match=said):
        call_command("load_names", tmp_path / "names.csv", "--kind", "street")


@pytest.mark.django_db
def test_to_keep_more_days_than_there_were_archives_nothing(settings, tmp_path):
    settings.LOG_ARCHIVE_DIR = tmp_path / "archive"
    call_command("archive_log", "--keep-days", "99999999999")
    assert log.oldest() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("hours", ["-5", "99999999999"])
def test_hours_that_cannot_be_counted_back_prune_nothing(hours):
    with pytest.raises(CommandError, match="--hours is 0 to"):
        call_command("prune_uploads", "--hours", hours)


@pytest.mark.django_db
def test_a_layer_whose_name_does_not_fit_is_refused():
    with pytest.raises(BadBoundaries, match="40"):
        load_assets([], layer="x" * 41)
