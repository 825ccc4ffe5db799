"""Suggestions in service: the newest model of this machine, and what was chosen after it."""

import logging
import threading
import time
from pathlib import Path
from uuid import UUID

from django.conf import settings

from backend import clock
from backend.catalogue.guessing import Guess, Model, load
from backend.catalogue.models import Category, CategorySuggestion

LOOK_EVERY_S = 60
KEPT_FILES = 3

log = logging.getLogger(__name__)


class _Shelf:
    """The model in memory; none until the first question, none where suggesting is off."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._path: Path | None = None
        self._model: Model | None = None
        self._looked_at = float("-inf")

    def model(self) -> Model | None:
        """Return the newest model; every minute it is looked whether there is a newer one."""
        with self._lock:
            if time.monotonic() - self._looked_at >= LOOK_EVERY_S:
                self._look()
            return self._model

    def forget(self) -> None:
        with self._lock:
            self._path, self._model, self._looked_at = None, None, float("-inf")

    def _look(self) -> None:
        self._looked_at = time.monotonic()
        path = newest()
        if path == self._path:
            return
        self._path = path
        try:
            self._model = load(path) if path else None
        except ValueError:
            log.exception("The model of categories cannot be read; the one before stays in use.")


shelf = _Shelf()


def folder() -> Path:
    return Path(settings.VAR_DIR) / "category-models"


def newest() -> Path | None:
    """Return the file written last: their names are times."""
    return max(folder().glob("*.npz"), default=None)


def offered() -> bool:
    """Say whether a form may ask for suggestions."""
    return bool(settings.SUGGEST_CATEGORIES) and newest() is not None


def keep(model: Model) -> Path:
    """Write a model under its version, and let go of all but the last few."""
    folder().mkdir(parents=True, exist_ok=True)
    path = folder() / f"{model.version}.npz"
    model.save(path)
    for old in sorted(folder().glob("*.npz"))[:-KEPT_FILES]:
        old.unlink(missing_ok=True)
    return path


def suggest(text: str) -> tuple[UUID | None, list[Guess]]:
    """Return up to three categories for the words, and under which id that they were shown is kept.

    The words are not kept. Without a model, or where suggesting is off, there are none.
    """
    model = shelf.model() if settings.SUGGEST_CATEGORIES else None
    guesses = model.guesses(text) if model else []
    active = set(
        Category.objects.filter(
            active=True, code__in=[guess.code for guess in guesses]
        ).values_list("code", flat=True)
    )
    guesses = [guess for guess in guesses if guess.code in active]
    if model is None or not guesses:
        return None, []
    shown = CategorySuggestion.objects.create(
        model=model.version,
        shown=[{"code": guess.code, "confidence": guess.confidence} for guess in guesses],
        shown_at=clock.now(),
    )
    return shown.pk, guesses


def note_choice(suggestion: UUID, code: str) -> None:
    """Keep which category was chosen after the suggestion; the first choice stays."""
    CategorySuggestion.objects.filter(pk=suggestion, chosen="").update(chosen=code)
