"""An address is proved by a code that arrives there: the whole way from the click to the letter."""

import email
import email.policy
import json
import re

import pytest
from rest_framework.test import APIClient

from backend.accounts.services import register_device
from notifications.delivery import send_next
from notifications.models import Notification
from notifications.transports.email import Email
from notifications.transports.gateway import Gateway
from tests.notifications.receiving import a_mail_server, an_endpoint

pytestmark = pytest.mark.django_db


@pytest.fixture
def client() -> APIClient:
    _device, token = register_device(platform="web", locale="vi")
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Device {token}")
    return client


def proved(client, given: dict, words: str) -> bool:
    [code] = re.findall(r"\b\d{6}\b", words)
    answer = client.post(f"/api/v1/addresses/{given['id']}/confirm", {"code": code})
    return answer.json()["state"] == "good"


def test_the_code_arrives_as_a_letter_and_proves_the_address(client, settings):
    with a_mail_server() as (mailbox, port):
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
        body = {"transport": "email", "value": "an@example.vn"}
        given = client.post("/api/v1/addresses", body).json()
        assert send_next(Email(), urgent=True) == 1
    [(receivers, content)] = mailbox.letters
    assert receivers == ["an@example.vn"]
    letter = email.message_from_bytes(content, policy=email.policy.default)
    assert proved(client, given, letter.get_body(("plain",)).get_content())


def test_the_code_arrives_as_a_text_message_and_proves_the_number(client, settings):
    with an_endpoint() as endpoint:
        settings.SMS_URL = f"{endpoint.origin}/sms"
        body = {"transport": "sms", "value": "0912 345 678"}
        given = client.post("/api/v1/addresses", body).json()
        gateway = Gateway("sms", settings.SMS_URL, "secret")
        assert send_next(gateway, urgent=True) == 1
        gateway.close()
    [call] = endpoint.calls
    message = json.loads(call.body)
    assert message["to"] == "+84912345678"
    assert proved(client, given, message["text"])


def test_until_it_is_proved_nothing_else_goes_there(client, settings):
    with a_mail_server() as (mailbox, port):
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
        client.post("/api/v1/addresses", {"transport": "email", "value": "an@example.vn"})
        Notification.objects.update(topic="result")
        assert send_next(Email()) == 1
    assert mailbox.letters == []
    assert Notification.objects.get().state == "dropped"
