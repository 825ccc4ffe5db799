"""What anyone may see of the province's work: asked as a stranger would, and as a snoop would."""

import json
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from django.core.files.base import ContentFile

from backend import clock
from backend.accounts.models import Role
from backend.api.public import TOLD_TO_ALL
from backend.catalogue.models import Category, Sector
from backend.events import log
from backend.tickets import services
from backend.tickets.models import Ticket
from backend.tickets.services.photos import release_photo, withhold_photo
from media.developing import develop_here
from media.models import Upload
from media.services import keep_upload
from realtime.audiences import PUBLIC_HEARS
from tests.backend.api.conftest import APIClient
from tests.backend.api.test_reports import refused
from tests.factories import make_category, make_phone, make_staff, make_ticket
from tests.media.pictures import photo

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_reactions")]
URL = "/api/v1/public/tickets"
MORNING = datetime(2026, 3, 26, 1, 0, tzinfo=UTC)
WORDS = {
    "text": "Nhà bà Tư số 12, gọi 0912 345 678",
    "contact": {"name": "Trần Văn Kín", "phone": "0912345678"},
    "consents": [("contact", "1")],
    "accuracy_m": 7.0,
}


@pytest.fixture
def ways(province):
    """Lan of the ward's desk, Hoa who leads it, Minh of the centre."""
    return (
        make_staff("lan", Role.DISPATCHER, province.ward),
        make_staff("hoa", Role.AGENCY_LEADER, province.ward),
        make_staff("minh", Role.OPERATIONS_CENTRE),
    )


def sent_photo(owner) -> Upload:
    upload = keep_upload(file=ContentFile(photo(), "a.jpg"), owner=owner.key)[0]
    return develop_here(upload)


def told(sequence) -> None:
    sequence()


def ids(answer) -> set[str]:
    return {each["id"] for each in answer.json()["results"]}


def test_a_ticket_tells_its_steps_its_agency_and_which_deadlines_were_kept(
    province, ways, sequence
):
    lan, _hoa, _minh = ways
    with clock.at(MORNING):
        ticket = make_ticket(province.pothole, province.ward, **WORDS)
    with clock.at(MORNING + timedelta(minutes=30)):
        ticket = services.accept_ticket(ticket_id=ticket.pk, actor=lan, version=ticket.version)
        services.comment_on_ticket(ticket_id=ticket.pk, actor=lan, message="Bà Tư khó tính")
    late = ticket.first_resolve_due_at + timedelta(hours=1)
    with clock.at(late):
        services.resolve_ticket(
            ticket_id=ticket.pk,
            actor=lan,
            version=ticket.version,
            note="Đã vá cho bà Tư",
            uploads=[sent_photo(lan).pk],
        )
        told(sequence)
        answer = APIClient().get(f"{URL}/{ticket.pk}")
    shown = answer.json()
    assert answer["Feed-Position"] == str(log.head())
    assert (shown["status"], shown["agency"]) == ("resolved", "UBND-10001")
    assert (shown["ack_kept"], shown["resolve_kept"]) == (True, False)
    steps = [(step["type"], step["status"], step["agency"]) for step in shown["timeline"]]
    assert steps == [  # opened it was not public yet; a comment is nobody else's
        ("ticket.routed", "routed", "UBND-10001"),
        ("ticket.accepted", "accepted", "UBND-10001"),
        ("ticket.resolved", "resolved", "UBND-10001"),
    ]
    assert set(shown["timeline"][0]) == {"at", "type", "status", "agency"}


def test_deadlines_that_still_run_are_neither_kept_nor_missed(province):
    with clock.at(MORNING):
        ticket = make_ticket(province.pothole, province.ward)
        shown = APIClient().get(f"{URL}/{ticket.pk}").json()
        assert (shown["ack_kept"], shown["resolve_kept"], shown["overdue"]) == (None, None, False)
    with clock.at(ticket.ack_due_at + timedelta(minutes=1)):
        shown = APIClient().get(f"{URL}/{ticket.pk}").json()
        assert (shown["ack_kept"], shown["resolve_kept"], shown["overdue"]) == (False, None, True)


def test_nothing_of_the_reporter_is_in_any_public_answer(province, ways, sequence):
    lan, hoa, _minh = ways
    phone = make_phone()
    mine = sent_photo(phone)
    ticket = make_ticket(province.pothole, province.ward, phone, uploads=[mine.pk], **WORDS)
    services.comment_on_ticket(ticket_id=ticket.pk, actor=lan, message="Bà Tư khó tính")
    services.accept_ticket(ticket_id=ticket.pk, actor=lan, version=ticket.version)
    told(sequence)
    said = "".join(
        json.dumps(APIClient().get(url).json(), ensure_ascii=False)
        for url in (URL, f"{URL}/{ticket.pk}", "/api/v1/public/figures")
    )
    for secret in (
        "bà Tư", "Bà Tư", "0912", "Kín", "lan", ticket.report.report_no, str(ticket.report_id),
        phone.key.partition(":")[2], str(mine.pk), mine.sha256, "accuracy_m",
    ):  # fmt: skip
        assert secret not in said, secret
    release_photo(ticket_id=ticket.pk, upload_id=mine.pk, actor=hoa)
    [shown] = APIClient().get(f"{URL}/{ticket.pk}").json()["photos"]
    assert set(shown) == {
        "id", "kind", "state", "refusal", "width", "height", "view_url", "thumb_url"
    }  # fmt: skip


def test_words_people_and_numbers_cannot_be_searched_for(province):
    ticket = make_ticket(province.pothole, province.ward, **WORDS)
    everything = ids(APIClient().get(URL))
    for query in ("q=khong-co", "assignee=khong-co", "report_no=QN", "restricted=true"):
        assert ids(APIClient().get(f"{URL}?{query}")) == everything == {str(ticket.pk)}


@pytest.mark.parametrize("far", [0.0, 0.00004])
def test_a_box_finds_a_place_no_finer_than_it_is_shown(province, far):
    ticket = make_ticket(province.pothole, province.ward, at=(20.95 + far, 107.05 + far))
    shown = APIClient().get(f"{URL}/{ticket.pk}").json()["location"]
    assert (shown["lat"], shown["lon"]) == (20.95, 107.05)
    for size in (0.0, 0.00001, 0.00003, 0.00006):
        box = f"{107.05 - size},{20.95 - size},{107.05 + size},{20.95 + size}"
        assert ids(APIClient().get(f"{URL}?bbox={box}")) == {str(ticket.pk)}
    beside = f"{107.05001},{20.9},{107.2},{21.0}"
    assert ids(APIClient().get(f"{URL}?bbox={beside}")) == set()


def test_what_is_hidden_is_not_there_by_its_id_either(province, ways):
    lan, _hoa, minh = ways
    seen = make_ticket(province.pothole, province.ward)
    child = make_category("TE01", province.pothole.sector, child=True, restricted=True)
    gone = make_ticket(province.pothole, province.ward)
    services.merge_ticket(ticket_id=gone.pk, actor=minh, version=gone.version, into=seen.pk)
    asked = make_ticket(province.pothole, province.ward)
    asked = services.accept_ticket(ticket_id=asked.pk, actor=lan, version=asked.version)
    services.request_info(ticket_id=asked.pk, actor=lan, version=asked.version, message="Ở đâu?")
    hidden = [
        make_ticket(province.secret, province.ward),
        make_ticket(child, province.ward),
        make_ticket(province.noise, None),
        gone,
        asked,
    ]
    for ticket in hidden:
        refused(APIClient().get(f"{URL}/{ticket.pk}"), 404, "ticket_not_found")
    assert ids(APIClient().get(URL)) == {str(seen.pk)}
    assert APIClient().get("/api/v1/public/figures").json()["total"] == 1


def test_filters_leave_a_sector_and_a_ward_in_list_figures_and_clusters(province):
    here = make_ticket(province.pothole, province.ward)
    make_ticket(province.pothole, province.other_ward, at=(20.95, 107.15))
    Sector.objects.create(code="MT", name_vi="Môi trường", name_en="Environment")
    for query, count in (("area=10001", 1), ("sector=GT", 2), ("sector=MT", 0), ("status=open", 2)):
        assert len(ids(APIClient().get(f"{URL}?{query}"))) == count
        assert APIClient().get(f"/api/v1/public/figures?{query}").json()["open"] == count
    assert ids(APIClient().get(f"{URL}?area=10001")) == {str(here.pk)}
    refused(APIClient().get(f"{URL}?status=xong"), 400, "invalid_filter")
    far_out = APIClient().get(f"{URL}?bbox=106,20,108,22&zoom=7").json()
    assert (far_out["results"], sum(one["count"] for one in far_out["clusters"])) == ([], 2)


@pytest.mark.parametrize(
    "query",
    ["area=%00", "sector=%00", "agency=%ff", "bbox=nan,nan,nan,nan", "bbox=1e400,0,0,0",
     "bbox=1,2,3,4&zoom=nan", "cursor=%00", "since=%00", "limit=-1", "overdue=maybe"],
)  # fmt: skip
def test_nonsense_is_refused_or_finds_nothing(province, query):
    make_ticket(province.pothole, province.ward)
    answer = APIClient().get(f"{URL}?{query}")
    assert answer.status_code in (200, 400), answer.content
    if answer.status_code == 400:
        assert answer.json()["code"].startswith("invalid_")


@pytest.mark.parametrize("fate", ["withheld", "merged", "restricted", "child"])
def test_a_public_link_dies_with_what_made_it_public(province, ways, fate):
    _lan, hoa, minh = ways
    phone = make_phone()
    upload = sent_photo(phone)
    ticket = make_ticket(province.pothole, province.ward, phone, uploads=[upload.pk])
    release_photo(ticket_id=ticket.pk, upload_id=upload.pk, actor=hoa)
    [shown] = APIClient().get(f"{URL}/{ticket.pk}").json()["photos"]
    link = shown["view_url"]
    assert APIClient().get(link).status_code == 200
    match fate:
        case "withheld":
            withhold_photo(ticket_id=ticket.pk, upload_id=upload.pk, actor=hoa)
        case "merged":
            secret = make_ticket(province.secret, province.ward)
            services.merge_ticket(
                ticket_id=ticket.pk, actor=minh, version=ticket.version, into=secret.pk
            )
        case "restricted":
            Ticket.objects.filter(pk=ticket.pk).update(restricted=True)
        case "child":
            of_child = Category.objects.filter(pk=province.pothole.pk)
            of_child.update(child=True, restricted=True)
    refused(APIClient().get(link), 404, "not_found")
    refused(APIClient().get(shown["thumb_url"]), 404, "not_found")


def test_what_the_page_tells_the_feed_tells_too():
    assert TOLD_TO_ALL <= PUBLIC_HEARS


@pytest.mark.parametrize("path", ["tickets", f"tickets/{UUID(int=1)}", "figures"])
def test_a_stranger_reads_only_so_often_and_is_told_when_to_come_back(province, settings, path):
    settings.THROTTLE_RATES = settings.THROTTLE_RATES | {"public": "2/min"}
    stranger = APIClient()
    answers = [stranger.get(f"/api/v1/public/{path}") for _turn in range(3)]
    assert [answer.status_code == 429 for answer in answers] == [False, False, True]
    refused(answers[2], 429, "too_many_requests")
    assert answers[2]["Retry-After"] in ("60", "61")  # whole seconds, rounded up
