"""What a text message costs, by the tables of 3GPP TS 23.038 and TS 23.040."""

import pytest

from notifications.sms import Cost, cost, plain


@pytest.mark.parametrize(
    ("text", "priced"),
    [
        ("", Cost("GSM-7", 0, 1)),
        ("a" * 160, Cost("GSM-7", 160, 1)),
        ("a" * 161, Cost("GSM-7", 161, 2)),
        ("a" * 306, Cost("GSM-7", 306, 2)),
        ("a" * 307, Cost("GSM-7", 307, 3)),
        ("€" * 80, Cost("GSM-7", 160, 1)),
        ("a" * 152 + "€" + "a" * 152, Cost("GSM-7", 306, 3)),  # the escape starts a new segment
        ("ư" * 70, Cost("UCS-2", 70, 1)),
        ("ư" * 71, Cost("UCS-2", 71, 2)),
        ("ư" * 134, Cost("UCS-2", 134, 2)),
        ("ư" * 135, Cost("UCS-2", 135, 3)),
        ("a" * 69 + "ư", Cost("UCS-2", 70, 1)),
        ("🚧" * 35, Cost("UCS-2", 70, 1)),
        ("ư" * 66 + "🚧" + "ư" * 66, Cost("UCS-2", 134, 3)),  # a pair is never cut
    ],
)
def test_the_segments_are_counted(text, priced):
    assert cost(text) == priced


def test_vietnamese_without_marks_fits_gsm_7():
    text = plain(
        "Phản ánh QN-26-7K3F9D đã được tiếp nhận. Hạn xử lý: 20:00 ngày 02/03/2026 – Đường Lê…"
    )
    assert text == (
        "Phan anh QN-26-7K3F9D da duoc tiep nhan. Han xu ly: 20:00 ngay 02/03/2026 - Duong Le..."
    )
    assert cost(text).alphabet == "GSM-7"
