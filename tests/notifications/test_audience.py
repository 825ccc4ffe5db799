"""Who hears of a ticket besides its reporters: subscribers, leaders, the centre."""

from dataclasses import replace

import pytest

from backend.accounts.models import Role
from backend.events import log
from backend.reports.services import submit_report
from backend.tickets import services
from backend.tickets.events import TicketEscalated
from backend.tickets.models import Ticket
from notifications.choices import subscribe
from notifications.links import link_to, path_to
from notifications.models import Notification, Subscription
from notifications.policies import audience_of
from tests.factories import (
    ROUTER,
    a_draft,
    make_phone,
    make_report,
    make_staff,
    make_ticket,
    make_upload,
    open_for,
)
from tests.notifications.rows import plan_row

pytestmark = pytest.mark.django_db


def told(person, transport="inbox") -> list[tuple[str, str]]:
    rows = Notification.objects.filter(person=person.key, transport=transport).order_by("position")
    return list(rows.values_list("kind", "relation"))


def resolve(ticket, desk):
    ticket = services.accept_ticket(ticket_id=ticket.id, actor=desk, version=ticket.version)
    return services.resolve_ticket(
        ticket_id=ticket.id,
        actor=desk,
        version=ticket.version,
        note="Đã vá",
        uploads=[make_upload(desk)],
    )


def test_a_neighbour_hears_of_new_tickets_within_the_radius_and_how_they_end(province, desk, hear):
    near, far = make_phone(), make_phone()
    lat, lon = province.inside
    metre = 1 / 111_000  # degrees of latitude, nearly
    subscribe(person=near.key, lat=lat + 990 * metre, lon=lon, radius_m=1_000)
    subscribe(person=far.key, lat=lat + 1_010 * metre, lon=lon, radius_m=1_000)
    resolve(make_ticket(province.pothole, province.ward), desk)
    hear()
    assert told(near) == [("ticket.routed", "area"), ("ticket.resolved", "area")]
    assert told(far) == []


def test_a_ward_may_be_followed_by_sector_and_without_updates(province, desk, hear):
    everything, other_sector, new_only, other_ward = (make_phone() for _ in range(4))
    subscribe(person=everything.key, area_code="10001", sectors=["GT"])
    subscribe(person=other_sector.key, area_code="10001", sectors=["MT"])
    subscribe(person=new_only.key, area_code="10001", updates=False)
    subscribe(person=other_ward.key, area_code="10002")
    resolve(make_ticket(province.pothole, province.ward), desk)
    hear()
    assert told(everything) == [("ticket.routed", "area"), ("ticket.resolved", "area")]
    assert told(new_only) == [("ticket.routed", "area")]
    assert told(other_sector) == told(other_ward) == []


def test_a_follower_of_a_ticket_hears_its_steps_once_even_living_there(province, desk, hear):
    phone = make_phone()
    ticket = make_ticket(province.pothole, province.ward)
    subscribe(person=phone.key, ticket=ticket)
    subscribe(person=phone.key, area_code="10001")
    resolve(ticket, desk)
    hear()
    assert told(phone) == [
        ("ticket.routed", "follower"),
        ("ticket.accepted", "follower"),
        ("ticket.resolved", "follower"),
    ]


def test_who_followed_an_emptied_ticket_follows_the_one_that_has_its_reports(province, desk, hear):
    both, old, actor = make_phone(), make_phone(), make_staff("hai", Role.DISPATCHER, province.ward)
    emptied = make_ticket(province.pothole, province.ward)
    into = make_ticket(province.pothole, province.ward)
    for person in (both, old, actor):
        subscribe(person=person.key, ticket=emptied)
    subscribe(person=both.key, ticket=into)
    hear()
    services.merge_ticket(ticket_id=emptied.id, actor=actor, version=emptied.version, into=into.id)
    into.refresh_from_db()
    resolve(into, desk)
    hear()
    assert set(Subscription.objects.values_list("person", "ticket")) == {
        (person.key, into.pk) for person in (both, old, actor)
    }
    steps = Notification.objects.filter(person=old.key, transport="inbox").order_by("position")
    numbers = [(row.kind, row.report_no) for row in steps]
    assert numbers == [
        ("ticket.routed", emptied.report.report_no),
        ("ticket.merged", emptied.report.report_no),
        ("ticket.accepted", into.report.report_no),
        ("ticket.resolved", into.report.report_no),
    ]
    merged = steps.get(kind="ticket.merged")
    assert path_to(merged) == f"/public#/t/{into.pk}"
    kinds = Notification.objects.filter(person=both.key, transport="inbox").order_by("position")
    assert list(kinds.values_list("kind", flat=True)).count("ticket.resolved") == 1
    assert not Notification.objects.filter(person=actor.key, kind="ticket.merged").exists()


def test_who_has_a_report_in_the_other_hears_of_the_merge_once_at_most(province, phone, desk, hear):
    emptied = make_ticket(province.pothole, province.ward)
    into = make_ticket(province.pothole, province.ward, phone)
    subscribe(person=phone.key, ticket=emptied)
    services.merge_ticket(ticket_id=emptied.id, actor=desk, version=emptied.version, into=into.id)
    hear()
    assert ("ticket.merged", "follower") not in told(phone)


def test_a_merge_into_what_is_confidential_is_not_told_to_followers(province, phone, desk, hear):
    emptied = make_ticket(province.pothole, province.ward)
    into = make_ticket(province.pothole, province.ward)
    subscribe(person=phone.key, ticket=emptied)
    hear()
    services.merge_ticket(ticket_id=emptied.id, actor=desk, version=emptied.version, into=into.id)
    Ticket.objects.filter(pk=into.pk).update(restricted=True)
    hear()
    assert told(phone) == [("ticket.routed", "follower")]


@pytest.mark.parametrize("relation", ["follower", "area"])
def test_who_looks_on_is_led_to_the_page_for_everyone_and_from_a_sum_to_the_inbox(
    province, phone, relation
):
    ticket = make_ticket(province.pothole, province.ward)
    row = plan_row(phone, relation=relation, ticket=ticket, transport="fcm")
    assert link_to(row) == f"http://localhost:8000/public#/t/{ticket.pk}"
    row.report_no = ""
    assert link_to(row) == "http://localhost:8000/#/inbox"


def test_the_reporter_hears_as_reporter_whatever_else_they_follow(province, phone, hear):
    subscribe(person=phone.key, area_code="10001")
    make_ticket(province.pothole, province.ward, phone)
    hear()
    assert told(phone) == [("ticket.routed", "reporter")]


def test_nobody_follows_what_is_confidential(province, hear):
    phone = make_phone()
    subscribe(person=phone.key, area_code="10001")
    ticket = make_ticket(province.secret, province.ward)
    subscribe(person=phone.key, ticket=ticket)
    hear()
    assert told(phone) == []


def test_the_centre_finds_a_returned_ticket_in_its_inbox(province, desk, centre, hear):
    ticket = make_ticket(province.pothole, province.ward)
    services.return_ticket(
        ticket_id=ticket.id, actor=desk, version=ticket.version, reason="Không thuộc địa bàn"
    )
    hear()
    [row] = Notification.objects.filter(person=centre.key)
    number = ticket.report.report_no
    assert (row.transport, row.title) == ("inbox", "Trả lại")
    assert row.body == f"Đơn vị trả lại phản ánh {number}; cần chọn đơn vị khác."


def test_a_leader_hears_that_an_order_was_carried_out(province, desk, hear):
    leader = make_staff("hai", Role.PROVINCIAL_LEADER)
    ticket = make_ticket(province.pothole, province.ward)
    ticket = services.direct_ticket(
        ticket_id=ticket.id, actor=leader, version=ticket.version, message="Làm gấp"
    )
    resolve(ticket, desk)
    hear()
    assert told(leader) == [("ticket.resolved", "leader")]


def test_a_drill_is_told_to_nobody(province, phone, desk, hear):
    report, _new = submit_report(draft=a_draft(province.pothole), principal=desk, drill=True)
    open_for(report, province.ward)
    hear()
    assert Notification.objects.count() == 0


def test_who_joined_a_drill_unknowingly_is_told_what_becomes_of_it(province, phone, desk, hear):
    drill, _new = submit_report(draft=a_draft(province.pothole), principal=desk, drill=True)
    ticket = open_for(drill, province.ward)
    joined = make_report(province.pothole, phone)
    hear()
    services.join_ticket(ticket_id=ticket.id, report_id=joined.pk, actor=ROUTER)
    ticket.refresh_from_db()
    resolve(ticket, desk)
    hear()
    assert told(phone)[-1] == ("ticket.resolved", "reporter")


def test_supporting_desks_hear_the_talk_only(province, desk, hear):
    helper = make_staff("binh", Role.DISPATCHER, province.department)
    ticket = make_ticket(province.pothole, province.ward)
    ticket.supporting.add(province.department)
    services.comment_on_ticket(ticket_id=ticket.id, actor=desk, message="Cần thêm xe")
    hear()
    assert told(helper) == [("ticket.commented", "staff")]


def test_who_joined_hears_with_the_others(province, phone, desk, hear):
    ticket = make_ticket(province.pothole, province.ward, phone)
    joiner = make_phone()
    report = make_report(province.pothole, joiner)
    services.join_ticket(ticket_id=ticket.id, report_id=report.pk, actor=ROUTER)
    ticket.refresh_from_db()
    resolve(ticket, desk)
    hear()
    assert told(joiner)[-1] == told(phone)[-1] == ("ticket.resolved", "reporter")


def test_who_withdrew_hears_no_more(province, phone, desk, hear):
    ticket = make_ticket(province.pothole, province.ward, phone)
    gone = make_phone()
    report = make_report(province.pothole, gone)
    services.join_ticket(ticket_id=ticket.id, report_id=report.pk, actor=ROUTER)
    services.withdraw_report(report=report, actor=gone)
    ticket.refresh_from_db()
    services.accept_ticket(ticket_id=ticket.id, actor=desk, version=ticket.version)
    hear()
    assert told(gone) == []
    assert told(phone)[-1] == ("ticket.accepted", "reporter")


@pytest.mark.parametrize("level", ["agency_leader", "centre", "provincial_leader"])
def test_an_escalation_is_told_at_its_level_alone(province, desk, leader, centre, level, sequence):
    governor = make_staff("hai", Role.PROVINCIAL_LEADER)
    ticket = make_ticket(province.pothole, province.ward)
    sequence()
    [routed] = [entry for entry in log.read(0) if entry.type == "ticket.routed"]
    given = {name: value for name, value in routed.event.as_data().items() if name != "rule"}
    event = TicketEscalated(**given, level=level, due_at="2026-03-02T05:00:00+00:00")
    heard = audience_of(replace(routed, type=event.type, event=event), ticket)
    told = {"agency_leader": leader, "centre": centre, "provincial_leader": governor}[level]
    assert [hearer.person for hearer in heard] == [told.key]


def test_who_reported_is_told_that_the_category_was_corrected_and_by_when(province, desk, hear):
    reporter = make_phone()
    ticket = make_ticket(province.pothole, province.ward, reporter)
    services.correct_ticket(
        ticket_id=ticket.id, category="GT02", actor=desk, version=ticket.version, reason="Ồn"
    )
    hear()
    assert told(reporter)[-1] == ("ticket.corrected", "reporter")
    row = Notification.objects.filter(person=reporter.key, kind="ticket.corrected").latest("pk")
    assert "nội dung bạn gửi giữ nguyên" in row.body
    assert "Hạn xử lý: " in row.body
    assert "GT02" not in row.body  # it travels abroad, and is read on a locked screen
