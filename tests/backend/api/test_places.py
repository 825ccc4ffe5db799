"""Tickets by place and by words: neighbours, clusters on the map, diacritics, shared positions."""

import pytest

from backend.reports.models import Report
from backend.tickets import selectors
from backend.tickets.models import Ticket
from geo.hexagons import cell_of
from tests.backend.api.test_reports import refused
from tests.factories import make_phone, make_report, make_ticket

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_reactions")]
BOX = "bbox=106.9,20.8,107.3,21.1"


def test_reports_and_their_tickets_keep_the_cell_of_their_place(province):
    ticket = make_ticket(province.pothole, province.ward)
    assert ticket.cell == Report.objects.get().cell == cell_of(20.95, 107.05)


def test_neighbours_are_those_within_a_hundred_metres_and_no_others(phone, province):
    metre = 1 / 110_700
    for metres in (20, 95, 105, 400):
        make_ticket(province.pothole, province.ward, at=(20.95 + metres * metre, 107.05))
    near = phone.get("/api/v1/reports/nearby?lat=20.95&lon=107.05&category=GT01").json()
    assert [each["distance_m"] for each in near["results"]] == [20, 95]


def test_zoomed_out_a_map_gets_clusters_and_zoomed_in_the_tickets(centre, province):
    for at in ((20.95, 107.05), (20.9501, 107.0501), (20.95, 107.15)):
        make_ticket(province.pothole, province.ward, at=at)
    near = centre.get(f"/api/v1/tickets?{BOX}&zoom=13").json()
    assert (len(near["results"]), near.get("clusters")) == (3, None)
    town = centre.get(f"/api/v1/tickets?{BOX}&zoom=12").json()
    assert town["results"] == []
    assert [each["count"] for each in town["clusters"]] == [2, 1]
    assert town["clusters"][0]["lat"] == pytest.approx(20.95, abs=0.01)
    country = centre.get(f"/api/v1/tickets?{BOX}&zoom=4").json()
    assert [each["count"] for each in country["clusters"]] == [3]


def test_clusters_count_what_the_viewer_may_see_and_the_filters_leave(centre, other_desk, province):
    make_ticket(province.pothole, province.ward)
    make_ticket(province.noise, province.other_ward)
    url = f"/api/v1/tickets?{BOX}&zoom=5"
    assert centre.get(url).json()["clusters"][0]["count"] == 2
    assert centre.get(f"{url}&category=GT02").json()["clusters"][0]["count"] == 1
    assert other_desk.get(url).json()["clusters"][0]["count"] == 1
    assert centre.get(f"{url}&status=closed").json()["clusters"] == []


@pytest.mark.parametrize("zoom", ["near", "-1", "99", "nan"])
def test_a_zoom_that_is_none_is_refused(centre, province, zoom):
    refused(centre.get(f"/api/v1/tickets?{BOX}&zoom={zoom}"), 400, "invalid_filter", "zoom")


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("ổ gà lớn", True),
        ("o ga lon", True),
        ("O GA", True),
        ("duong", True),
        ("Đường", True),
        ("ô gà", True),
        ("cây đổ", False),
        ("!!!", False),
    ],
)
def test_words_are_found_with_or_without_their_diacritics(centre, province, words, found):
    ticket = make_ticket(province.pothole, province.ward, text="Ổ gà lớn giữa đường")
    answer = centre.get("/api/v1/tickets", {"q": words}).json()
    assert [each["id"] for each in answer["results"]] == [str(ticket.id)] * found


def test_a_position_that_many_have_sent_before_is_doubtful(province, settings):
    settings.SHARED_PLACE_REPORTERS = 3
    same = make_phone()
    for _ in range(4):  # One person may report from one spot as often as there is cause.
        assert make_report(province.pothole, same).place_doubt == []
    for _ in range(2):
        assert make_report(province.pothole).place_doubt == []
    assert make_report(province.pothole).place_doubt == ["shared_place"]
    assert make_report(province.pothole, at=(20.9500001, 107.05)).place_doubt == []


def test_the_middle_of_the_map_is_doubtful_at_once(province, settings):
    settings.MAP_CENTER = [107.06, 20.96]
    assert make_report(province.pothole, at=(20.96, 107.06)).place_doubt == ["shared_place"]
    assert Ticket.objects.count() == 0


def test_a_place_is_found_by_its_name_as_it_is_typed(phone, province):
    answer = phone.get("/api/v1/areas/search?q=p mot").json()
    assert [(one["kind"], one["label_vi"]) for one in answer["results"]] == [("unit", "Phường Một")]
    assert answer["results"][0]["location"] == {"lat": 20.95, "lon": 107.05}
    assert phone.get("/api/v1/areas/search?q=").json() == {"results": []}
    for limit in ("999", "9" * 5000, "0", "x"):
        url = f"/api/v1/areas/search?q=a&limit={limit}"
        refused(phone.get(url), 400, "invalid", "limit")


def test_words_are_found_from_their_beginnings_and_in_their_order(centre, province):
    text = "Ổ gà lớn, sâu 1e5 mm trước số 12A"
    number = make_ticket(province.pothole, province.ward, text=text).report.report_no
    make_ticket(province.pothole, province.ward, text="Gà lớn ổ nhỏ")
    make_ticket(province.pothole, province.ward, text="…")
    for words, found in {
        "ổ gà": 1,
        "gà lớn": 2,
        "gà l": 2,
        "a lớn": 0,
        "12a": 1,
        "sâu 1e": 1,
        number[3:9]: 1,
        number.lower()[:-1]: 1,
        number[-4:]: 0,
        "'": 0,
    }.items():
        assert len(centre.get("/api/v1/tickets", {"q": words}).json()["results"]) == found, words


def test_words_so_common_that_an_index_does_not_help_are_found_all_the_same(
    centre, province, monkeypatch
):
    monkeypatch.setattr(selectors, "FEW", 1)
    for text in ("Ổ gà một", "Ổ gà hai", "Cây đổ"):
        make_ticket(province.pothole, province.ward, text=text)
    assert len(centre.get("/api/v1/tickets", {"q": "o ga"}).json()["results"]) == 2
    clustered = centre.get(f"/api/v1/tickets?{BOX}&zoom=5&q=o ga").json()["clusters"]
    assert [each["count"] for each in clustered] == [2]
