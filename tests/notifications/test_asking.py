"""Four weeks after a result that nobody rated: one question."""

from datetime import UTC, datetime, timedelta

import pytest

from backend import clock
from backend.reports.models import Report
from backend.tickets import services
from notifications.asking import ask_if_fixed
from notifications.choices import choose
from notifications.models import Asked, Notification
from tests.factories import make_ticket, make_upload

pytestmark = pytest.mark.django_db
DONE = datetime(2026, 3, 2, 5, tzinfo=UTC)  # noon in the province
WEEKS = timedelta(weeks=4)


@pytest.fixture
def resolved(province, phone, desk):
    with clock.at(DONE):
        ticket = make_ticket(province.pothole, province.ward, phone)
        ticket = services.accept_ticket(ticket_id=ticket.id, actor=desk, version=ticket.version)
        return services.resolve_ticket(
            ticket_id=ticket.id,
            actor=desk,
            version=ticket.version,
            note="Đã vá",
            uploads=[make_upload(desk)],
        )


def asked_at(moment, hear) -> int:
    with clock.at(moment):
        count = ask_if_fixed()
        hear()
    return count


def questions() -> list[str]:
    rows = Notification.objects.filter(kind="notification.asked", transport="inbox")
    return list(rows.values_list("body", flat=True))


def test_it_is_asked_once_after_four_weeks_in_daytime(resolved, hear):
    number = resolved.report.report_no
    assert asked_at(DONE + WEEKS - timedelta(seconds=1), hear) == 0
    assert asked_at(DONE + WEEKS + timedelta(hours=10), hear) == 0  # ten in the evening
    assert asked_at(DONE + WEEKS, hear) == 1
    assert asked_at(DONE + WEEKS + timedelta(days=1), hear) == 0
    assert questions() == [f"Phản ánh {number} đã xử lý bốn tuần trước. Nay đã ổn chưa?"]
    [row] = Notification.objects.filter(kind="notification.asked")
    assert (row.topic, row.relation, row.report_no) == ("survey", "reporter", number)


def test_who_rated_is_not_asked(resolved, phone, hear):
    services.rate_ticket(report=resolved.report, actor=phone, score="satisfied", comment="")
    assert asked_at(DONE + WEEKS, hear) == 0


def test_who_wants_no_question_gets_none(resolved, phone, hear):
    choose(person=phone.key, topic="survey", channels=[])
    assert asked_at(DONE + WEEKS, hear) == 1
    assert questions() == []


def test_what_was_taken_up_again_or_was_a_drill_or_is_long_ago_is_not_asked_about(
    resolved, desk, hear
):
    assert asked_at(DONE + timedelta(weeks=5, seconds=1), hear) == 0
    Report.objects.update(drill=True)
    assert asked_at(DONE + WEEKS, hear) == 0
    Report.objects.update(drill=False)
    with clock.at(DONE + timedelta(days=1)):
        services.reopen_ticket(
            ticket_id=resolved.id, actor=desk, version=resolved.version, reason="Lại hỏng"
        )
    assert asked_at(DONE + WEEKS, hear) == 0
    assert Asked.objects.count() == 0


def test_who_rates_before_the_question_is_planned_does_not_get_it(resolved, phone, hear):
    with clock.at(DONE + WEEKS):
        assert ask_if_fixed() == 1
    services.rate_ticket(report=resolved.report, actor=phone, score="satisfied", comment="")
    with clock.at(DONE + WEEKS):
        hear()
    assert questions() == []
