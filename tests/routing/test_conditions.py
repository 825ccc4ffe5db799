"""Each condition, from a sent report to the agency that it chose, and that agency's own hours."""

from datetime import UTC, datetime, time
from uuid import uuid4

import pytest

from backend import clock
from backend.accounts.models import Agency, Role
from backend.accounts.principal import of_device
from backend.accounts.services import register_device
from backend.catalogue.models import Category, OfficeHours
from backend.events.delivery import deliver_all
from backend.reports.services import Draft, submit_report
from backend.tickets.selectors import ticket_of
from tests.factories import make_staff
from tests.routing.conftest import EAST, WEST, make_rule

SATURDAY = datetime(2026, 3, 7, 3, tzinfo=UTC)  # 10:00 in Viet Nam


@pytest.fixture
def sent_by(province, sequence):
    """Send a report as somebody, and return who has its ticket."""

    def send(principal, category: str = "GT01") -> str:
        lat, lon = WEST
        draft = Draft(id=uuid4(), category=category, text="Ổ gà.", lat=lat, lon=lon)
        report, _new = submit_report(draft=draft, principal=principal)
        sequence()
        deliver_all("routing")
        return str(ticket_of(report).agency.code)

    return send


def phone_of(platform: str):
    return of_device(register_device(platform=platform, locale="vi")[0])


@pytest.mark.parametrize("channel", ["web", "android", "ios", "open311"])
def test_the_channel_decides(sent_by, channel):
    make_rule(name="Kênh", categories=["GT01"], channels=[channel], agency="SXD")
    others = {"web", "android", "ios"} - {channel}
    assert sent_by(phone_of(channel)) == "SXD"
    assert {sent_by(phone_of(other)) for other in others} == {"UBND-00001"}


def test_a_signed_in_page_is_a_channel_and_its_staff_are_reporters(sent_by):
    make_rule(name="Bàn trực", categories=["GT01"], channels=["desk"], agency="SXD")
    make_rule(name="Cán bộ", categories=["GT03"], reporters=["staff"], agency="TTDH")
    minh = make_staff("minh", Role.OPERATIONS_CENTRE)
    assert (sent_by(minh), sent_by(minh, "GT03")) == ("SXD", "TTDH")
    assert sent_by(phone_of("web")) == "UBND-00001"


@pytest.mark.parametrize(
    "asked",
    [
        {"sectors": ["GT"], "levels": ["commune"]},
        {"priorities": ["normal"]},
        {"areas": ["00001"]},
    ],
)
def test_what_is_asked_of_the_matter_decides(sent_by, asked):
    make_rule(name="Riêng", agency="TTDH", **asked)
    Category.objects.filter(code="GT03").update(priority="high")
    assert sent_by(phone_of("web")) == "TTDH"
    wider = "TTDH" if "areas" in asked else "SXD"
    assert sent_by(phone_of("web"), "GT03") == wider


def test_an_agency_is_given_its_own_hours_and_its_supporters_change_nothing(send):
    make_rule(
        name="Giờ làm việc", categories=["GT01"], clock="working", supporting=["SXD"], areas=[]
    )
    ward = Agency.objects.get(code="UBND-00001")
    OfficeHours.objects.create(agency=ward, weekday=5, opens=time(6), shuts=time(22))
    with clock.at(SATURDAY):
        open_today, closed = ticket_of(send(WEST)), ticket_of(send(EAST))
    assert [agency.code for agency in open_today.supporting.all()] == ["SXD"]
    assert open_today.ack_due_at == datetime(2026, 3, 7, 4, tzinfo=UTC)  # an hour later
    assert closed.ack_due_at == datetime(2026, 3, 9, 1, 30, tzinfo=UTC)  # Monday, 08:30
