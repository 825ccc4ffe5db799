"""A camera's account beside the report's: a table of cases."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from backend.tickets.evidence import facts

HERE = (20.95, 107.05)
AT = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
GOOD = {"taken_at": "2026-03-01T15:55:00+07:00", "lat": 20.95, "lon": 107.05}


@pytest.mark.parametrize(
    ("evidence", "found"),
    [
        ({}, [{"code": "no_exif"}]),
        (GOOD, []),
        (GOOD | {"lat": 20.9525}, []),  # 278 m: a street's length
        (GOOD | {"lat": 20.96}, [{"code": "taken_far", "distance_m": 1107}]),
        (GOOD | {"lat": 20.96, "accuracy_m": 1000.0}, []),
        ({"taken_at": "2026-03-01T15:55:00"}, []),  # no zone: the province's own
        (
            GOOD | {"taken_at": "2026-02-28T15:59:00+07:00"},
            [{"code": "taken_before", "hours": 24.0}],
        ),
        (GOOD | {"taken_at": "2026-03-01T09:05:00+00:00"}, []),
        (GOOD | {"taken_at": "2026-03-01T12:00:00Z"}, [{"code": "taken_after", "hours": 3.0}]),
        (
            GOOD | {"software": "Adobe Photoshop 25.1"},
            [{"code": "edited", "software": "Adobe Photoshop 25.1"}],
        ),
        (GOOD | {"software": "ILCE-7SM3 v1.01"}, []),
        (GOOD | {"changed_at": "2026-03-01T15:55:30+07:00"}, []),
        (GOOD | {"changed_at": "2026-03-01T17:55:00+07:00"}, [{"code": "changed", "hours": 2.0}]),
    ],
)
def test_what_does_not_fit_is_a_fact_with_a_number(evidence, found):
    assert facts(evidence, place=HERE, accuracy_m=12.0, at=AT, zone=ZONE) == found


def test_without_a_certain_place_nothing_is_far():
    away = GOOD | {"lat": 10.0}
    assert facts(away, place=None, accuracy_m=None, at=AT, zone=ZONE) == []
