"""Which street light, road or park a report is about: chosen near the pin, shown to dispatchers."""

from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from shapely.geometry import Point

from backend.reports.models import Report
from backend.reports.services import Draft
from geo import assets
from geo.files import Row
from tests.factories import make_ticket, open_for

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_reactions")]
METRE = 1 / 110_700


@pytest.fixture(autouse=True)
def lights(province):
    assets._memory.__init__()
    lamp = {"kind": "led", "code": "HG1-07", "name": "Đèn số 7"}
    assets.load_assets([Row(1, lamp, Point(107.05, 20.95 + 8 * METRE))], layer="light")
    yield
    assets._memory.__init__()


def body(**more):
    here = {"lat": 20.95, "lon": 107.05}
    return {"id": str(uuid4()), "category": "GT01", "text": "Đèn tắt", "location": here, **more}


def test_the_asset_that_was_meant_is_kept_and_shown_to_dispatchers(phone, centre, province):
    meant = {"layer": "light", "code": "HG1-07"}
    sent = body(asset=meant)
    assert phone.post("/api/v1/reports", sent).status_code == 201
    assert phone.post("/api/v1/reports", sent).status_code == 200
    ticket = open_for(Report.objects.get(pk=sent["id"]))
    shown = centre.get(f"/api/v1/tickets/{ticket.pk}").json()["asset"]
    assert shown == {**meant, "kind": "led", "name": "Đèn số 7", "distance_m": 8.0}
    assert phone.post("/api/v1/reports", {**sent, "asset": None}).status_code == 409


def test_a_report_of_an_asset_that_is_no_more_is_taken_in_all_the_same(phone):
    sent = body(asset={"layer": "light", "code": "GONE"})
    assert phone.post("/api/v1/reports", sent).status_code == 201
    kept = Report.objects.get(pk=sent["id"]).asset
    assert kept == {"layer": "light", "code": "GONE", "kind": "", "name": "", "distance_m": None}


def test_most_reports_are_about_no_asset(centre, province):
    ticket = make_ticket(province.pothole, province.ward)
    assert centre.get(f"/api/v1/tickets/{ticket.pk}").json()["asset"] is None


@pytest.mark.parametrize("asset", ["HG1-07", {"layer": "light"}, {"layer": "", "code": "x"}])
def test_an_asset_that_is_none_is_refused(phone, asset):
    assert phone.post("/api/v1/reports", body(asset=asset)).status_code == 400
    assert Report.objects.count() == 0


def test_what_was_sent_before_there_were_assets_is_known_again():
    draft = Draft(
        id=UUID(int=7),
        category="GT01",
        text="Ổ gà",
        lat=20.95,
        lon=107.05,
        accuracy_m=12.0,
        captured_at=datetime(2026, 1, 2, 3, 4, tzinfo=UTC),
        uploads=[UUID(int=8)],
        contact={"phone": "1", "name": "b"},
        answers={"b": "1", "a": "2"},
        consents=[("contact", "v")],
    )
    assert draft.digest == "e4fcff033d5dd31ed36f67df35644ad13a30e66f2665bb202efb8dfa91dd18ea"


def test_a_layer_that_did_not_change_is_not_loaded_again():
    rows = [Row(1, {"kind": "led", "code": "A"}, Point(107, 21))]
    assert not assets.same_assets(rows, layer="light")
    assets.load_assets(rows, layer="light")
    assert assets.same_assets(rows, layer="light")
    assert not assets.same_assets([], layer="light")
