"""Load a province's units, agencies, catalogue and rules from its folder."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError, CommandParser

from config.province.files import ProvinceFaults
from config.province.load import load_province


class Command(BaseCommand):
    help = "Load a province from its folder; loading it again changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path, nargs="?", default=settings.PROVINCE_DIR)

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            loaded = load_province(Path(options["folder"]))
        except ImproperlyConfigured as error:
            raise CommandError(str(error)) from error
        except ProvinceFaults as error:
            raise CommandError(_told(error)) from error
        for name, part in loaded.parts.items():
            self.stdout.write(
                f"  {name}: {part.added} mới (new), {part.changed} đổi (changed), "
                f"{part.unchanged} giữ nguyên (unchanged), {part.retired} ngừng (retired)"
            )
        if loaded.stranded:
            self.stdout.write(
                f"  {loaded.stranded} vụ việc đang mở thuộc cơ quan đã ngừng: cần chuyển. "
                "(Open tickets lie with retired agencies: reroute them.)"
            )


def _told(error: ProvinceFaults) -> str:
    lines = [f"Không nạp gì: {len(error.faults)} lỗi. (Nothing was loaded.)"]
    return "\n".join([*lines, *(f"  {fault}" for fault in error.faults)])
