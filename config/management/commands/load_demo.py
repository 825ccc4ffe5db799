"""Load demo accounts and a month of demo tickets."""

import time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from config.demo.load import load_demo

STEPS = 10


class Command(BaseCommand):
    help = "Load demo accounts and tickets; where they are, nothing changes."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--tickets", type=int, default=300, help="about how many tickets")
        parser.add_argument(
            "--even-in-production",
            action="store_true",
            help="load accounts with a known password although DEBUG and DEMO are off",
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        if not settings.DEMO and not options["even_in_production"]:
            raise CommandError(
                "Không nạp dữ liệu minh hoạ ngoài chế độ DEBUG; đặt DEMO=1 nếu thật sự muốn. "
                "(The demo's accounts have a known password: it is not loaded where DEBUG and "
                "DEMO are off, unless told --even-in-production.)"
            )
        if options["tickets"] < 0:
            raise CommandError("--tickets is a number of tickets, 0 or more.")
        began = time.monotonic()
        accounts, reports = load_demo(tickets=options["tickets"], progress=self._progress)
        if not accounts and not reports:
            self.stdout.write("  Đã có dữ liệu minh hoạ. (The demo is there already.)")
            return
        self.stdout.write(
            f"  {accounts} tài khoản (accounts), {reports} phản ánh (reports), "
            f"{time.monotonic() - began:.0f} s"
        )

    def _progress(self, done: int, whole: int) -> None:
        if done * STEPS // whole > (done - 1) * STEPS // whole:
            self.stdout.write(f"  {100 * done // whole} %")
            self.stdout.flush()
