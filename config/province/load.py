"""A whole province from its folder: all of it, or nothing and every fault."""

from dataclasses import dataclass
from pathlib import Path

from django.db import transaction

from config.province.assets import asset_files, load_asset_layers
from config.province.catalogue import load_agencies, load_catalogue, open_tickets_of_retired
from config.province.facts import province_facts
from config.province.files import Folder, ProvinceFaults
from config.province.ground import known_areas, load_ground
from config.province.rows import Outcome
from config.province.rules import load_rules
from geo import locator


@dataclass(frozen=True)
class Loaded:
    """What became of each part, by its name in both languages."""

    parts: dict[str, Outcome]
    stranded: int


def load_province(path: Path) -> Loaded:
    """Bring the database to what the folder says; the same folder again changes nothing.

    Raises ImproperlyConfigured for a province.json that cannot be used, ProvinceFaults with
    everything else that is wrong.
    """
    facts = province_facts(path)
    folder = Folder(path)
    try:
        with transaction.atomic():
            parts = {"Đơn vị hành chính (areas)": load_ground(folder, facts)}
            parts["Cơ quan (agencies)"] = load_agencies(folder, known_areas())
            sectors, categories = load_catalogue(folder)
            parts["Lĩnh vực (sectors)"] = sectors
            parts["Loại phản ánh (categories)"] = categories
            parts["Quy tắc phân tuyến (routing rules)"] = load_rules(folder)
            if layers := asset_files(folder):
                parts["Tài sản hạ tầng (assets)"] = load_asset_layers(folder, layers)
            faults = folder.faults + [fault for part in parts.values() for fault in part.faults]
            if faults:
                raise ProvinceFaults(faults)
            stranded = open_tickets_of_retired()
    finally:
        locator.forget()  # What was read before a rollback is not there any more.
    return Loaded(parts, stranded)
