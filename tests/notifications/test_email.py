"""Letters through a real SMTP server."""

from datetime import timedelta
from email import message_from_bytes
from email.policy import default

import pytest
from django.core import mail

from notifications.transports.base import Outcome, Push
from notifications.transports.email import Email
from tests.notifications.receiving import a_mail_server


@pytest.fixture
def server(settings):
    with a_mail_server() as (mailbox, port):
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
        settings.DEFAULT_FROM_EMAIL = "Hiện Trường <khong-tra-loi@hientruong.example>"
        yield mailbox


def a_letter(address: str = "an@example.vn", **more) -> Push:
    given = {
        "id": "n7",
        "title": "Đã tiếp nhận",
        "body": "Phản ánh QN-26-7K3F9D đã được tiếp nhận.",
        "link": "https://hientruong.example/#/r/QN-26-7K3F9D",
        "collapse_key": "QN-26-7K3F9D",
        "urgent": False,
        "lives": timedelta(hours=1),
        "unsubscribe": "https://hientruong.example/notifications/unsubscribe/abc",
    }
    return Push(address=address, **(given | more))


def outcomes(*letters: Push) -> list[Outcome]:
    return [result.outcome for result in Email().send(letters)]


def test_a_letter_has_two_forms_and_ends_in_one_click(server):
    assert outcomes(a_letter()) == [Outcome.SENT]
    [(receivers, content)] = server.letters
    letter = message_from_bytes(content, policy=default)
    assert receivers == ["an@example.vn"]
    assert letter["Subject"] == "Đã tiếp nhận"
    assert letter["From"] == "Hiện Trường <khong-tra-loi@hientruong.example>"
    assert letter["List-Unsubscribe"] == (
        "<https://hientruong.example/notifications/unsubscribe/abc>"
    )
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert letter["Message-ID"] == "<n7@hientruong.example>"
    assert letter["References"] == "<QN-26-7K3F9D@hientruong.example>"
    assert letter["Auto-Submitted"] == "auto-generated"
    plain = letter.get_body(["plain"]).get_content()
    assert plain.rstrip().splitlines() == [
        "Phản ánh QN-26-7K3F9D đã được tiếp nhận.",
        "",
        "https://hientruong.example/#/r/QN-26-7K3F9D",
        "",
        "Để không nhận thư loại này nữa: https://hientruong.example/notifications/unsubscribe/abc",
    ]
    html = letter.get_body(["html"]).get_content()
    assert '<html lang="vi">' in html
    assert ">Mở</a>" in html


def test_what_people_wrote_is_no_markup(server):
    outcomes(a_letter(body="<script>alert(1)</script>"))
    letter = message_from_bytes(server.letters[0][1], policy=default)
    assert "<script>" not in letter.get_body(["html"]).get_content()


def test_a_title_of_two_lines_is_a_subject_of_one_and_no_other_header(server):
    assert outcomes(a_letter(title="Đã xong\r\nBcc: a@b.vn")) == [Outcome.SENT]
    letter = message_from_bytes(server.letters[0][1], policy=default)
    assert (letter["Subject"], letter["Bcc"]) == ("Đã xong Bcc: a@b.vn", None)


def test_each_refusal_of_a_receiver_is_read_for_what_it_is(server):
    server.replies = {
        "gone@example.vn": "550 5.1.1 <gone@example.vn>: No such user",
        "full@example.vn": "452 4.2.2 Mailbox full",
        "banned@example.vn": "554 5.7.1 Not from you",
    }
    results = Email().send(
        [
            a_letter("gone@example.vn"),
            a_letter("full@example.vn"),
            a_letter("banned@example.vn"),
            a_letter("an@example.vn"),
            a_letter("no address\nBcc: x@y.z"),
        ]
    )
    assert [result.outcome for result in results] == [
        Outcome.GONE,
        Outcome.LATER,
        Outcome.REFUSED,
        Outcome.SENT,
        Outcome.GONE,
    ]
    assert results[0].error == "SMTP 550: 5.1.1 <…>: No such user"
    assert "x@y.z" not in results[4].error
    assert [receivers for receivers, _content in server.letters] == [["an@example.vn"]]


@pytest.mark.parametrize(
    ("reply", "answered"),
    [
        ("450 4.2.0 Greylisted, come again", True),
        ("451 4.7.1 Greylisted, come again", True),
        ("452 4.2.2 Mailbox full", True),
        ("452 4.3.1 Insufficient system storage", False),
        ("451 4.4.3 No name server", False),
        ("421 4.7.0 Too many connections", False),
    ],
)
def test_a_mailbox_that_refuses_for_a_while_is_told_from_a_server_in_trouble(
    server, reply, answered
):
    server.replies = {"an@example.vn": reply}
    [result] = Email().send([a_letter()])
    assert (result.outcome, result.answered) == (Outcome.LATER, answered)


def test_a_server_that_is_not_there_raises_and_so_counts_as_later(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    with pytest.raises(OSError, match="refused"):
        Email().send([a_letter()])
    assert mail.outbox == []
