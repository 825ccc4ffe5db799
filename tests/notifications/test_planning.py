"""Who is told what: each status change once, to everybody it concerns but the one who did it."""

from datetime import UTC, datetime, timedelta

import pytest

from backend import clock
from backend.accounts.models import Role, User
from backend.accounts.services import set_push_address
from backend.events import log
from backend.events.delivery import deliver_next
from backend.events.models import Checkpoint
from backend.events.subscriber import subscribers
from backend.reports.services import submit_report
from backend.tickets import services
from backend.tickets.models import Ticket
from notifications import planning
from notifications.choices import CHANNELS, choose, subscribe
from notifications.models import Address, Notification
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
from tests.notifications.conftest import phone_with_push

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def fcm_is_configured(settings):
    settings.FCM_CREDENTIALS = "/etc/hien-truong/fcm.json"


@pytest.fixture
def ticket(province, phone):
    return make_ticket(province.pothole, province.ward, phone)


@pytest.fixture
def accepted(ticket, desk):
    return services.accept_ticket(ticket_id=ticket.id, actor=desk, version=ticket.version)


def told(person, transport="inbox") -> list[tuple[str, str]]:
    rows = Notification.objects.filter(person=person.key, transport=transport).order_by("position")
    return list(rows.values_list("kind", "title"))


def test_the_reporter_is_told_of_each_status_change(province, phone, desk, leader, hear):
    ticket = make_ticket(province.noise, province.ward, phone)
    ticket = services.accept_ticket(ticket_id=ticket.id, actor=desk, version=ticket.version)
    ticket = services.start_ticket(ticket_id=ticket.id, actor=desk, version=ticket.version)
    ticket = services.propose_resolution(
        ticket_id=ticket.id, actor=desk, version=ticket.version, note="Đã nhắc nhở", uploads=[]
    )
    ticket = services.approve_resolution(ticket_id=ticket.id, actor=leader, version=ticket.version)
    ticket = services.reopen_ticket(
        ticket_id=ticket.id, actor=desk, version=ticket.version, reason="Chưa hết"
    )
    ticket = services.return_ticket(
        ticket_id=ticket.id, actor=desk, version=ticket.version, reason="Không thuộc địa bàn"
    )
    hear()
    assert told(phone) == [
        ("ticket.routed", "Chuyển xử lý"),
        ("ticket.accepted", "Đã tiếp nhận"),
        ("ticket.started", "Đang xử lý"),
        ("ticket.resolution_proposed", "Chờ duyệt kết quả"),
        ("ticket.approved", "Đã xử lý"),
        ("ticket.reopened", "Xử lý lại"),
        ("ticket.returned", "Đang chọn lại đơn vị"),
    ]
    assert told(phone, "fcm") == told(phone)


def test_an_entry_heard_twice_plans_once(ticket, hear, sequence):
    hear()
    before = Notification.objects.count()
    entries = [entry for entry in log.read(0) if entry.type == "ticket.routed"]
    assert planning.plan(entries[:1]) == 2
    assert Notification.objects.count() == before == 2


def test_the_one_who_acted_is_not_told(accepted, desk, colleague, leader, hear):
    services.comment_on_ticket(ticket_id=accepted.id, actor=desk, message="Cần thêm xe")
    hear()
    assert told(desk) == [("ticket.routed", "Phản ánh mới")]
    assert told(colleague)[-1] == ("ticket.commented", "Trao đổi mới")
    assert told(leader)[-1] == ("ticket.commented", "Trao đổi mới")


def test_a_reporter_who_acts_is_not_told(accepted, phone, desk, hear):
    services.request_info(
        ticket_id=accepted.id, actor=desk, version=accepted.version, message="Gần nhà số mấy?"
    )
    services.give_info(report=accepted.report, actor=phone, text="Số 5")
    hear()
    assert [kind for kind, _title in told(phone)] == [
        "ticket.routed",
        "ticket.accepted",
        "ticket.info_requested",
    ]
    assert told(desk)[-1] == ("ticket.info_given", "Đã có bổ sung")


def test_talk_among_staff_does_not_reach_the_reporter(accepted, phone, desk, leader, hear):
    services.comment_on_ticket(ticket_id=accepted.id, actor=desk, message="Người này hay gọi")
    services.direct_ticket(
        ticket_id=accepted.id, actor=leader, version=accepted.version, message="Làm gấp"
    )
    hear()
    assert [kind for kind, _title in told(phone)] == ["ticket.routed", "ticket.accepted"]
    assert told(desk)[-1] == ("ticket.directed", "Chỉ đạo")


def test_only_the_one_who_is_named_hears_of_being_assigned(accepted, desk, colleague, leader, hear):
    services.assign_ticket(
        ticket_id=accepted.id, actor=desk, version=accepted.version, assignee="tam"
    )
    hear()
    assert told(colleague)[-1] == ("ticket.assigned", "Việc được giao")
    assert told(leader)[-1][0] == "ticket.routed"


def test_everybody_who_joined_is_told_with_their_own_number(province, ticket, phone, desk, hear):
    other = phone_with_push("token-2", locale="en")
    joined = make_report(province.pothole, other)
    services.join_ticket(ticket_id=ticket.id, report_id=joined.pk, actor=ROUTER)
    ticket.refresh_from_db()
    services.accept_ticket(ticket_id=ticket.id, actor=desk, version=ticket.version)
    hear()
    assert told(other) == [("report.joined", "Same matter"), ("ticket.accepted", "Received")]
    rows = Notification.objects.filter(kind="ticket.accepted", transport="inbox")
    assert dict(rows.values_list("person", "report_no")) == {
        phone.key: ticket.report.report_no,
        other.key: joined.report_no,
    }
    # Another's joining is no news to the first reporter.
    assert [kind for kind, _title in told(phone)] == ["ticket.routed", "ticket.accepted"]


def test_a_merge_is_told_to_those_whose_report_moved(province, ticket, phone, desk, hear):
    mover = make_phone()
    other = make_ticket(province.pothole, province.ward, mover)
    services.merge_ticket(ticket_id=other.id, actor=desk, version=other.version, into=ticket.id)
    hear()
    assert told(mover)[-1] == ("ticket.merged", "Đã gộp")
    assert [kind for kind, _title in told(phone)] == ["ticket.routed"]
    assert Notification.objects.filter(kind="ticket.merged").count() == 1


def test_a_phone_without_a_push_address_has_its_inbox_only(province, desk, hear):
    phone = make_phone()
    make_ticket(province.pothole, province.ward, phone)
    hear()
    assert told(phone) == [("ticket.routed", "Chuyển xử lý")]
    assert told(phone, "fcm") == []


def test_no_push_is_planned_where_no_transport_is_configured(settings, ticket, phone, hear):
    settings.FCM_CREDENTIALS = ""
    hear()
    assert told(phone) == [("ticket.routed", "Chuyển xử lý")]
    assert told(phone, "fcm") == []


def test_in_front_of_the_sandbox_every_phone_is_pushed_to(settings, province, hear):
    settings.FCM_CREDENTIALS, settings.FCM_SANDBOX = "", True
    phone = make_phone()
    make_ticket(province.pothole, province.ward, phone)
    hear()
    assert told(phone, "fcm") == [("ticket.routed", "Chuyển xử lý")]


def test_a_push_that_belongs_to_another_transport_is_not_planned(ticket, phone, hear):
    set_push_address(device=phone.device, transport="webpush", address="https://push.example/1")
    hear()
    assert told(phone, "fcm") == []


def test_the_inbox_is_there_at_once_and_the_push_is_planned(ticket, hear):
    hear()
    rows = Notification.objects.order_by("transport")
    assert [(row.transport, row.state, row.sent_at is None) for row in rows] == [
        ("fcm", "planned", True),
        ("inbox", "sent", False),
    ]


def test_the_texts_are_those_of_the_glossary(province, phone, desk, hear):
    noon = datetime.now(UTC).replace(hour=5, minute=0, second=0, microsecond=0)
    with clock.at(noon):
        ticket = make_ticket(province.pothole, province.ward, phone)
        services.accept_ticket(ticket_id=ticket.id, actor=desk, version=ticket.version)
        hear()
    number = ticket.report.report_no
    due = noon + timedelta(hours=15)  # 480 minutes later: 20:00 in the province
    bodies = Notification.objects.filter(person=phone.key, transport="fcm").order_by("position")
    assert list(bodies.values_list("body", flat=True)) == [
        f"Phản ánh {number} đã chuyển Đơn vị UBND-10001 xử lý.",
        f"Phản ánh {number} đã được tiếp nhận. Hạn xử lý: 20:00 ngày {due:%d/%m/%Y}.",
    ]


def test_a_push_carries_nothing_that_people_wrote(province, phone, centre, hear):
    draft = a_draft(province.pothole, text="Nhà ông Nguyễn Văn An, 0912 345 678")
    report, _new = submit_report(draft=draft, principal=phone)
    ticket = open_for(report)
    services.reject_ticket(
        ticket_id=ticket.id,
        actor=centre,
        version=ticket.version,
        reason="Ông An (0912 345 678) đã được trả lời",
    )
    hear()
    inbox = Notification.objects.get(person=phone.key, transport="inbox")
    push = Notification.objects.get(person=phone.key, transport="fcm")
    assert inbox.body == (
        f"Phản ánh {report.report_no} không được tiếp nhận. "
        "Lý do: Ông An (0912 345 678) đã được trả lời"
    )
    assert push.body == f"Phản ánh {report.report_no} không được tiếp nhận."


def test_a_confidential_matter_names_no_agency(province, phone, hear):
    ticket = make_ticket(province.secret, province.ward, phone)
    hear()
    assert set(Notification.objects.values_list("body", flat=True)) == {
        f"Phản ánh {ticket.report.report_no} đã chuyển cơ quan có thẩm quyền xử lý."
    }


def test_what_happened_more_than_a_day_ago_is_not_told(province, phone, hear):
    with clock.at(datetime.now(UTC) - timedelta(hours=25)):
        make_ticket(province.pothole, province.ward, phone)
    hear()
    assert Notification.objects.count() == 0


def test_an_emergency_is_urgent(province, phone, hear):
    report = make_report(province.pothole, phone)
    open_for(report, province.ward, priority="emergency")
    hear()
    assert set(Notification.objects.values_list("urgent", flat=True)) == {True}


def test_rows_and_checkpoint_commit_together(ticket, sequence, monkeypatch):
    sequence()
    monkeypatch.setattr(planning.Story, "told", lambda *_: 1 / 0)
    deliver_next(subscribers["notifications"])
    assert Notification.objects.count() == 0
    assert Checkpoint.objects.get(subscriber="notifications").attempts == 1


def test_sending_rings_after_the_commit(ticket, hear, django_capture_on_commit_callbacks):
    rings = planning.planned.rings
    with django_capture_on_commit_callbacks(execute=True):
        hear()
        assert planning.planned.rings == rings
    assert planning.planned.rings > rings


def test_a_resolution_is_told_once(accepted, phone, desk, hear):
    services.resolve_ticket(
        ticket_id=accepted.id,
        actor=desk,
        version=accepted.version,
        note="Đã vá",
        uploads=[make_upload(desk)],
    )
    hear()
    assert [kind for kind, _title in told(phone)][-1:] == ["ticket.resolved"]
    assert len(told(phone)) == 3


def test_planning_for_many_asks_the_database_a_fixed_number_of_times(
    province, ticket, hear, sequence, django_assert_max_num_queries
):
    for number in range(30):
        report = make_report(province.pothole, phone_with_push(f"many-{number}"))
        services.join_ticket(ticket_id=ticket.id, report_id=report.pk, actor=ROUTER)
    hear()
    ticket.refresh_from_db()
    services.accept_ticket(ticket_id=ticket.id, actor=ROUTER, version=ticket.version)
    sequence()
    [entry] = log.read(log.head() - 1)
    with django_assert_max_num_queries(20):
        assert planning.plan([entry]) == 62


def test_an_overdue_ticket_is_told_to_the_rung_that_it_has_climbed(province, ticket, desk, hear):
    leader = make_staff("hoa2", Role.AGENCY_LEADER, province.ward)
    other = make_staff("hoa3", Role.AGENCY_LEADER, province.department)
    centre = make_staff("minh2", Role.OPERATIONS_CENTRE)
    governor = make_staff("binh2", Role.PROVINCIAL_LEADER)
    with clock.at(ticket.ack_due_at + timedelta(minutes=61)):
        services.watch_deadlines()
        hear()
    late, climbed = ("ticket.overdue", "Quá hạn"), ("ticket.escalated", "Báo cáo vượt cấp")
    assert told(desk)[-1] == late
    assert told(leader)[-2:] == [late, climbed]
    assert told(centre) == [climbed]
    assert (told(other), told(governor)) == ([], [])


def test_reporters_are_not_told_that_a_ticket_is_overdue(province, phone, ticket, hear):
    with clock.at(ticket.ack_due_at + timedelta(minutes=61)):
        services.watch_deadlines()
        hear()
    assert [kind for kind, _title in told(phone)] == ["ticket.routed"]


def test_a_merge_and_a_split_keep_each_reporter_informed(province, ticket, phone, desk, hear):
    mover = make_phone()
    other = make_ticket(province.pothole, province.ward, mover)
    services.merge_ticket(ticket_id=other.id, actor=desk, version=other.version, into=ticket.id)
    ticket.refresh_from_db()
    ticket = services.accept_ticket(ticket_id=ticket.id, actor=desk, version=ticket.version)
    hear()
    services.split_ticket(
        ticket_id=ticket.id, actor=desk, version=ticket.version, reports=[other.report.report_no]
    )
    split = Ticket.objects.exclude(pk__in=[ticket.id, other.id]).get()
    services.accept_ticket(ticket_id=split.id, actor=desk, version=split.version)
    hear()
    kinds = [kind for kind, _title in told(mover)]
    assert kinds[-4:] == ["ticket.merged", "ticket.accepted", "ticket.routed", "ticket.accepted"]
    assert [kind for kind, _title in told(phone)] == ["ticket.routed", "ticket.accepted"]


def test_a_drill_in_the_demo_goes_to_the_inbox_and_the_sandbox_alone(
    settings, province, phone, desk, colleague, hear
):
    settings.FCM_CREDENTIALS, settings.FCM_SANDBOX = "", True
    settings.EMAIL_HOST, settings.WEBHOOK_SECRET = "mail.example", "secret"
    settings.SMS_URL, settings.ZALO_URL = "https://sms.example", "https://zalo.example"
    settings.VAPID_PRIVATE_KEY = "x"
    User.objects.filter(pk=colleague.user.pk).update(email="tam@ward.example")
    ways = {"email", "sms", "zalo", "webpush", "webhook"}
    for person, topic in ((phone, "followed"), (colleague, "work")):
        choose(person=person.key, topic=topic, channels=CHANNELS)
        for way in ways:
            given = {"person": person.key, "transport": way, "value": f"{way} of {topic}"}
            Address.objects.create(created_at=clock.now(), confirmed_at=clock.now(), **given)
    drill, _new = submit_report(draft=a_draft(province.pothole), principal=desk, drill=True)
    subscribe(person=phone.key, ticket=open_for(drill, province.ward))
    hear()
    assert told(phone, "fcm") == told(phone) == [("ticket.routed", "Chuyển xử lý")]
    assert told(colleague) == [("ticket.routed", "Phản ánh mới")]
    left = Notification.objects.exclude(transport__in=["inbox", "fcm"])
    assert list(left.values_list("person", "transport")) == []
    make_ticket(province.pothole, province.ward)
    hear()
    assert {row.transport for row in left.filter(person=colleague.key)} == ways
