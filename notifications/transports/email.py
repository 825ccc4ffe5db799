"""E-mail by Django: text and HTML, one letter a person, with a way to end them in one click.

`List-Unsubscribe` and `List-Unsubscribe-Post` are those of RFC 8058; `Auto-Submitted` (RFC 3834)
keeps holiday answers away; letters about one report share a thread.
"""

import smtplib
from collections.abc import Sequence
from email.utils import parseaddr

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.template.loader import render_to_string
from django.utils import translation

from notifications.transports.base import Outcome, Push, Result, kept

NOBODY = frozenset({550, 551, 553})
"""Replies to RCPT TO that say there is no such mailbox (RFC 5321, 4.2.3)."""
CLOSING = 421
OWN_TROUBLE = ("4.3.", "4.4.")
"""The server's system and its network (RFC 3463); other refusals for a while are a mailbox's."""


class Email:
    """Letters through the SMTP server that EMAIL_HOST names."""

    name = "email"
    batch = 50
    lanes = 1

    def send(self, pushes: Sequence[Push]) -> list[Result]:
        """Send all by one connection. One that breaks fails for those that were not sent yet."""
        connection = get_connection(timeout=settings.EMAIL_TIMEOUT)
        connection.open()
        try:
            return [self._send(push, connection) for push in pushes]
        finally:
            connection.close()

    def _send(self, push: Push, connection: BaseEmailBackend) -> Result:
        try:
            letter_of(push, connection).send()
        except smtplib.SMTPRecipientsRefused as error:
            code, reply = next(iter(error.recipients.values()))
            return _refused(push, code, reply, of_receiver=True)
        except smtplib.SMTPResponseException as error:
            return _refused(push, error.smtp_code, error.smtp_error)
        except (smtplib.SMTPException, OSError) as error:
            said = kept(f"{type(error).__name__}: {error}", push.address)
            return Result(outcome=Outcome.LATER, error=said)
        except ValueError as error:  # an address that no letter can carry
            said = kept(f"{type(error).__name__}: {error}", push.address)
            return Result(outcome=Outcome.GONE, error=said)
        return Result(outcome=Outcome.SENT)


def letter_of(push: Push, connection: BaseEmailBackend | None = None) -> EmailMultiAlternatives:
    """Return the letter: plain text, and the same as HTML."""
    language = "en" if push.language.startswith("en") else "vi"
    context = {"push": push, "lines": push.body.splitlines(), "language": language}
    headers = {
        "Message-ID": message_id(push.id),
        "References": message_id(push.collapse_key),
        "Auto-Submitted": "auto-generated",
    }
    if push.unsubscribe:
        headers["List-Unsubscribe"] = f"<{push.unsubscribe}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    with translation.override(language):
        letter = EmailMultiAlternatives(
            # On one line: two would be refused like a wrong address, and that be forgotten.
            subject=" ".join(push.title.split()),
            body=render_to_string("notifications/letter.txt", context),
            from_email=settings.DEFAULT_FROM_EMAIL,
            to=[push.address],
            headers=headers,
            connection=connection,
        )
        letter.attach_alternative(
            render_to_string("notifications/letter.html", context), "text/html"
        )
    return letter


def message_id(name: str) -> str:
    """Return a Message-ID of ours; a bounce that names it leads back to the notification."""
    host = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
    return f"<{name}@{host}>"


def _refused(push: Push, code: int, said: bytes | str, *, of_receiver: bool = False) -> Result:
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    error = f"SMTP {code}: {kept(text, push.address)}"
    if code >= 500:
        nobody = of_receiver and code in NOBODY
        return Result(outcome=Outcome.GONE if nobody else Outcome.REFUSED, error=error)
    answered = of_receiver and code != CLOSING and not text.startswith(OWN_TROUBLE)
    return Result(outcome=Outcome.LATER, error=error, answered=answered)
