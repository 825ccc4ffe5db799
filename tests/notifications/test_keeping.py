"""Many rows at once are kept like few: as they are, and once."""

import pytest

from notifications import keeping, reach
from notifications.models import Notification
from tests.factories import make_ticket
from tests.notifications.rows import plan_row


@pytest.mark.postgresql
@pytest.mark.django_db
def test_a_document_keeps_the_same_as_rows_and_keeps_it_once(phone, monkeypatch):
    row = plan_row(phone, segments=2, error="", urgent=True)
    fields = [each for each in Notification._meta.concrete_fields if not each.primary_key]
    values = {each.attname: getattr(row, each.attname) for each in fields}
    given = {name: value for name, value in values.items() if value not in (None, "")}
    Notification.objects.all().delete()
    monkeypatch.setattr(keeping, "AT_ONCE", 1)
    keeping.keep([given])
    keeping.keep([given])
    [kept] = Notification.objects.all()
    assert {name: getattr(kept, name) for name in values} == values


@pytest.mark.postgresql
@pytest.mark.django_db
def test_many_are_looked_up_like_few(province, desk, phone, hear, monkeypatch):
    monkeypatch.setattr(reach, "MANY", 1)
    make_ticket(province.pothole, province.ward, phone)
    hear()
    told = Notification.objects.order_by("person").values_list("person", "transport")
    assert list(told) == [(phone.key, "inbox"), (desk.key, "inbox")]
