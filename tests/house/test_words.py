"""Whatever Python says to a person is said in Vietnamese too."""

from pathlib import Path

from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ["config", "backend", "routing", "realtime", "notifications", "geo", "media"]
KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
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
