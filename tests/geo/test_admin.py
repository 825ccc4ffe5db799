"""Areas can be read in the admin, and changed only by loading a file."""

import pytest
from django.contrib.auth import get_user_model

from geo.models import Area
from tests.geo.ground import PROVINCE, WEST, load

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(client):
    client.force_login(get_user_model().objects.create_superuser("admin", password="x"))
    return client


def test_an_administrator_reads_areas_with_their_versions(admin):
    load(PROVINCE, WEST, legal_act="1679/NQ-UBTVQH15")
    listed = admin.get("/admin/geo/area/", {"q": "00101"}).content.decode()
    assert "Phường 00101" in listed
    shown = admin.get(f"/admin/geo/area/{Area.objects.get(code='00101').pk}/change/")
    assert "1679/NQ-UBTVQH15" in shown.content.decode()


@pytest.mark.parametrize("verb", ["add/", "1/delete/"])
def test_nothing_is_added_or_removed_by_hand(admin, verb):
    load(PROVINCE)
    pk = Area.objects.get().pk
    assert admin.post(f"/admin/geo/area/{verb.replace('1', str(pk))}").status_code == 403


def test_nothing_is_changed_by_hand(admin):
    load(PROVINCE)
    area = Area.objects.get()
    answer = admin.post(f"/admin/geo/area/{area.pk}/change/", {"name_vi": "Khác", "code": "99"})
    assert answer.status_code == 403
    area.refresh_from_db()
    assert (area.code, area.name_vi) == ("22", "Tỉnh Quảng Ninh")
