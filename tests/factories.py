"""What tests are made of, given the way it is given in life: through the services."""

import io
import itertools
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from backend.accounts import principal as principals
from backend.accounts.models import Agency, Device, Membership, Role, User
from backend.accounts.principal import Principal
from backend.accounts.services import register_device
from backend.catalogue.models import Category, Sector
from backend.reports.models import Report
from backend.reports.services import Draft, submit_report
from backend.tickets import services
from backend.tickets.models import Ticket
from geo.services import load_boundaries
from media.developing import develop_here
from media.services import keep_upload

PASSWORD = "mat-khau-thu"
_colours = itertools.count()


@dataclass
class Province:
    """A small province: two wards side by side, three agencies, two categories."""

    ward: Agency
    other_ward: Agency
    department: Agency
    pothole: Category
    noise: Category
    secret: Category

    inside = (20.95, 107.05)
    inside_other = (20.95, 107.15)
    at_sea = (20.60, 107.10)


def square(code: str, name: str, west: float, east: float) -> dict[str, Any]:
    ring = [[west, 20.9], [east, 20.9], [east, 21.0], [west, 21.0], [west, 20.9]]
    return {
        "type": "Feature",
        "properties": {
            "code": code,
            "name_vi": name,
            "name_en": name,
            "level": "commune",
            "kind": "ward",
        },
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }


def make_province() -> Province:
    load_boundaries(
        {
            "type": "FeatureCollection",
            "features": [
                square("10001", "Phường Một", 107.0, 107.1),
                square("10002", "Phường Hai", 107.1, 107.2),
            ],
        },
        valid_from=date(2025, 7, 1),
    )
    traffic = Sector.objects.create(code="GT", name_vi="Giao thông", name_en="Traffic")
    return Province(
        ward=make_agency("UBND-10001", area_code="10001"),
        other_ward=make_agency("UBND-10002", area_code="10002"),
        department=make_agency("SXD"),
        pothole=make_category("GT01", traffic),
        noise=make_category("GT02", traffic, photo_required=False, approval_required=True),
        secret=make_category("GT03", traffic, restricted=True, photo_required=False),
    )


def make_agency(code: str, **more: Any) -> Agency:
    return Agency.objects.create(
        code=code, kind="department", name_vi=f"Đơn vị {code}", name_en=f"Agency {code}", **more
    )


def make_category(code: str, sector: Sector, **more: Any) -> Category:
    given = {
        "responsible": "commune_pc",
        "level": "commune",
        "ack_minutes": 60,
        "resolve_minutes": 480,
        "clock": "clock",
        "name_vi": f"Loại {code}",
        "name_en": f"Category {code}",
    }
    return Category.objects.create(code=code, sector=sector, **(given | more))


def make_user(username: str, role: Role | None = None, agency: Agency | None = None) -> User:
    user = User.objects.create_user(username, password=PASSWORD)
    if role:
        Membership.objects.create(user=user, role=role, agency=agency)
    return user


def make_staff(username: str, role: Role, agency: Agency | None = None) -> Principal:
    return principals.of_user(make_user(username, role, agency))


def make_phone() -> Principal:
    device, _token = register_device(platform="web", locale="vi")
    return principals.of_device(device)


def make_device() -> tuple[Device, str]:
    return register_device(platform="web", locale="vi")


def picture(size: tuple[int, int] = (64, 48)) -> bytes:
    """A small JPEG, never the same twice."""
    number = next(_colours)
    image = Image.new("RGB", size, (number % 256, number // 256 % 256, 90))
    buffer = io.BytesIO()
    # JPEG makes one of colours that are close; a comment keeps the files apart.
    image.save(buffer, "JPEG", comment=str(number).encode())
    return buffer.getvalue()


def make_upload(owner: Principal) -> UUID:
    file = SimpleUploadedFile("a.jpg", picture(), "image/jpeg")
    return develop_here(keep_upload(file=file, owner=owner.key)[0]).pk


def a_draft(category: Category, **more: Any) -> Draft:
    lat, lon = more.pop("at", Province.inside)
    given = {"id": uuid4(), "text": "Ổ gà lớn giữa đường", "lat": lat, "lon": lon}
    return Draft(category=category.code, **(given | more))


def make_report(category: Category, phone: Principal | None = None, **more: Any) -> Report:
    return submit_report(draft=a_draft(category, **more), principal=phone or make_phone())[0]


ROUTER = principals.of_system("routing")


def open_for(report: Report, agency: Agency | None = None, **more: Any) -> Ticket:
    """What routing does with a report whose agency it has chosen; with none, the ticket waits."""
    given = {"routing": {"rule": "thử"} if agency else {}} | more
    opening = services.Opening(report=report, agency=agency, **given)
    [ticket] = services.open_tickets([opening], actor=ROUTER)
    return ticket


def make_ticket(
    category: Category, agency: Agency | None, phone: Principal | None = None, **more: Any
) -> Ticket:
    """A ticket routed to the agency, or waiting in `submitted` where none is given."""
    return open_for(make_report(category, phone, **more), agency)


@pytest.fixture
def province(db: None) -> Province:
    return make_province()
