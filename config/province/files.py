"""Reading a province's files, with the line of everything, so that a fault can be found."""

import csv
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

RULES = "rules.yaml"


class ProvinceFaults(Exception):
    """A province's files cannot be loaded; nothing of them was kept."""

    def __init__(self, faults: "list[Fault]") -> None:
        super().__init__(f"{len(faults)} faults")
        self.faults = sorted(faults, key=lambda fault: (fault.file, fault.line))


@dataclass(frozen=True)
class Fault:
    """What is wrong, and where; line 0 is the file as a whole."""

    file: str
    line: int
    text: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.text}" if self.line else f"{self.file}: {self.text}"


@dataclass(frozen=True)
class Row:
    """One row of a file with its line."""

    file: str
    line: int
    values: Mapping[str, Any]

    def __getitem__(self, name: str) -> Any:
        return self.values[name]

    def fault(self, text: str) -> Fault:
        return Fault(self.file, self.line, text)


@dataclass
class Folder:
    """A province's folder; what cannot be read is noted in `faults` and read as nothing."""

    path: Path
    faults: list[Fault] = field(default_factory=list)

    def table(self, name: str, columns: set[str], key: str) -> list[Row]:
        """Return the rows of a CSV file, each `key` once; further columns are let be."""
        try:
            with (self.path / name).open(encoding="utf-8-sig", newline="") as file:
                reader = csv.DictReader(file, strict=True)
                missing = columns - set(reader.fieldnames or ())
                if missing:
                    self._fault(name, 1, f"lacks the columns {', '.join(sorted(missing))}")
                    return []
                rows = [Row(name, reader.line_num, _stripped(values)) for values in reader]
        except (OSError, UnicodeDecodeError, csv.Error) as error:
            self._fault(name, 0, f"cannot be read: {error}")
            return []
        return self._once([row for row in rows if self._is_whole(row)], key)

    def document(self, name: str) -> dict[str, Any]:
        """Return a JSON object."""
        try:
            content = json.loads((self.path / name).read_text(encoding="utf-8"))
        except json.JSONDecodeError as error:
            self._fault(name, error.lineno, f"is no JSON: {error.msg}")
            return {}
        except (OSError, UnicodeDecodeError) as error:
            self._fault(name, 0, f"cannot be read: {error}")
            return {}
        if not isinstance(content, dict):
            self._fault(name, 1, "is no JSON object")
            return {}
        return content

    def rules(self) -> list[Row]:
        """Return the entries of the YAML list of rules, each with the line where it begins."""
        try:
            text = (self.path / RULES).read_text(encoding="utf-8")
            entries, node = yaml.safe_load(text), yaml.compose(text, yaml.SafeLoader)
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark
            self._fault(RULES, mark.line + 1 if mark else 0, f"is no YAML: {error.problem}")
            return []
        except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
            self._fault(RULES, 0, f"cannot be read: {error}")
            return []
        if not isinstance(entries, list) or not isinstance(node, yaml.SequenceNode):
            self._fault(RULES, 1, "is no list of rules")
            return []
        rows = []
        for entry, begins in zip(entries, node.value, strict=True):
            line = begins.start_mark.line + 1
            if isinstance(entry, dict):
                rows.append(Row(RULES, line, entry))
            else:
                self._fault(RULES, line, "is no rule")
        return self._once(rows, "name")

    def _is_whole(self, row: Row) -> bool:
        if None in row.values or None in row.values.values():
            self.faults.append(row.fault("has more or fewer columns than the first line"))
            return False
        return True

    def _once(self, rows: list[Row], key: str) -> list[Row]:
        seen: dict[str, int] = {}
        kept = []
        for row in rows:
            name = row.values.get(key)
            if not isinstance(name, str) or not name:
                self.faults.append(row.fault(f"has no {key}"))
            elif name in seen:
                self.faults.append(row.fault(f"{name} stands on line {seen[name]} already"))
            else:
                seen[name] = row.line
                kept.append(row)
        return kept

    def _fault(self, name: str, line: int, text: str) -> None:
        self.faults.append(Fault(name, line, text))


def _stripped(values: Mapping[Any, Any]) -> dict[Any, Any]:
    return {
        name: value.strip() if isinstance(value, str) else value for name, value in values.items()
    }
