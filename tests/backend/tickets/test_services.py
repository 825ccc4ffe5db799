"""Every verb: what it changes, what it carries, what it refuses, and the one fact it records."""

from datetime import UTC, datetime, timedelta

import pytest

from backend import clock
from backend.accounts.models import Role
from backend.errors import Conflict, InvalidInput, InvalidTransition
from backend.events import log
from backend.tickets import services
from backend.tickets.lifecycle import Status
from backend.tickets.models import Note, Rating, Reply, Ticket
from tests.factories import (
    make_phone,
    make_report,
    make_staff,
    make_ticket,
    make_upload,
)

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 2, 5, tzinfo=UTC)


@pytest.fixture
def desk(province):
    return make_staff("lan", Role.DISPATCHER, province.ward)


@pytest.fixture
def leader(province):
    return make_staff("hoa", Role.AGENCY_LEADER, province.ward)


@pytest.fixture
def centre(province):
    return make_staff("minh", Role.OPERATIONS_CENTRE)


@pytest.fixture
def ticket(province):
    with clock.at(NOON):
        return make_ticket(province.pothole, province.ward)


@pytest.fixture
def accepted(ticket, desk):
    with clock.at(NOON + timedelta(minutes=10)):
        return services.accept_ticket(ticket_id=ticket.id, actor=desk, version=ticket.version)


def facts(sequence) -> list[str]:
    sequence()
    return [entry.type for entry in log.read(0)]


def last(sequence):
    sequence()
    return log.read(0)[-1]


def test_a_routed_ticket_has_its_agency_and_its_deadlines(ticket, province, sequence):
    assert (ticket.status, ticket.agency) == (Status.ROUTED, province.ward)
    assert ticket.ack_due_at == NOON + timedelta(minutes=60)
    assert ticket.resolve_due_at == ticket.first_resolve_due_at == NOON + timedelta(minutes=540)
    assert ticket.due_at == ticket.ack_due_at
    assert facts(sequence) == ["report.submitted", "ticket.opened", "ticket.routed"]


def test_accepting_makes_the_work_due_from_now_but_never_later_than_promised(accepted):
    assert accepted.status == Status.ACCEPTED
    assert accepted.resolve_due_at == NOON + timedelta(minutes=490)
    assert accepted.due_at == accepted.resolve_due_at


def test_of_two_who_accept_the_first_wins_and_the_second_is_shown_the_ticket(ticket, desk, leader):
    services.accept_ticket(ticket_id=ticket.id, actor=desk, version=ticket.version)
    with pytest.raises(Conflict) as refusal:
        services.accept_ticket(ticket_id=ticket.id, actor=leader, version=ticket.version)
    assert refusal.value.code == "version_conflict"
    assert refusal.value.context["ticket"].status == Status.ACCEPTED


def test_a_verb_in_the_wrong_status_is_refused_and_nothing_happens(ticket, desk, sequence):
    before = facts(sequence)
    with pytest.raises(InvalidTransition):
        services.start_ticket(ticket_id=ticket.id, actor=desk, version=ticket.version)
    assert facts(sequence) == before
    assert Ticket.objects.get().status == Status.ROUTED


def test_a_return_needs_a_reason_and_leaves_the_ticket_without_agency(ticket, desk, sequence):
    with pytest.raises(InvalidInput) as refusal:
        services.return_ticket(ticket_id=ticket.id, actor=desk, version=ticket.version, reason="  ")
    assert (refusal.value.code, refusal.value.field) == ("reason_needed", "reason")
    returned = services.return_ticket(
        ticket_id=ticket.id, actor=desk, version=ticket.version, reason="Đường tỉnh quản lý"
    )
    assert (returned.status, returned.agency) == (Status.RETURNED, None)
    entry = last(sequence)
    assert (entry.type, entry.event.from_agency) == ("ticket.returned", "UBND-10001")
    assert Note.objects.get(pk=entry.event.note_id).text == "Đường tỉnh quản lý"


def test_the_reason_itself_is_not_in_the_log(ticket, desk, sequence):
    services.return_ticket(
        ticket_id=ticket.id, actor=desk, version=ticket.version, reason="Gọi chị Hạnh"
    )
    assert "Hạnh" not in str(last(sequence).event.as_data())


def test_a_returned_ticket_is_rerouted_to_another_agency(ticket, desk, centre, province, sequence):
    services.return_ticket(ticket_id=ticket.id, actor=desk, version=2, reason="Không thuộc")
    services.reroute_ticket(ticket_id=ticket.id, agency="SXD", actor=centre, version=3, reason=None)
    ticket = Ticket.objects.get()
    assert (ticket.status, ticket.agency) == (Status.ROUTED, province.department)
    assert last(sequence).type == "ticket.rerouted"


def test_an_unknown_agency_is_refused(ticket, centre):
    with pytest.raises(InvalidInput, match="unknown_agency"):
        services.reroute_ticket(
            ticket_id=ticket.id, agency="XYZ", actor=centre, version=2, reason="x"
        )


def test_a_resolution_needs_a_note_and_a_photo(accepted, desk):
    given = {"ticket_id": accepted.id, "actor": desk, "version": accepted.version}
    with pytest.raises(InvalidInput, match="note_needed"):
        services.resolve_ticket(**given, note="", uploads=[make_upload(desk)])
    with pytest.raises(InvalidInput, match="photo_needed"):
        services.resolve_ticket(**given, note="Đã vá", uploads=[])
    assert Ticket.objects.get().photos.count() == 0


def test_a_resolution_tells_the_reporter_what_was_done(accepted, desk, sequence):
    services.resolve_ticket(
        ticket_id=accepted.id,
        actor=desk,
        version=accepted.version,
        note="Đã vá xong",
        uploads=[make_upload(desk)],
    )
    ticket = Ticket.objects.get()
    assert (ticket.status, ticket.due_at, ticket.photos.count()) == (Status.RESOLVED, None, 1)
    assert facts(sequence)[-2:] == ["ticket.resolved", "reply.published"]
    assert Reply.objects.get().text == "Đã vá xong"


def test_somebody_elses_photo_proves_nothing(accepted, desk):
    from media.errors import UnknownUpload

    with pytest.raises(UnknownUpload):
        services.resolve_ticket(
            ticket_id=accepted.id,
            actor=desk,
            version=accepted.version,
            note="Đã vá",
            uploads=[make_upload(make_phone())],
        )
    assert Ticket.objects.get().status == Status.ACCEPTED


def test_where_approval_is_needed_a_result_is_proposed_sent_back_and_approved(
    province, desk, leader, sequence
):
    ticket = make_ticket(province.noise, province.ward)
    services.accept_ticket(ticket_id=ticket.id, actor=desk, version=2)
    with pytest.raises(Conflict, match="approval_needed"):
        services.resolve_ticket(ticket_id=ticket.id, actor=desk, version=3, note="x", uploads=[])
    services.propose_resolution(
        ticket_id=ticket.id, actor=desk, version=3, note="Đã nhắc nhở", uploads=[]
    )
    assert Reply.objects.filter(published_at__isnull=False).count() == 0
    services.start_ticket(ticket_id=ticket.id, actor=leader, version=4, reason="Thiếu biên bản")
    services.propose_resolution(
        ticket_id=ticket.id, actor=desk, version=5, note="Đã lập biên bản", uploads=[]
    )
    services.approve_resolution(ticket_id=ticket.id, actor=leader, version=6)
    assert Ticket.objects.get().status == Status.RESOLVED
    assert [reply.text for reply in Reply.objects.filter(published_at__isnull=False)] == [
        "Đã lập biên bản"
    ]
    assert facts(sequence)[-2:] == ["ticket.approved", "reply.published"]


def test_a_rejection_shows_its_reason_to_the_reporter(province, centre):
    ticket = make_ticket(province.pothole, None)
    with pytest.raises(InvalidInput, match="reason_needed"):
        services.reject_ticket(ticket_id=ticket.id, actor=centre, version=1, reason=None)
    services.reject_ticket(
        ticket_id=ticket.id, actor=centre, version=1, reason="Ngoài địa bàn tỉnh"
    )
    assert Ticket.objects.get().status == Status.REJECTED
    assert Reply.objects.get().published_at is not None


def test_an_answer_to_a_question_brings_the_ticket_back_to_who_asked(accepted, desk, sequence):
    phone_report = accepted.report
    services.request_info(
        ticket_id=accepted.id, actor=desk, version=accepted.version, message="Số nhà nào?"
    )
    asked = Ticket.objects.get()
    assert (asked.status, asked.due_at) == (Status.NEED_INFO, None)
    services.give_info(report=phone_report, actor=make_phone(), text="Trước số 12", uploads=[])
    assert Ticket.objects.get().status == Status.ROUTED
    assert last(sequence).type == "ticket.info_given"


def test_an_extension_keeps_the_first_deadline(accepted, leader):
    first = accepted.first_resolve_due_at
    later = first + timedelta(days=2)
    with clock.at(NOON):
        with pytest.raises(InvalidInput, match="not_later"):
            services.extend_ticket(
                ticket_id=accepted.id, actor=leader, version=3, due_at=first, reason="Mưa"
            )
        services.extend_ticket(
            ticket_id=accepted.id, actor=leader, version=3, due_at=later, reason="Mưa"
        )
    ticket = Ticket.objects.get()
    assert (ticket.resolve_due_at, ticket.first_resolve_due_at) == (later, first)


def test_a_merge_moves_the_reports_and_says_where(province, ticket, centre, sequence):
    other = make_ticket(province.pothole, province.ward)
    services.merge_ticket(ticket_id=other.id, actor=centre, version=other.version, into=ticket.id)
    other.refresh_from_db()
    assert (other.status, other.merged_into_id) == (Status.MERGED, ticket.id)
    assert ticket.report_links.count() == 2
    assert facts(sequence)[-2:] == ["ticket.merged", "ticket.merged"]


def test_a_ticket_cannot_be_merged_into_itself_or_a_finished_one(ticket, centre, province):
    with pytest.raises(InvalidInput, match="unknown_ticket"):
        services.merge_ticket(ticket_id=ticket.id, actor=centre, version=2, into=ticket.id)
    done = make_ticket(province.pothole, None)
    services.reject_ticket(ticket_id=done.id, actor=centre, version=1, reason="x")
    with pytest.raises(InvalidInput, match="ticket_finished"):
        services.merge_ticket(ticket_id=ticket.id, actor=centre, version=2, into=done.id)


def test_a_split_gives_a_report_its_own_ticket_again(province, ticket, centre):
    report = make_report(province.pothole)
    services.join_ticket(ticket_id=ticket.id, report_id=report.id, actor=centre)
    services.split_ticket(ticket_id=ticket.id, actor=centre, version=3, reports=[report.report_no])
    report.refresh_from_db()
    assert report.ticket_link.ticket_id != ticket.id
    assert report.ticket_link.ticket.agency == province.ward
    with pytest.raises(InvalidInput, match="unknown_reports"):
        services.split_ticket(
            ticket_id=ticket.id, actor=centre, version=4, reports=[ticket.report.report_no]
        )


def test_a_result_can_be_reopened_within_the_window_and_not_after(accepted, desk, centre):
    with clock.at(NOON + timedelta(hours=2)):
        services.resolve_ticket(
            ticket_id=accepted.id, actor=desk, version=3, note="Xong", uploads=[make_upload(desk)]
        )
    with clock.at(NOON + timedelta(days=16)), pytest.raises(Conflict, match="reopen_window_over"):
        services.reopen_ticket(ticket_id=accepted.id, actor=centre, version=4, reason="Lại hỏng")
    with clock.at(NOON + timedelta(days=14)):
        services.reopen_ticket(ticket_id=accepted.id, actor=centre, version=4, reason="Lại hỏng")
    ticket = Ticket.objects.get()
    assert ticket.status == Status.ROUTED
    assert ticket.ack_due_at == NOON + timedelta(days=14, minutes=60)


def test_a_rating_is_one_a_report_and_the_later_counts(accepted, desk):
    phone = make_phone()
    services.resolve_ticket(
        ticket_id=accepted.id, actor=desk, version=3, note="Xong", uploads=[make_upload(desk)]
    )
    for score in ("unsatisfied", "satisfied"):
        services.rate_ticket(report=accepted.report, actor=phone, score=score)
    assert Rating.objects.get().score == "satisfied"


def test_the_last_report_that_is_withdrawn_takes_its_ticket_along(ticket, sequence):
    services.withdraw_report(report=ticket.report, actor=make_phone())
    assert Ticket.objects.get().status == Status.WITHDRAWN
    assert facts(sequence)[-2:] == ["report.withdrawn", "ticket.withdrawn"]


def test_a_report_that_is_worked_on_cannot_be_withdrawn(accepted, sequence):
    before = facts(sequence)
    with pytest.raises(Conflict, match="too_late_to_withdraw"):
        services.withdraw_report(report=accepted.report, actor=make_phone())
    assert facts(sequence) == before


def test_a_comment_leaves_the_version_alone(accepted, desk):
    services.comment_on_ticket(ticket_id=accepted.id, actor=desk, message="Chờ vật tư")
    assert Ticket.objects.get().version == accepted.version


def test_an_assignee_works_in_the_agency_that_has_the_ticket(accepted, desk, province):
    make_staff("xa", Role.DISPATCHER, province.other_ward)
    given = {"ticket_id": accepted.id, "actor": desk, "version": accepted.version}
    with pytest.raises(InvalidInput, match="unknown_assignee"):
        services.assign_ticket(**given, assignee="xa")
    services.assign_ticket(**given, assignee="lan")
    assert Ticket.objects.get().assignee == desk.user


def test_overdue_and_due_soon_follow_the_clock(ticket):
    moments = {5: (False, False), 50: (True, False), 61: (False, True)}
    for minutes, flags in moments.items():
        with clock.at(NOON + timedelta(minutes=minutes)):
            assert (ticket.due_soon, ticket.overdue) == flags
