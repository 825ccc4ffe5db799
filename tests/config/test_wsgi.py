"""HTTP by a WSGI server: the same answers, without the live feed."""

from collections.abc import Iterator
from uuid import UUID

import httpx
import pytest

from backend.reports.models import Report
from config.wsgi import application
from media.models import Upload
from tests.factories import make_device, make_province
from tests.media.pictures import photo

pytestmark = pytest.mark.django_db(transaction=True)
REPORT = UUID(int=7, version=4)


@pytest.fixture
def phone(no_reactions) -> Iterator[httpx.Client]:
    make_province()
    _device, token = make_device()
    with httpx.Client(
        transport=httpx.WSGITransport(app=application),
        base_url="http://localhost",
        headers={"Authorization": f"Device {token}"},
    ) as client:
        yield client


def test_a_report_with_a_photo_comes_in(phone):
    upload = phone.post("/api/v1/uploads", files={"file": ("a.jpg", photo(), "image/jpeg")})
    assert upload.status_code == 201, upload.text
    body = {
        "id": str(REPORT),
        "category": "GT01",
        "text": "Ổ gà",
        "location": {"lat": 20.95, "lon": 107.07, "accuracy_m": 12},
        "uploads": [upload.json()["id"]],
    }
    sent = phone.post("/api/v1/reports", json=body)
    assert sent.status_code == 201, sent.text
    assert Report.objects.get().id == REPORT
    assert Upload.objects.get().sha256 == upload.json()["sha256"]
    assert phone.post("/api/v1/reports", json=body).status_code == 200


def test_it_is_ready_and_speaks_no_stream(phone):
    assert phone.get("/health/ready").json()["checks"]["database"]["ok"] is True
    stream = phone.get("/api/v1/events/stream?audience=public")
    assert (stream.status_code, stream.json()["code"]) == (404, "not_found")
