"""Guessing a category from words: a linear model over hashed pieces of words. Pure.

People type with and without diacritics, so all is folded before it is looked at. The pieces are
hashed, so that the model holds numbers alone: nobody's words can be read out of its file. The
file is a NumPy archive read without pickle, so that reading it runs no code. scikit-learn is
imported by `train` only: a server that suggests needs 32,768 numbers a category and no more.
"""

import zipfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import log
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from geo.folding import folded

BUCKETS = 1 << 15
LONGEST = 1_000
"""Characters that are looked at: what it is about is said early."""

MOST = 3
LEAST_CONFIDENCE = 0.05
LEAST_TIMES_CHANCE = 2
"""Among ninety categories a few words never make one sure; twice what chance gives is a sign."""

_PIECE = 4
_FORMAT = 1

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Guess:
    """A category's code and how sure the model is, from 0 to 1; all codes' sum to 1."""

    code: str
    confidence: float


@dataclass(frozen=True)
class Model:
    """`weights` has a row a category and a column a bucket."""

    version: str
    codes: tuple[str, ...]
    weights: Floats
    bias: Floats
    rarity: Floats

    def guesses(self, text: str) -> list[Guess]:
        """Return the likeliest categories, at most three, none that is mere noise."""
        buckets, values = weighed(text, self.rarity)
        if not len(buckets):
            return []
        scores = self.weights[:, buckets] @ values + self.bias
        likely = np.exp(scores - scores.max())
        likely /= likely.sum()
        least = min(LEAST_CONFIDENCE, LEAST_TIMES_CHANCE / len(self.codes))
        best = np.argsort(-likely, kind="stable")[:MOST]
        return [
            Guess(self.codes[each], round(float(likely[each]), 3))
            for each in best
            if likely[each] >= least
        ]

    def save(self, path: Path) -> None:
        """Write it beside, then put it in place: nobody reads half a file."""
        part = path.with_suffix(".part")
        with part.open("wb") as file:
            np.savez_compressed(
                file,
                format=np.array(_FORMAT),
                version=np.array(self.version),
                codes=np.array(self.codes),
                weights=self.weights,
                bias=self.bias,
                rarity=self.rarity,
            )
        part.replace(path)


def load(path: Path) -> Model:
    """Read a model. Raises ValueError for what is none, or of another format."""
    try:
        with np.load(path, allow_pickle=False) as kept:
            if int(kept["format"]) != _FORMAT or kept["rarity"].shape != (BUCKETS,):
                raise ValueError(f"{path} was written by another version: train it anew.")
            return Model(
                version=str(kept["version"]),
                codes=tuple(str(code) for code in kept["codes"]),
                weights=kept["weights"],
                bias=kept["bias"],
                rarity=kept["rarity"],
            )
    except (EOFError, KeyError, OSError, zipfile.BadZipFile) as error:
        raise ValueError(f"{path} holds no model.") from error


def pieces(text: str) -> Counter[int]:
    """Return the buckets of a text and how often each comes: syllables, pairs, starts of them."""
    words = folded(text[:LONGEST]).split()
    found = Counter(_bucket("1", word) for word in words)
    found.update(_bucket("2", f"{one} {two}") for one, two in pairwise(words))
    found.update(_bucket("p", word[:_PIECE]) for word in words if len(word) > _PIECE)
    return found


def _bucket(kind: str, piece: str) -> int:
    return crc32(f"{kind}{piece}".encode()) % BUCKETS


def weighed(text: str, rarity: Floats) -> tuple[NDArray[np.intp], Floats]:
    """Return a text's buckets and their weights, of length 1: tf-idf with the log of counts."""
    counted = pieces(text)
    buckets = np.fromiter(counted, dtype=np.intp, count=len(counted))
    values = np.array([1 + log(count) for count in counted.values()], dtype=np.float32)
    values = values * rarity[buckets]
    length = float(np.linalg.norm(values))
    return buckets, (values / length if length else values).astype(np.float32)


def train(texts: Sequence[str], codes: Sequence[str], *, version: str) -> Model:
    """Learn from texts and the codes of their categories. Raises ValueError for under two codes."""
    from scipy.sparse import csr_array
    from sklearn.linear_model import LogisticRegression

    if len(set(codes)) < 2:
        raise ValueError("There are fewer than two categories to tell apart.")
    rarity = _rarity(texts)
    rows = [weighed(text, rarity) for text in texts]
    ends = np.cumsum([0, *(len(buckets) for buckets, _values in rows)])
    data = np.concatenate([values for _buckets, values in rows])
    places = np.concatenate([buckets for buckets, _values in rows])
    matrix = csr_array((data, places, ends), shape=(len(texts), BUCKETS))
    learner: Any = LogisticRegression(C=100.0, max_iter=300, class_weight="balanced")
    learner.fit(matrix, np.array(codes))
    weights, bias = learner.coef_, learner.intercept_
    if len(weights) == 1:  # Of two, it learns the second alone.
        weights, bias = np.vstack([-weights, weights]) / 2, np.array([-bias[0], bias[0]]) / 2
    return Model(
        version=version,
        codes=tuple(str(code) for code in learner.classes_),
        weights=weights.astype(np.float32),
        bias=bias.astype(np.float32),
        rarity=rarity,
    )


def _rarity(texts: Sequence[str]) -> Floats:
    """Return the weight of each bucket: the fewer texts have it, the more it says (idf)."""
    seen = np.zeros(BUCKETS)
    for text in texts:
        seen[list(pieces(text))] += 1
    return (np.log((1 + len(texts)) / (1 + seen)) + 1).astype(np.float32)


def hits(model: Model, texts: Sequence[str], codes: Sequence[str]) -> tuple[float, float]:
    """Return the shares of texts whose category is guessed first, and among the three."""
    found = [[guess.code for guess in model.guesses(text)] for text in texts]
    first = sum(bool(some) and some[0] == code for some, code in zip(found, codes, strict=True))
    among = sum(code in some for some, code in zip(found, codes, strict=True))
    return first / len(texts), among / len(texts)
