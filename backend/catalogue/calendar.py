"""Which days are worked: Monday to Friday less Viet Nam's public holidays, lunar ones too."""

from datetime import date
from functools import lru_cache

import holidays


@lru_cache(maxsize=1)
def _public_holidays() -> holidays.HolidayBase:
    return holidays.country_holidays("VN")


def is_working_day(day: date) -> bool:
    """Say whether offices work on that day, by the `holidays` package's calendar."""
    return day.weekday() < 5 and day not in _public_holidays()
