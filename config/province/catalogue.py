"""Agencies, sectors and categories of a province, from its tables."""

from collections.abc import Iterable
from typing import Any

from backend.accounts.models import Agency
from backend.catalogue.models import Category, Sector
from backend.tickets.lifecycle import OPEN
from backend.tickets.models import Ticket
from config.province.files import Folder, Row
from config.province.rows import Outcome, Wanted, bring, by_key, retire

AGENCY_COLUMNS = {"code", "kind", "name_vi", "name_en", "area_code", "parent"}
CATEGORY_COLUMNS = {
    "sector_code", "sector_vi", "sector_en", "category_code", "category_vi", "category_en",
    "responsible", "level", "ack_minutes", "resolve_minutes", "clock", "priority", "intake",
    "restricted", "child", "photo_required", "approval_required", "reopen_days", "hint_vi",
    "hint_en", "supporting",
}  # fmt: skip
AT_THE_UNIT = {"commune_pc", "commune_police", "commune_health", "commune_onestop"}
TEXTS = ("responsible", "level", "clock", "priority", "intake", "hint_vi", "hint_en")
NUMBERS = ("ack_minutes", "resolve_minutes", "reopen_days")
FLAGS = ("restricted", "child", "photo_required", "approval_required")
LEVELS = {"commune", "province"}


def load_agencies(folder: Folder, areas: set[str]) -> Outcome:
    """Bring the agencies to what agencies.csv says; a parent stands above its parts."""
    rows = folder.table("agencies.csv", AGENCY_COLUMNS, "code")
    known = by_key(Agency, "code")
    outcome = Outcome()
    seen: set[str] = set()
    for row in rows:
        if row["area_code"] and row["area_code"] not in areas:
            outcome.faults.append(row.fault(f"area_code: there is no area {row['area_code']}"))
        if row["parent"] and row["parent"] not in seen:
            outcome.faults.append(row.fault(f"parent: {row['parent']} stands nowhere above"))
        seen.add(row["code"])
        fields = {name: row[name] for name in AGENCY_COLUMNS - {"parent"}}
        fields |= {"active": True, "parent": known.get(row["parent"])}
        one = bring(Agency, "code", [Wanted(row, fields)], known)
        _add(outcome, one)
        if one.added:
            known[row["code"]] = Agency.objects.get(code=row["code"])
    outcome.retired = len(retire(Agency, "code", seen)) if rows else 0
    return outcome


def open_tickets_of_retired() -> int:
    """Return how many open tickets lie with an agency that is no longer active."""
    return Ticket.objects.filter(agency__active=False, status__in=OPEN).count()


def load_catalogue(folder: Folder) -> tuple[Outcome, Outcome]:
    """Bring sectors and categories to what catalogue.csv says, in its order."""
    rows = folder.table("catalogue.csv", CATEGORY_COLUMNS, "category_code")
    sectors = bring(Sector, "code", _sectors(rows, folder))
    agencies = set(Agency.objects.values_list("code", flat=True))
    wanted = []
    for order, row in enumerate(rows):
        faults = list(_faults_of(row, agencies))
        folder.faults += [row.fault(text) for text in faults]
        if not faults:
            wanted.append(Wanted(row, _category(row, order)))
    categories = bring(Category, "code", wanted)
    if rows:
        codes = [row["category_code"] for row in rows]
        categories.retired = len(retire(Category, "code", codes))
    return sectors, categories


def _sectors(rows: list[Row], folder: Folder) -> list[Wanted]:
    found: dict[str, Wanted] = {}
    for row in rows:
        fields = {
            "code": row["sector_code"],
            "name_vi": row["sector_vi"],
            "name_en": row["sector_en"],
        }
        first = found.setdefault(row["sector_code"], Wanted(row, fields | {"order": len(found)}))
        if any(first.fields[name] != value for name, value in fields.items()):
            folder.faults.append(
                row.fault(f"names the sector {row['sector_code']} unlike line {first.row.line}")
            )
    return list(found.values())


def _faults_of(row: Row, agencies: set[str]) -> Iterable[str]:
    for name in NUMBERS:
        if not row[name].isdecimal():
            yield f"{name}: {row[name]!r} is no whole number"
    for name in FLAGS:
        if row[name] not in {"true", "false"}:
            yield f"{name}: say true or false, not {row[name]!r}"
    if row["level"] not in LEVELS:
        yield f"level: say commune or province, not {row['level']!r}"
    for code in [row["responsible"], *row["supporting"].split()]:
        if code not in agencies | AT_THE_UNIT:
            yield f"there is no agency {code!r}"


def _category(row: Row, order: int) -> dict[str, Any]:
    return {
        "code": row["category_code"],
        "sector_id": row["sector_code"],
        "name_vi": row["category_vi"],
        "name_en": row["category_en"],
        "order": order,
        "supporting": row["supporting"].split(),
        "active": True,
        "asset_layer": row.values.get("asset_layer") or "",
        **{name: row[name] for name in TEXTS},
        **{name: int(row[name]) for name in NUMBERS},
        **{name: row[name] == "true" for name in FLAGS},
    }


def _add(total: Outcome, one: Outcome) -> None:
    total.added += one.added
    total.changed += one.changed
    total.unchanged += one.unchanged
    total.faults += one.faults
