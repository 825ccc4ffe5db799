"""A small province: two wards side by side, the sea beside them, four agencies, two categories."""

import uuid
from datetime import UTC, date, datetime
from typing import Any

import pytest

from backend import clock
from backend.accounts.models import Agency
from backend.accounts.principal import Principal, of_device
from backend.accounts.services import register_device
from backend.catalogue.models import Category, Sector
from backend.events.delivery import deliver_all
from backend.reports.models import Report
from backend.reports.services import Draft, submit_report
from geo.services import load_boundaries
from routing.models import Publication, RoutingRule, RuleSet

WEST = (20.95, 107.05)
EAST = (20.95, 107.15)
EDGE = (20.95, 107.0999)  # some ten metres inside the western ward
SEA = (20.75, 107.1)


def _square(code: str, name: str, west: float) -> dict[str, Any]:
    south, north, east = 20.9, 21.0, west + 0.1
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {
        "type": "Feature",
        "properties": {
            "code": code,
            "name_vi": f"Phường {name}",
            "name_en": f"{name} Ward",
            "kind": "ward",
        },
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }


@pytest.fixture
def province(db, settings) -> None:
    settings.DUTY_DESK = "TTDH"
    features = [_square("00001", "Tây", 107.0), _square("00002", "Đông", 107.1)]
    load_boundaries(
        {"type": "FeatureCollection", "features": features}, valid_from=date(2025, 7, 1)
    )
    for code, kind, area in [
        ("UBND-00001", "commune_committee", "00001"),
        ("UBND-00002", "commune_committee", "00002"),
        ("SXD", "department", ""),
        ("TTDH", "centre", ""),
    ]:
        Agency.objects.create(code=code, kind=kind, name_vi=code, name_en=code, area_code=area)
    sector = Sector.objects.create(code="GT", name_vi="Giao thông", name_en="Traffic")
    for code, level in [("GT01", "commune"), ("GT03", "province")]:
        Category.objects.create(
            code=code,
            sector=sector,
            name_vi=f"Loại {code}",
            name_en=f"Category {code}",
            responsible="",
            level=level,
            ack_minutes=60,
            resolve_minutes=600,
            clock="clock",
        )
    rule_set = RuleSet.objects.create(number=1, made_by="system:test", made_at=clock.now())
    Publication.objects.create(
        rule_set=rule_set,
        from_at=datetime(2025, 7, 1, tzinfo=UTC),
        made_by="system:test",
        made_at=clock.now(),
    )
    make_rule(name="Cấp xã", levels=["commune"])
    make_rule(name="Sở Xây dựng", levels=["province"], agency="SXD")


def make_rule(*, agency: str = "", number: int = 1, **given: Any) -> RoutingRule:
    """Add a rule to a set, to the one in force if none is named."""
    given = {"title_vi": given.get("name", ""), "title_en": given.get("name", ""), **given}
    rule = RoutingRule(
        rule_set=RuleSet.objects.get(number=number),
        outcome="agency" if agency else "unit_committee",
        agency=Agency.objects.get(code=agency) if agency else None,
        **given,
    )
    rule.full_clean()
    rule.save()
    return rule


@pytest.fixture
def phone(db) -> Principal:
    device, _token = register_device(platform="web", locale="vi")
    return of_device(device)


@pytest.fixture
def send(province, phone, sequence):
    """Send a report from the phone, and let routing hear of it."""

    def send(at: tuple[float, float] = WEST, *, category: str = "GT01", **given: Any) -> Report:
        report = keep(at, category=category, **given)
        sequence()
        deliver_all("routing")
        sequence()
        return report

    def keep(at: tuple[float, float], *, category: str, **given: Any) -> Report:
        lat, lon = at
        draft = Draft(
            id=uuid.uuid4(),
            category=category,
            text="Ổ gà lớn giữa đường.",
            lat=lat,
            lon=lon,
            **given,
        )
        return submit_report(draft=draft, principal=phone)[0]

    send.only_keep = keep  # type: ignore[attr-defined]
    return send
