"""Finding names as people type them: without diacritics, unfinished, in any order. Pure."""

import heapq
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from geo.folding import folded

UNIT, FORMER, PLACE, STREET = "unit", "former", "place", "street"
_ORDER = {UNIT: 0, FORMER: 1, PLACE: 2, STREET: 3}

# What a unit is called stands before its name, and may be left out or shortened.
_TITLES = ("phuong", "xa", "dac khu", "thi tran", "tinh", "thanh pho", "quan", "huyen", "thi xa",
           "duong", "pho")  # fmt: skip
_SHORT = {"p": "phuong", "tt": "thi tran", "tp": "thanh pho", "tx": "thi xa", "q": "quan",
          "h": "huyen", "d": "duong"}  # fmt: skip
_PAST = ("cu", "former")  # "(cũ)" after a name, as we show it ourselves
_LOOKED_AT = 400


@dataclass(frozen=True)
class Named:
    """A name, what bears it, where that is in words, and the codes of its units of today."""

    kind: str
    name: str
    context: str = ""
    areas: tuple[str, ...] = ()
    lat: float | None = None
    lon: float | None = None


class Gazetteer:
    """Names that do not change, to be searched by many threads."""

    def __init__(self, names: Iterable[Named]) -> None:
        # In the order in which equals are shown, so that the lowest numbers are the best.
        self._names = sorted(
            names, key=lambda one: (_ORDER[one.kind], len(one.name), one.name, one.context)
        )
        self._words = [tuple(folded(f"{one.name} {one.context}").split()) for one in self._names]
        having: dict[str, list[int]] = defaultdict(list)
        starting: list[tuple[str, int]] = []
        for number, one in enumerate(self._names):
            full = folded(one.name)
            starting.append((full, number))
            if (bare := _untitled(full)) != full:
                starting.append((bare, number))
            for word in dict.fromkeys(self._words[number]):
                having[word].append(number)
        self._having = dict(having)
        self._all_words = sorted(having)
        self._starting = sorted(starting)

    def __len__(self) -> int:
        return len(self._names)

    def find(self, typed: str, limit: int = 10) -> list[Named]:
        """Return the names that hold every word typed or begin a word with it, the likeliest first.

        A name that is what was typed stands before those that begin so, then whatever else holds
        the words; units before former ones, places and streets. "(cũ)" after a name asks for
        former units, as does the whole line by which one is shown.
        """
        query = _unshortened(folded(typed.partition("→")[0]))
        if not query:
            return []
        found: dict[int, None] = {}
        for numbers in (self._beginning(query, exactly=True), self._beginning(query),
                        self._holding(query.split()), self._former(query)):  # fmt: skip
            for number in numbers:
                if len(found) >= limit:
                    break
                found[number] = None
        return [self._names[number] for number in found]

    def called(self, typed: str) -> list[Named]:
        """Return the names that are what was typed, with or without what such a unit is called."""
        query = _unshortened(folded(typed))
        return [self._names[number] for number in self._beginning(query, exactly=True)]

    def _beginning(self, query: str, *, exactly: bool = False) -> list[int]:
        start = bisect_left(self._starting, (query, -1))
        found = []
        for full, number in self._starting[start : start + _LOOKED_AT]:
            if not full.startswith(query) or (exactly and full != query):
                break
            found.append(number)
        return sorted(set(found))

    def _holding(self, words: Sequence[str]) -> Iterator[int]:
        """Yield the numbers whose words begin with each of those given, best first."""
        spreads = sorted((self._spread(word), word) for word in set(words))
        if len(spreads) == 1:
            yield from heapq.merge(*(self._having[word] for word in self._beginning_with(words[0])))
            return
        numbers = self._numbers_with(spreads[0][1])
        for spread, word in spreads[1:]:
            if spread < len(numbers) * 8:
                numbers &= self._numbers_with(word)
            else:
                numbers = {n for n in numbers if any(w.startswith(word) for w in self._words[n])}
        yield from sorted(numbers)

    def _former(self, query: str) -> Iterator[int]:
        name, _space, last = query.rpartition(" ")
        if name and last in _PAST:
            known = dict.fromkeys((*self._beginning(name), *self._holding(name.split())))
            yield from (number for number in known if self._names[number].kind == FORMER)

    def _numbers_with(self, prefix: str) -> set[int]:
        return set().union(*(self._having[word] for word in self._beginning_with(prefix)))

    def _beginning_with(self, prefix: str) -> list[str]:
        start = bisect_left(self._all_words, prefix)
        end = bisect_left(self._all_words, prefix + "\uffff")
        return self._all_words[start:end]

    def _spread(self, prefix: str) -> int:
        return sum(len(self._having[word]) for word in self._beginning_with(prefix))


def _untitled(full: str) -> str:
    for title in _TITLES:
        if full.startswith(title + " "):
            return full[len(title) + 1 :]
    return full


def _unshortened(query: str) -> str:
    first, _space, rest = query.partition(" ")
    return f"{_SHORT[first]} {rest}" if rest and first in _SHORT else query
