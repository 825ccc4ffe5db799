"""What is written to run the product by names only what the product has."""

import re
import shlex
from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.conf import settings
from django.core.management import get_commands
from django.utils.module_loading import import_string

ROOT = Path(__file__).resolve().parents[2]
UNITS = sorted((ROOT / "deploy" / "systemd").glob("*.service"))
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text())
DOCUMENT = (ROOT / "docs" / "operations.md").read_text()
READ = re.compile(
    r"env\.(?:text|flag|number|words|ladder|one_of|rate|zone|address)\(\s*\"([A-Z_]+)\"|_words\(\"([A-Z_]+)\""
)
OTHERS = {"PATH", "PYTHONUNBUFFERED", "PYTHONDONTWRITEBYTECODE"}
"""Variables that others read: the shell, Python."""


def variables_read() -> set[str]:
    return {
        first or second
        for path in (ROOT / "config").glob("*.py")
        for first, second in READ.findall(path.read_text())
    }


def settings_of(unit: Path, name: str) -> list[str]:
    lines = unit.read_text().splitlines()
    return [line.partition("=")[2] for line in lines if line.startswith(f"{name}=")]


def commands() -> Iterator[tuple[str, list[str]]]:
    """Every command line of units, image and containers, in words."""
    for unit in UNITS:
        for line in settings_of(unit, "ExecStart"):
            yield unit.name, shlex.split(line)
    for name, service in COMPOSE["services"].items():
        if service.get("image") == "hientruong":
            words = service["command"]
            for line in " ".join(words[2:]).split("&&") if words[0] == "sh" else [""]:
                yield name, shlex.split(line) if line else words
    image = re.search(r"^CMD (\[.*\])$", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
    assert image
    yield "Dockerfile", yaml.safe_load(image[1])


def variables_set() -> Iterator[tuple[str, str]]:
    """Every variable that is set for our processes, with where."""
    for unit in UNITS:
        for line in settings_of(unit, "Environment"):
            yield from ((unit.name, word.partition("=")[0]) for word in line.split())
    for line in (ROOT / "deploy" / "env.example").read_text().splitlines():
        if assigned := re.match(r"#?([A-Z_]+)=", line):
            yield "env.example", assigned[1]
    yield from (("compose.yaml", name) for name in COMPOSE["x-product"]["environment"])
    for line in re.findall(r"^ENV (.*)$", (ROOT / "Dockerfile").read_text(), re.MULTILINE):
        yield from (("Dockerfile", word.partition("=")[0]) for word in line.split())


@pytest.mark.parametrize(("where", "words"), list(commands()))
def test_every_command_that_is_started_exists(where, words):
    if "manage.py" in words:
        assert words[words.index("manage.py") + 1] in get_commands()
    elif "-m" in words:
        assert find_spec(words[words.index("-m") + 1])
        assert callable(application(words[-1]))
    else:
        assert (where, words[0].rpartition("/")[2]) == ("hientruong-intake.service", "gunicorn")
        assert callable(application(words[-1]))


def application(name: str) -> Any:
    module, _colon, attribute = name.partition(":")
    import_module(module)
    return import_string(f"{module}.{attribute}")


def test_the_server_of_the_feed_understands_how_it_is_started():
    from realtime.server import FeedCommandLine

    started = [words for _where, words in commands() if "realtime.server" in words]
    assert len(started) == 4  # a unit, two containers, the image
    for words in started:
        options = words[words.index("realtime.server") + 1 :]
        known = FeedCommandLine().parser.parse_args(
            [word.replace("%i", "8001") for word in options]
        )
        assert known.application == "config.asgi:application"


@pytest.mark.parametrize(("where", "name"), sorted(set(variables_set())))
def test_every_variable_that_is_set_is_read(where, name):
    assert name.removesuffix("_FILE") in variables_read() | OTHERS, where


@pytest.mark.parametrize("name", sorted(variables_read()))
def test_every_variable_that_is_read_is_documented(name):
    family = name.partition("_")[0] + "_…"
    assert f"`{name}`" in DOCUMENT or f"`{family}`" in DOCUMENT


def test_every_unit_that_the_target_wants_is_there():
    target = (ROOT / "deploy" / "systemd" / "hientruong.target").read_text()
    wanted = re.findall(r"hientruong-[a-z]+(?:@\d+)?\.(?:service|timer)", target)
    files = [re.sub(r"@\d+", "@", name) for name in wanted]
    assert len(files) == 6
    assert [name for name in files if not (ROOT / "deploy" / "systemd" / name).is_file()] == []


def test_every_process_of_the_document_has_a_unit_and_a_container():
    started = {words[-1] for _where, words in commands()}
    assert started >= {"dispatch_events", "develop_photos", "send_notifications"}
    for command in ("dispatch_events", "develop_photos", "send_notifications"):
        assert [words[-1] for _where, words in commands()].count(command) == 2


def test_the_image_holds_every_room():
    copied = set(re.findall(r"^COPY ([a-z]+) ", (ROOT / "Dockerfile").read_text(), re.MULTILINE))
    assert copied >= {"config", "backend", "routing", "realtime", "notifications", "photos"}
    assert copied >= {"geo", "media", "provinces"}
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    assert {f"!{name}" for name in copied} <= set(ignored)


def test_the_proxy_asks_the_ports_that_the_target_starts():
    site = (ROOT / "deploy" / "nginx" / "hientruong.conf").read_text()
    target = (ROOT / "deploy" / "systemd" / "hientruong.target").read_text()
    asked = set(re.findall(r"^ +server 127\.0\.0\.1:(\d+)", site, re.MULTILINE))
    assert asked == set(re.findall(r"hientruong-web@(\d+)", target)) == {"8001", "8002"}
    limit = re.search(r"client_max_body_size (\d+)m;", site)
    assert limit
    assert int(limit[1]) >= 4 * settings.UPLOAD_MAX_BYTES >> 20  # the application refuses first
