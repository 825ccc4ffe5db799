"""The drill of docs/operations.md: a backup is taken, restored elsewhere, and people come back."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from websockets.sync.client import connect

from backend.catalogue.models import Category
from backend.events import log
from media import services
from media.developing import develop_here
from tests.factories import make_province, make_report, make_ticket
from tests.media.pictures import upload
from tests.walks.product import (
    Product,
    environment,
    free_port,
    fresh_database,
    manage,
    process,
    wait_until_ready,
)

pytestmark = [
    pytest.mark.postgresql,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        shutil.which("pg_dump") is None,
        reason="needs PostgreSQL's own programs (pg_dump, pg_restore)",
    ),
]
PATIENCE = 60
DRILL = ("migrate --check", "renew_epoch", "verify_log", "verify_uploads")


@pytest.fixture
def backup(tmp_path: Path, no_reactions: None, sequence) -> Path:
    """A province with a ticket and a photo, as its backup holds it; more has happened since."""
    place = make_province()
    make_ticket(place.pothole, place.ward)
    made = services.keep_upload(file=upload(), owner="device:1")[0]
    services.claim_uploads([made])
    develop_here(made)
    sequence()
    folder = tmp_path / "backup"
    folder.mkdir()
    server = os.environ["DATABASE_URL"].rpartition("/")[0]
    whole = ["pg_dump", "-Fc", "-d", f"{server}/{connection.settings_dict['NAME']}"]
    subprocess.run([*whole, "-f", str(folder / "hientruong.dump")], check=True)
    for root in (settings.MEDIA_ROOT, settings.ORIGINALS_ROOT):
        shutil.copytree(root, folder / Path(root).name)
    return folder


@pytest.fixture
def restored(backup: Path, tmp_path: Path) -> Iterator[dict[str, str]]:
    """The environment of a new host with what the backup held."""
    elsewhere = tmp_path / "elsewhere"
    shutil.copytree(backup, elsewhere)
    with fresh_database(os.environ["DATABASE_URL"]) as url:
        whole = ["pg_restore", "--no-owner", "--single-transaction", "-d", url]
        subprocess.run([*whole, str(elsewhere / "hientruong.dump")], check=True)
        env = environment(elsewhere, DATABASE_URL=url)
        yield env


def test_a_restored_province_is_whole_and_its_clients_begin_anew(restored, backup, sequence):
    known = str(log.epoch())
    position = log.head()
    assert position > 0
    make_report(Category.objects.get(code="GT01"))
    sequence()
    assert log.head() > position  # what the backup does not have

    # One process for the drill's commands, since each takes a while to start.
    steps = "".join(f"run(*{step!r}.split()); " for step in DRILL)
    manage(
        restored, "shell", "-c", f"from django.core.management import call_command as run; {steps}"
    )

    web = Product([free_port()], backup / "none")
    words = (sys.executable, "-m", "realtime.server", "-b", "127.0.0.1", "-p", str(web.port))
    with process(restored, backup / "web.log", *words, "config.asgi:application"):
        wait_until_ready(web, backup / "web.log")
        said = answers(web, known, log.head())
    assert said["welcome"]["head"] == position
    assert said["welcome"]["epoch"] != known
    assert said["follow"] == {
        "op": "reset",
        "id": "a",
        "epoch": said["welcome"]["epoch"],
        "head": position,
    }


def answers(web: Product, epoch: str, after: int) -> dict[str, dict[str, object]]:
    """What a client that knew the log before hears when it comes back."""
    with connect(web.socket(), subprotocols=["field.v1"]) as line:
        line.send(json.dumps({"op": "hello", "epoch": epoch}))
        welcome = json.loads(line.recv(PATIENCE))
        line.send(json.dumps({"op": "follow", "id": "a", "audience": "public", "after": after}))
        return {"welcome": welcome, "follow": json.loads(line.recv(PATIENCE))}
