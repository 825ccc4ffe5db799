"""Preferences, quiet hours, digests and the guard, from what was chosen to what is planned."""

import threading
from datetime import UTC, datetime, time, timedelta

import pytest
from django.db import connection

from backend import clock
from backend.accounts.models import User
from backend.tickets import services
from notifications import choices
from notifications.choices import CHANNELS, channels_of, choose, set_quiet, stop_channel
from notifications.delivery import retry, send_next
from notifications.models import Address, Notification, Preference
from notifications.proofs import remove_address
from notifications.transports.base import Outcome, Result
from tests.factories import make_report, make_ticket, open_for
from tests.notifications.conftest import phone_with_push
from tests.notifications.rows import NOON, Counting, plan_row
from tests.notifications.test_senders import WAIT, until

pytestmark = pytest.mark.django_db
NIGHT = datetime(2026, 3, 2, 16, tzinfo=UTC)  # 23:00 in the province
SIX = datetime(2026, 3, 2, 23, tzinfo=UTC)


@pytest.fixture(autouse=True)
def fcm_is_configured(settings):
    settings.FCM_CREDENTIALS = "/etc/hien-truong/fcm.json"


def rows_of(phone) -> list[tuple[str, str]]:
    rows = Notification.objects.filter(person=phone.key).order_by("position", "transport")
    return list(rows.values_list("kind", "transport"))


def test_nothing_is_nothing_and_the_inbox_alone_is_the_inbox(province, phone, desk, hear):
    choose(person=phone.key, topic="progress", channels=[])
    choose(person=phone.key, topic="question", channels=["inbox"])
    ticket = make_ticket(province.pothole, province.ward, phone)
    ticket = services.accept_ticket(ticket_id=ticket.id, actor=desk, version=ticket.version)
    services.request_info(
        ticket_id=ticket.id, actor=desk, version=ticket.version, message="Số nhà?"
    )
    hear()
    assert rows_of(phone) == [("ticket.info_requested", "inbox")]


def test_an_address_counts_once_it_is_proved_and_while_it_lives(settings, province, phone, hear):
    settings.EMAIL_HOST = "mail.example"
    choose(person=phone.key, topic="progress", channels=["email"])
    more = {"person": phone.key, "transport": "email", "created_at": clock.now()}
    Address.objects.create(value="unproved@example.vn", **more)
    Address.objects.create(
        value="dead@example.vn",
        confirmed_at=clock.now(),
        dead_at=clock.now(),
        dead_reason="SMTP 550",
        **more,
    )
    good = Address.objects.create(
        value="an@example.vn", language="en", confirmed_at=clock.now(), **more
    )
    make_ticket(province.pothole, province.ward, phone)
    hear()
    [row] = Notification.objects.filter(person=phone.key)
    assert (row.transport, row.to, row.title) == ("email", str(good.pk), "Forwarded")


def test_staff_are_written_to_at_their_accounts_address(settings, province, desk, hear):
    settings.EMAIL_HOST = "mail.example"
    desk.user.email = "lan@quangninh.example"
    desk.user.save()
    choose(person=desk.key, topic="work", channels=["inbox", "email"])
    make_ticket(province.pothole, province.ward)
    hear()
    rows = Notification.objects.filter(person=desk.key, kind="ticket.routed").order_by("transport")
    assert [(row.transport, row.to) for row in rows] == [("email", "account"), ("inbox", "")]


def test_in_quiet_hours_the_push_waits_and_the_inbox_does_not(province, phone, hear):
    set_quiet(person=phone.key, begins=time(22), ends=time(6))
    with clock.at(NIGHT):
        make_ticket(province.pothole, province.ward, phone)
        hear()
    push = Notification.objects.get(person=phone.key, transport="fcm")
    inbox = Notification.objects.get(person=phone.key, transport="inbox")
    assert (push.state, push.due_at, push.next_at) == ("planned", SIX, SIX)
    assert inbox.sent_at == NIGHT
    set_quiet(person=phone.key, begins=None, ends=None)


def test_an_emergency_passes_through_quiet_hours_and_digests(province, phone, hear):
    set_quiet(person=phone.key, begins=time(22), ends=time(6))
    choose(person=phone.key, topic="progress", channels=["push"], digest="daily")
    with clock.at(NIGHT):
        report = make_report(province.pothole, phone)
        open_for(report, province.ward, priority="emergency")
        hear()
    [push] = Notification.objects.filter(person=phone.key, transport="fcm")
    assert (push.due_at, push.urgent, push.fold) == (NIGHT, True, "")


def test_what_waited_is_told_in_one_by_its_count(province, phone, hear):
    set_quiet(person=phone.key, begins=time(22), ends=time(6))
    for minutes in range(12):
        with clock.at(NIGHT + timedelta(minutes=minutes)):
            make_ticket(province.pothole, province.ward, phone)
            hear()
    transport = Counting()
    with clock.at(SIX - timedelta(seconds=1)):
        assert send_next(transport) == 0
    with clock.at(SIX):
        assert send_next(transport) == 1
        assert send_next(transport) == 0
    [push] = transport.pushes
    assert (push.title, push.body) == ("Nhiều cập nhật", "Có 12 cập nhật mới.")
    assert push.link.endswith("/#/inbox")
    pushes = Notification.objects.filter(transport="fcm").order_by("position")
    assert [row.state for row in pushes] == ["folded"] * 11 + ["sent"]
    assert {row.folded_into_id for row in pushes[:11]} == {pushes[11].pk}
    assert Notification.objects.filter(person=phone.key, transport="inbox").count() == 12


def test_several_about_one_report_are_told_by_the_newest(province, phone, desk, hear):
    choose(person=phone.key, topic="progress", channels=["push"], digest="hourly")
    with clock.at(NIGHT):
        ticket = make_ticket(province.pothole, province.ward, phone)
        services.accept_ticket(ticket_id=ticket.id, actor=desk, version=ticket.version)
        hear()
    transport = Counting()
    with clock.at(NIGHT + timedelta(hours=1)):
        assert send_next(transport) == 1
    [push] = transport.pushes
    assert (push.title, push.collapse_key) == ("Đã tiếp nhận", ticket.report.report_no)


def test_a_storm_folds_into_one_after_the_first_few(settings, province, phone, hear):
    settings.NOTIFY_AT_ONCE = 3
    for second in range(8):
        with clock.at(NIGHT + timedelta(seconds=second)):
            make_ticket(province.pothole, province.ward, phone)
            hear()
    transport = Counting()
    with clock.at(NIGHT + timedelta(minutes=1)):
        assert send_next(transport) == 3
    with clock.at(NIGHT + timedelta(minutes=10)):
        assert send_next(transport) == 1
    assert transport.pushes[-1].body == "Có 5 cập nhật mới."


def test_beyond_the_days_most_the_rest_comes_in_the_morning(settings, province, phone, hear):
    settings.NOTIFY_A_DAY, settings.NOTIFY_AT_ONCE = 2, 99
    for minutes in range(4):
        with clock.at(NIGHT + timedelta(minutes=minutes)):
            make_ticket(province.pothole, province.ward, phone)
            hear()
    due = Notification.objects.filter(transport="fcm").order_by("position")
    morning = datetime(2026, 3, 3, 1, tzinfo=UTC)  # 08:00 in the province
    assert [row.due_at for row in due][2:] == [morning, morning]


def test_an_e_mail_lists_what_it_folds(province, desk, settings, hear):
    settings.EMAIL_HOST = "mail.example"
    desk.user.email = "lan@quangninh.example"
    desk.user.save()
    choose(person=desk.key, topic="work", channels=["email"], digest="daily")
    with clock.at(NIGHT):
        tickets = [make_ticket(province.pothole, province.ward) for _ in range(2)]
        hear()
    mail = Counting()
    mail.name = "email"
    with clock.at(NIGHT + timedelta(hours=9)):
        assert send_next(mail) == 1
    lines = mail.pushes[0].body.splitlines()
    assert lines[0] == "Có 2 cập nhật mới."
    numbers = [ticket.report.report_no for ticket in tickets]
    assert [number in line for number, line in zip(numbers, lines[1:], strict=True)] == [True] * 2
    assert mail.pushes[0].unsubscribe


def test_who_has_left_is_not_written_to_wherever_they_gave_an_address(settings, desk):
    settings.EMAIL_HOST = "mail.example"
    given = {"person": desk.key, "transport": "email", "value": "lan@home.example"}
    address = Address.objects.create(created_at=NIGHT, confirmed_at=NIGHT, **given)
    row = plan_row(desk, transport="email", to=str(address.pk), topic="work", due_at=NIGHT)
    Notification.objects.filter(pk=row.pk).update(next_at=NIGHT)
    desk.user.is_active = False
    desk.user.save()
    mail = Counting()
    mail.name = "email"
    with clock.at(NIGHT):
        assert send_next(mail) == 1
    row.refresh_from_db()
    assert (row.state, mail.pushes) == ("dropped", [])


def test_who_holds_no_office_any_more_is_not_told_of_its_work_the_next_morning(settings, desk):
    settings.EMAIL_HOST = "mail.example"
    work, own = (
        plan_row(desk, transport="email", to="account", topic=topic, relation=relation)
        for topic, relation in (("work", "staff"), ("progress", "reporter"))
    )
    User.objects.filter(pk=desk.user.pk).update(email="lan@ward.example")
    desk.user.memberships.all().delete()
    mail = Counting()
    mail.name = "email"
    with clock.at(NOON):
        assert send_next(mail) == 2
    work.refresh_from_db()
    assert (work.state, work.error) == ("dropped", "The person holds no office any more.")
    assert [push.collapse_key for push in mail.pushes] == [own.report_no]


def test_what_the_gateway_delayed_into_the_quiet_hours_waits_for_the_morning(settings, phone):
    settings.FCM_CREDENTIALS = "set"
    set_quiet(person=phone.key, begins=time(22), ends=time(6))
    evening = NIGHT - timedelta(hours=1, minutes=1)  # 21:59
    due = {"due_at": evening, "next_at": evening}
    late, urgent = plan_row(phone, **due), plan_row(phone, urgent=True, **due)
    gateway = Counting(*[Result(outcome=Outcome.LATER, error="busy")] * 2)
    for moment in (evening, evening + timedelta(minutes=2)):
        with clock.at(moment):
            send_next(gateway)
    assert [push.urgent for push in gateway.pushes] == [True, False, True]
    late.refresh_from_db()
    assert (late.state, late.due_at, late.next_at, late.attempts) == ("planned", SIX, SIX, 1)
    with clock.at(SIX):
        assert send_next(gateway) == 1
    for row in (late, urgent):
        row.refresh_from_db()
        assert row.state == "sent"


def test_what_failed_while_it_was_switched_off_is_not_tried_again(settings, phone):
    settings.FCM_CREDENTIALS = "set"
    row = plan_row(phone)

    class Meanwhile(Counting):
        def send(self, pushes):
            choose(person=phone.key, topic="progress", channels=["inbox"])
            return super().send(pushes)

    gateway = Meanwhile(Result(outcome=Outcome.LATER, error="busy"))
    for moment in (NOON, NOON + timedelta(minutes=1)):
        with clock.at(moment):
            send_next(gateway)
        row.refresh_from_db()
    assert (row.state, row.error) == ("dropped", "The person does not want it any more.")
    assert len(gateway.pushes) == 1
    with clock.at(NOON + timedelta(minutes=2)):
        retry([row.pk])  # by somebody who does not know
        send_next(gateway)
    row.refresh_from_db()
    assert (row.state, len(gateway.pushes)) == ("dropped", 1)


def test_an_address_that_was_removed_while_it_was_written_to_does_not_come_back(settings, phone):
    settings.EMAIL_HOST = "mail.example"
    given = {"transport": "email", "value": "an@example.vn", "created_at": NIGHT}
    address = Address.objects.create(person=phone.key, confirmed_at=NIGHT, **given)
    plan_row(phone, transport="email", to=str(address.pk))

    class Meanwhile(Counting):
        name = "email"

        def send(self, pushes):
            assert remove_address(person=phone.key, address_id=address.pk)
            return super().send(pushes)

    with clock.at(NOON):
        assert send_next(Meanwhile(Result(outcome=Outcome.GONE, error="550 No such user"))) == 1
    assert Notification.objects.get().state == "failed"
    assert not Address.objects.exists()


def test_an_accounts_address_where_nothing_arrives_is_known_as_dead(settings, desk):
    settings.EMAIL_HOST = "mail.example"
    User.objects.filter(pk=desk.user.pk).update(email="lan@ward.example")
    mail = Counting(*[Result(outcome=Outcome.GONE, error="550 No such user")] * 2)
    mail.name = "email"
    for _turn in range(2):
        plan_row(desk, transport="email", to="account", topic="work")
        with clock.at(NOON):
            assert send_next(mail) == 1
    dead = Address.objects.get()
    assert (dead.person, dead.value) == (desk.key, "lan@ward.example")
    assert (dead.dead_at, dead.dead_reason) == (NOON, "550 No such user")


def test_a_language_that_was_changed_is_told_from_then_on(province, desk, phone, hear):
    ticket = make_ticket(province.pothole, province.ward, phone)
    hear()
    phone.device.locale = "en"
    phone.device.save()
    services.accept_ticket(ticket_id=ticket.id, actor=desk, version=ticket.version)
    hear()
    rows = Notification.objects.filter(person=phone.key).order_by("position", "transport")
    assert list(rows.values_list("transport", "language", "title")) == [
        ("fcm", "vi", "Chuyển xử lý"),
        ("inbox", "vi", "Chuyển xử lý"),
        ("fcm", "en", "Received"),
        ("inbox", "en", "Received"),
    ]


def test_each_address_hears_in_its_own_language(settings, province, hear):
    settings.EMAIL_HOST = "mail.example"
    phone = phone_with_push("token-en", locale="en")
    Address.objects.create(
        person=phone.key,
        transport="email",
        value="an@example.vn",
        language="vi",
        created_at=clock.now(),
        confirmed_at=clock.now(),
    )
    choose(person=phone.key, topic="progress", channels=["push", "email"])
    make_ticket(province.pothole, province.ward, phone)
    hear()
    titles = dict(Notification.objects.filter(person=phone.key).values_list("transport", "title"))
    assert titles == {"fcm": "Forwarded", "email": "Chuyển xử lý"}


def _somebody_waits() -> bool:
    """Say whether another connection to this database waits for a lock."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        return bool(cursor.fetchone()[0])


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("chose", [True, False])
def test_two_ways_that_are_switched_off_at_one_moment_are_both_off(monkeypatch, chose):
    if chose:
        choose(person="device:x", topic="result", channels=CHANNELS, digest="daily")
    looked = {name: threading.Event() for name in ("email", "sms")}
    go_on = threading.Event()

    def look(topic, chosen):
        found = channels_of(topic, chosen)
        looked[threading.current_thread().name].set()
        assert go_on.wait(WAIT)
        return found

    def stop(channel: str) -> threading.Thread:
        def run() -> None:
            stop_channel(person="device:x", topic="result", channel=channel)
            connection.close()

        thread = threading.Thread(target=run, name=channel)
        thread.start()
        return thread

    monkeypatch.setattr(choices, "channels_of", look)
    first = stop("email")
    assert looked["email"].wait(WAIT)
    second = stop("sms")
    until(lambda: looked["sms"].is_set() or _somebody_waits())
    go_on.set()
    first.join(WAIT)
    second.join(WAIT)
    kept = Preference.objects.get()
    assert channels_of("result", kept) == ["inbox", "push", "zalo"]
    assert kept.digest == ("daily" if chose else "now")
