"""The files of the demo province, read as the product reads them."""

import csv
import json
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parents[2] / "provinces" / "quang-ninh"


def rows(name: str) -> list[dict[str, str]]:
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def document(name: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((FOLDER / name).read_text(encoding="utf-8"))
    return content
