"""Whatever Python says to a person is said in Vietnamese too."""

from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po
from django.utils.translation import override
from rest_framework import exceptions, serializers

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ["config", "backend", "routing", "realtime", "notifications", "photos", "geo", "media"]
KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
}


def said() -> set[str]:
    return {
        words if isinstance(words, str) else words[0]
        for room in ROOMS
        for _file, _line, words, _comments, _context in extract_from_dir(
            ROOT / room, method_map=[("**.py", "python")], keywords=KEYWORDS
        )
    }


def test_every_sentence_has_its_vietnamese():
    with (ROOT / "locale/vi/LC_MESSAGES/django.po").open("rb") as file:
        translated = {
            message.id if isinstance(message.id, str) else message.id[0]
            for message in read_po(file)
            if message.string and not message.fuzzy
        }
    assert sorted(said() - translated) == []


REFUSALS = [
    exceptions.NotAuthenticated,
    exceptions.AuthenticationFailed,
    exceptions.PermissionDenied,
    exceptions.NotFound,
    exceptions.ParseError,
    exceptions.NotAcceptable,
]
FIELDS = [
    serializers.BooleanField,
    serializers.CharField,
    serializers.ChoiceField,
    serializers.DateTimeField,
    serializers.DictField,
    serializers.FileField,
    serializers.FloatField,
    serializers.IntegerField,
    serializers.ListField,
    serializers.Serializer,
    serializers.UUIDField,
]


@pytest.mark.parametrize("kind", REFUSALS)
def test_a_refusal_of_the_framework_is_said_in_vietnamese(kind):
    with override("en"):
        english = str(kind().detail)
    with override("vi"):
        assert str(kind().detail) != english


@pytest.mark.parametrize("field", FIELDS)
def test_a_fault_in_a_field_is_said_in_vietnamese(field):
    messages = {
        name: text
        for each in reversed(field.__mro__)
        for name, text in getattr(each, "default_error_messages", {}).items()
    }
    with override("en"):
        english = {name: str(text) for name, text in messages.items()}
    with override("vi"):
        same = [name for name, text in messages.items() if str(text) == english[name]]
    assert same == []
