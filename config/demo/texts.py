"""What is said in the demo, from texts.yaml."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml


@dataclass(frozen=True)
class Matter:
    """Something that comes up: what a citizen writes, and what the agency answers when done.

    `scene` names the drawing; `where` is blank, town, country or sea.
    """

    category: str
    text: str
    result: str
    scene: str
    often: int
    where: str = ""


@dataclass(frozen=True)
class Texts:
    """The matters, and phrases for everything else that is said, by what they are for."""

    matters: tuple[Matter, ...]
    phrases: dict[str, tuple[str, ...]]
    ratings: dict[str, tuple[str, ...]]


@lru_cache(maxsize=1)
def texts() -> Texts:
    path = Path(__file__).with_name("texts.yaml")
    content: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    matters = tuple(Matter(**entry) for entry in content.pop("reports"))
    ratings = {score: tuple(said) for score, said in content.pop("ratings").items()}
    return Texts(matters, {name: tuple(said) for name, said in content.items()}, ratings)
