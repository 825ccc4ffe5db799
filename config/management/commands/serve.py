"""The whole product in one process: HTTP, sockets, the log's delivery and the pushes."""

import os
import socket
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from config.single import SingleProcess


class Command(BaseCommand):
    help = "Serve everything from this process: for one machine, on SQLite or PostgreSQL."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="0.0.0.0")  # noqa: S104 - phones on the same network
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument(
            "--prepare", action="store_true", help="migrate and load the province first"
        )
        parser.add_argument("--demo", action="store_true", help="load demo accounts and tickets")

    def handle(self, *_args: Any, **options: Any) -> None:
        _require_free(options["host"], options["port"])
        if "PUBLIC_URL" not in os.environ:
            settings.PUBLIC_URL = f"http://localhost:{options['port']}"  # where its links lead
        if options["prepare"]:
            self._prepare(demo=options["demo"])
        process = SingleProcess(options["host"], options["port"])
        process.run(lambda: self._welcome(options["port"], demo=options["demo"]))

    def _prepare(self, *, demo: bool) -> None:
        self._step("Cơ sở dữ liệu (database)")
        call_command("migrate", verbosity=0, interactive=False)
        self._step("Dữ liệu của tỉnh (the province's data)")
        call_command("load_province", str(settings.PROVINCE_DIR), stdout=self.stdout)
        if demo:
            self._step("Dữ liệu minh hoạ (demo accounts and tickets)")
            call_command("load_demo", stdout=self.stdout)

    def _step(self, text: str) -> None:
        self.stdout.write(f"── {text} …")
        self.stdout.flush()

    def _welcome(self, port: int, *, demo: bool) -> None:
        base = f"http://localhost:{port}"
        lines = [
            "",
            "Hiện Trường đang chạy (is running). Ctrl-C để dừng (ends it).",
            "",
            f"  Người dân (citizens)              {base}/",
            f"  Trang công khai (public)          {base}/public",
            f"  Bàn xử lý của đơn vị (desk)       {base}/desk",
            f"  Trung tâm điều hành (centre)      {base}/ops",
            f"  Quy tắc phân tuyến (rules)        {base}/rules",
            f"  Quản trị (administration)         {base}/admin/",
        ]
        if demo:
            lines += [
                f"  Thông báo đẩy đã gửi (pushes)     {base}/demo/pushes",
                "",
                f"  Tài khoản thử, mật khẩu (demo accounts, password): {settings.DEMO_PASSWORD}",
                f"    {' · '.join(_shown_accounts())}",
                "    dispatcher.<mã đơn vị>, leader.<mã đơn vị>: mọi đơn vị (for every agency)",
            ]
        self.stdout.write("\n".join(lines) + "\n")
        self.stdout.flush()


def _shown_accounts() -> list[str]:
    """Return the demo accounts to begin with: one of each role."""
    desk = f"ubnd-{settings.DEMO_UNIT}" if settings.DEMO_UNIT else settings.DUTY_DESK.lower()
    return ["ops", "leader", "officer", "admin", f"dispatcher.{desk}", f"leader.{desk}"]


def _require_free(host: str, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except PermissionError as error:
            raise CommandError(f"Port {port} needs root. Choose another: PORT=8001.") from error
        except OverflowError as error:
            raise CommandError(f"A port is 0 to 65535; {port} is not.") from error
        except OSError as error:
            raise CommandError(
                f"Cổng {port} đang có chương trình khác dùng (port {port} is taken). "
                f"Chọn cổng khác (choose another): PORT={port + 1} make run"
            ) from error
