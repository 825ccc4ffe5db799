"""Likely duplicates are proposed to who may see both; merging and splitting keep all figures."""

from datetime import UTC, datetime, timedelta

import pytest

from backend import clock
from backend.accounts.models import Role
from backend.tickets import duplicates, services
from backend.tickets.models import Ticket
from media.models import Upload
from tests.backend.api.test_reports import refused
from tests.factories import Province, make_phone, make_staff, make_ticket, make_upload

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_reactions")]
NOON = datetime(2025, 9, 1, 5, tzinfo=UTC)  # noon in Viet Nam


@pytest.fixture
def ticket(province):
    return make_ticket(province.pothole, province.ward)


def url(ticket: Ticket) -> str:
    return f"/api/v1/tickets/{ticket.pk}/duplicates"


def proposed(client, ticket) -> list[tuple[str, float]]:
    results = client.get(url(ticket)).json()["results"]
    return [(each["ticket"], each["score"]) for each in results]


def test_the_likeliest_come_first_with_what_speaks_for_them(province, ticket, desk):
    alike = make_ticket(province.pothole, province.ward)
    other = make_ticket(province.noise, province.ward, text="Nhạc to suốt đêm không ai ngủ được")
    assert proposed(desk, ticket) == [(str(alike.pk), 1.0), (str(other.pk), 0.6)]
    shown = desk.get(url(ticket)).json()["results"][0]
    assert shown["report_no"] == alike.report.report_no
    assert [reason["code"] for reason in shown["reasons"]] == [
        *("near", "same_category", "words", "same_time")
    ]
    alike.refresh_from_db()
    assert (alike.status, alike.merged_into_id) == ("routed", None)  # by a person alone


def test_what_is_far_old_finished_or_restricted_is_not_proposed(province, ticket, centre):
    make_ticket(province.pothole, province.ward, at=(20.955, 107.05))  # 550 m
    with clock.at(clock.now() - timedelta(days=40)):
        make_ticket(province.pothole, province.ward)
    done = make_ticket(province.pothole, None)
    minh = make_staff("nga", Role.OPERATIONS_CENTRE)
    services.reject_ticket(ticket_id=done.pk, actor=minh, version=1, reason="Đùa")
    make_ticket(province.secret, province.ward)
    assert proposed(centre, ticket) == []


def test_nobody_is_shown_a_ticket_that_is_not_theirs(province, ticket, desk, other_desk, centre):
    others = make_ticket(province.pothole, province.other_ward)
    assert proposed(desk, ticket) == []
    assert proposed(centre, ticket) == [(str(others.pk), 1.0)]
    refused(other_desk.get(url(ticket)), 404, "ticket_not_found")


def test_a_finished_ticket_has_no_duplicates_to_merge(province, ticket, centre):
    make_ticket(province.pothole, province.ward)
    minh = make_staff("nga", Role.OPERATIONS_CENTRE)
    services.reject_ticket(ticket_id=ticket.pk, actor=minh, version=2, reason="Đùa")
    assert proposed(centre, ticket) == []


def test_a_photo_sent_twice_is_found_in_another_category(province, centre):
    phones = [make_phone(), make_phone()]
    photos = [make_upload(phone) for phone in phones]
    Upload.objects.filter(pk__in=photos).update(likeness="0f0f0f0f0f0f0f0f")
    one = make_ticket(province.pothole, province.ward, phones[0], uploads=[photos[0]])
    lat, lon = Province.inside
    other = make_ticket(
        province.noise,
        province.ward,
        phones[1],
        uploads=[photos[1]],
        at=(lat + 0.0012, lon),  # 130 m
        text="Nhạc to suốt đêm không ai ngủ được",
    )
    [(found, score)] = proposed(centre, one)
    assert (found, round(score, 2)) == (str(other.pk), 0.88)
    shown = centre.get(url(one)).json()["results"][0]
    assert shown["reasons"][0] == {"code": "photo", "bits": 0}


def test_so_many_are_looked_at_and_no_more(
    province, ticket, centre, monkeypatch, django_assert_max_num_queries
):
    monkeypatch.setattr(duplicates, "MOST_LOOKED_AT", 3)
    monkeypatch.setattr(duplicates, "MOST_PROPOSED", 2)
    for _turn in range(6):
        make_ticket(province.pothole, province.ward)
    with django_assert_max_num_queries(14):
        assert len(proposed(centre, ticket)) == 2


NAMES = ("today", "open", "unaccepted", "overdue", "emergencies")


def figures(client) -> dict[str, int]:
    shown = client.get("/api/v1/figures/now").json()
    return {name: shown[name] for name in NAMES}


def test_merging_and_splitting_leave_every_figure_right(province, centre):
    minh = make_staff("nga", Role.OPERATIONS_CENTRE)
    with clock.at(NOON):
        kept, going = (make_ticket(province.pothole, province.ward) for _turn in range(2))
        make_ticket(province.pothole, province.ward, text="Chuyện khác")
    with clock.at(NOON + timedelta(minutes=90)):  # all past the 60 minutes to acknowledge
        before = figures(centre)
        assert before == {"today": 3, "open": 3, "unaccepted": 3, "overdue": 3, "emergencies": 0}
        services.merge_ticket(ticket_id=going.pk, actor=minh, version=2, into=kept.pk)
        merged = figures(centre)
        assert merged == {"today": 2, "open": 2, "unaccepted": 2, "overdue": 2, "emergencies": 0}
        number = going.report.report_no
        services.split_ticket(ticket_id=kept.pk, actor=minh, version=3, reports=[number])
        assert figures(centre) == before


def test_what_is_split_from_acknowledged_work_is_to_be_acknowledged_anew(province, centre):
    minh = make_staff("nga", Role.OPERATIONS_CENTRE)
    lan = make_staff("lan", Role.DISPATCHER, province.ward)
    with clock.at(NOON):
        kept, going = (make_ticket(province.pothole, province.ward) for _turn in range(2))
        services.merge_ticket(ticket_id=going.pk, actor=minh, version=2, into=kept.pk)
        services.accept_ticket(ticket_id=kept.pk, actor=lan, version=3)
    later = NOON + timedelta(minutes=90)
    with clock.at(later):
        number = going.report.report_no
        services.split_ticket(ticket_id=kept.pk, actor=minh, version=4, reports=[number])
        assert figures(centre) == {
            "today": 2,
            "open": 2,
            "unaccepted": 1,
            "overdue": 0,
            "emergencies": 0,
        }
    new = Ticket.objects.exclude(pk__in=[kept.pk, going.pk]).get()
    assert new.due_at == later + timedelta(minutes=60)
    going.refresh_from_db()
    assert going.due_at is None
    assert new.resolve_due_at == NOON + timedelta(minutes=480)  # as promised


def test_what_takes_in_a_restricted_report_is_restricted(province):
    minh = make_staff("nga", Role.OPERATIONS_CENTRE)
    kept = make_ticket(province.pothole, province.ward)
    secret = make_ticket(province.secret, province.ward)
    services.merge_ticket(ticket_id=secret.pk, actor=minh, version=2, into=kept.pk)
    kept.refresh_from_db()
    assert kept.restricted is True
