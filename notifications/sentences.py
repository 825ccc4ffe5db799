"""How a text is kept: a title and sentences, in both languages."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Words:
    """A title and sentences in one language."""

    title: str
    sentences: tuple[str, ...]


@dataclass(frozen=True)
class Text:
    """What is said at one kind of event."""

    vi: Words
    en: Words

    def words(self, language: str) -> Words:
        """Return the words in the language, Vietnamese where it is none of ours."""
        return self.en if language.startswith("en") else self.vi


def text(vi: tuple[str, ...], en: tuple[str, ...]) -> Text:
    """Return what is said, from a title and sentences in each language."""
    return Text(Words(vi[0], vi[1:]), Words(en[0], en[1:]))
