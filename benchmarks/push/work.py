"""What is planned and sent, made in the database that Django was set up with."""

import time
from datetime import datetime
from uuid import uuid4

from django.db import connection

from backend import clock
from backend.accounts import principal as principals
from backend.accounts.models import Agency, Device
from backend.catalogue.models import Category
from backend.events import log
from backend.events.positions import give_positions
from backend.reports.services import Draft, submit_report
from backend.tickets.services import Opening, open_tickets
from geo.locator import locate
from notifications.models import Notification, State, Subscription
from notifications.planning import plan

PLACE = (20.95, 107.08)
ROUTER = principals.of_system("routing")


def make_phones(count: int) -> list[Device]:
    """Make installations, each with an FCM token."""
    moment = clock.now()
    phones = [
        Device(
            token_digest=b"",
            platform="android",
            locale="en" if number % 5 == 0 else "vi",
            push_transport="fcm",
            push_address=f"{number:06}:{uuid4().hex}{uuid4().hex}",
            created_at=moment,
            last_seen_at=moment,
        )
        for number in range(count)
    ]
    return Device.objects.bulk_create(phones, batch_size=5_000)


def follow_area(phones: list[Device], code: str) -> None:
    moment = clock.now()
    wishes = [
        Subscription(person=f"device:{phone.pk}", area_code=code, created_at=moment)
        for phone in phones
    ]
    Subscription.objects.bulk_create(wishes, batch_size=5_000)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def seconds_to_plan() -> tuple[float, float, int]:
    """Report and route a matter in the area; returns how long its planning took by the clock
    and by this process's own CPU, and the rows."""
    sender = principals.of_device(make_phones(1)[0])
    category = Category.objects.filter(active=True, restricted=False, child=False).first()
    assert category is not None
    draft = Draft(id=uuid4(), category=category.code, text="Ổ gà", lat=PLACE[0], lon=PLACE[1])
    report, _new = submit_report(draft=draft, principal=sender)
    agency = Agency.objects.filter(active=True).first()
    assert agency is not None
    open_tickets([Opening(report=report, agency=agency)], actor=ROUTER)
    while give_positions():
        pass
    entry = log.read(log.head() - 1)[0]
    assert entry.type == "ticket.routed"
    begun, worked = time.perf_counter(), time.process_time()
    with log.recording():
        rows = plan([entry])  # type: ignore[arg-type]
    return time.perf_counter() - begun, time.process_time() - worked, rows


def area_code() -> str:
    area = locate(*PLACE, on=clock.now().date(), accuracy_m=None).area
    assert area is not None
    return area.code


def plan_backlog(phones: list[Device]) -> None:
    """Plan one push for each phone, due now."""
    moment = clock.now()
    rows = [
        _push(phone, number, moment=moment, urgent=False) for number, phone in enumerate(phones, 1)
    ]
    Notification.objects.bulk_create(rows, batch_size=5_000)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def plan_emergency(phone: Device) -> Notification:
    row = _push(phone, 10**7, moment=clock.now(), urgent=True)
    row.save()
    return row


def sent_count() -> int:
    return Notification.objects.filter(state=State.SENT, transport="fcm").count()


def _push(phone: Device, number: int, *, moment: datetime, urgent: bool) -> Notification:
    return Notification(
        position=10**9 + number,
        person=f"device:{phone.pk}",
        transport="fcm",
        kind="ticket.accepted",
        at=moment,
        report_no=f"QN-26-{number:07}",
        language=phone.locale,
        title="Đã tiếp nhận",
        body=f"Phản ánh QN-26-{number:07} đã được tiếp nhận. Hạn xử lý: 20:00 ngày 02/03/2026.",
        urgent=urgent,
        due_at=moment,
        next_at=moment,
    )
