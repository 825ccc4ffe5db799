"""The command that answers "why this agency?"."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from tests.routing.conftest import EAST, SEA, make_rule


def told(*args: str) -> list[str]:
    out = StringIO()
    call_command("explain_route", *args, stdout=out)
    return out.getvalue().splitlines()


def at(point: tuple[float, float]) -> list[str]:
    return [f"--lat={point[0]}", f"--lon={point[1]}"]


def test_it_names_the_decision_and_why_each_rule_lost(province):
    make_rule(name="Quốc lộ", categories=["GT01"], answers=["road=national"], agency="SXD")
    assert told("--category=GT01", *at(EAST)) == [
        "Chuyển UBND-00002 xử lý phản ánh “Loại GT01” (GT01) tại Phường Đông, "
        "theo quy tắc “Cấp xã”.",
        "",
        "Cơ quan xử lý: UBND-00002 (UBND-00002)",
        "Phối hợp: –",
        "Mức ưu tiên: normal",
        "Tiếp nhận: auto (chuyển ngay)",
        "Quy tắc: Cấp xã",
        "Điểm cần xác nhận: –",
        "",
        "Các quy tắc đã xét (3):",
        "  Cấp xã → unit_committee [cấp xử lý commune]: ĐƯỢC CHỌN",
        "  Quốc lộ → SXD [câu trả lời bổ sung road=national; loại phản ánh GT01]: "
        "không khớp câu trả lời bổ sung",
        "  Sở Xây dựng → SXD [cấp xử lý province]: không khớp cấp xử lý",
    ]
    lines = told("--category=GT01", *at(EAST), "--answer=road=national", "--lang=en")
    assert lines[-3:] == [
        "  Quốc lộ → SXD [the answers given road=national; the category GT01]: CHOSEN",
        "  Cấp xã → unit_committee [the level commune]: matches, but is less specific than "
        "“Quốc lộ”: it does not name the answers given",
        "  Sở Xây dựng → SXD [the level province]: does not match the level",
    ]


def test_it_explains_a_report_that_was_sent(send):
    report = send(SEA)
    lines = told("--report", report.report_no.lower())
    assert lines[2] == "Cơ quan xử lý: TTDH (TTDH)"
    assert lines[7] == "Điểm cần xác nhận: outside_units"


@pytest.mark.parametrize(
    "args",
    [
        [],
        ["--category=GT01"],
        ["--category=ZZ99", *at(EAST)],
        ["--category=GT01", *at((10.0, 100.0))],
        ["--category=GT01", *at((95.0, 100.0))],
        ["--category=GT01", *at(EAST), "--answer=national"],
        ["--report=QN-26-XXXXXX"],
    ],
)
def test_what_it_cannot_answer_is_an_error(province, args):
    with pytest.raises(CommandError):
        told(*args)
