"""Addresses that people give: proved by a code that is sent there, so nobody enters another's.

A code has six digits, lives 15 minutes and is good for five tries; we keep its digest.
"""

import re
import secrets
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import F
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext_lazy as _

from backend import clock
from backend.accounts.subscriptions import is_subscription
from backend.errors import Conflict, InvalidInput, NotFound
from notifications import messages, sms
from notifications.models import Address, Notification, State, Topic, Way
from notifications.planning import planned
from notifications.pushes import message_text
from notifications.wording import wordings_of, words_for

TYPED = frozenset({Way.EMAIL, Way.SMS, Way.ZALO})
OF_BROWSERS = frozenset({Way.WEBPUSH})
KIND = "address.proof"
CODE_LIVES = timedelta(minutes=15)
TRIES = 5
MOST = 5  # addresses of one person for one transport

_PHONE = re.compile(r"\+84[1-9][0-9]{8,9}")


def normal(transport: str, value: str) -> str:
    """Return the address as it is kept. Raises InvalidInput for what cannot be one."""
    value = value.strip()
    if transport == Way.EMAIL:
        try:
            validate_email(value)
        except ValidationError:
            detail = _("This is no e-mail address.")
            raise InvalidInput("invalid_address", detail, field="value") from None
        name, _at, host = value.rpartition("@")
        return f"{name}@{host.lower()}"
    if transport == Way.WEBPUSH:
        if not is_subscription(value):
            detail = _("This is no subscription of a push service that is used here.")
            raise InvalidInput("invalid_address", detail, field="value")
        return value
    digits = re.sub(r"[\s().-]", "", value)
    if digits.startswith("0"):
        digits = "+84" + digits[1:]
    if not _PHONE.fullmatch(digits):
        detail = _("This is no phone number in Viet Nam.")
        raise InvalidInput("invalid_address", detail, field="value")
    return digits


@transaction.atomic
def give_address(*, person: str, transport: str, value: str, language: str) -> Address:
    """Keep an address and send it a code, again where it was not proved yet.

    A browser's subscription needs no proof: who has it was asked by the browser. Raises
    InvalidInput for what is no address, Conflict for one that is dead or one too many.
    """
    value = normal(transport, value)
    mine = Address.objects.select_for_update().filter(person=person, transport=transport)
    address = mine.filter(value=value).first()
    if address is None:
        if mine.filter(dead_at=None).count() >= MOST:
            raise Conflict("too_many", _("You have given many addresses. Remove one first."))
        # A second click at the same moment finds what the first one kept.
        made, _new = Address.objects.get_or_create(
            person=person, transport=transport, value=value, defaults={"created_at": clock.now()}
        )
        address = mine.get(pk=made.pk)
    if address.dead_at:
        raise Conflict("address_dead", _("Nothing arrives there; please give another address."))
    address.language = language
    if transport in OF_BROWSERS:
        address.confirmed_at = clock.now()
        # A browser is one person's: of those at this desk the last who switched it on.
        Address.objects.filter(transport=transport, value=value).exclude(person=person).delete()
    address.save()
    if address.confirmed_at is None:
        _send_code(address)
    return address


def release_browser(value: str) -> int:
    """Forget a browser's subscription, whosever it is here; returns how many there were."""
    return Address.objects.filter(transport__in=OF_BROWSERS, value=value).delete()[0]


@transaction.atomic
def prove_address(*, person: str, address_id: int, code: str) -> Address:
    """Take the code. Raises NotFound for another's address, InvalidInput for a wrong code."""
    mine = Address.objects.select_for_update().filter(person=person, pk=address_id)
    address = mine.first()
    if address is None:
        raise NotFound("address_not_found", _("There is no such address."))
    if address.confirmed_at:
        return address
    late = address.code_until is None or address.code_until < clock.now()
    if late or address.code_tries > TRIES:
        raise InvalidInput("code_expired", _("This code is used up; ask for another."))
    if not constant_time_compare(address.code_digest, _digest(address, code)):
        raise InvalidInput("code_wrong", _("This is not the code."), field="code")
    address.confirmed_at, address.code_digest, address.code_until = clock.now(), "", None
    address.save()
    return address


def count_try(*, person: str, address_id: int) -> None:
    """Count an attempt before it is looked at, so that it counts however it ends."""
    mine = Address.objects.filter(person=person, pk=address_id, confirmed_at=None)
    mine.update(code_tries=F("code_tries") + 1)


def remove_address(*, person: str, address_id: int) -> bool:
    """Forget an address; says whether there was one. A dead one stays known as dead."""
    gone = Address.objects.filter(person=person, pk=address_id, dead_at=None).delete()
    return bool(gone[0])


def _send_code(address: Address) -> None:
    """Plan the code's message; a second one replaces what was not sent yet."""
    code = f"{secrets.randbelow(10**6):06}"
    moment = clock.now()
    address.code_digest = _digest(address, code)
    address.code_until, address.code_tries = moment + CODE_LIVES, 0
    address.save()
    language = "en" if address.language == "en" else "vi"
    words = words_for(KIND, "reporter", address.transport, language, wordings_of(KIND))
    title, body = messages.render_words(words, {"code": code})
    given = {
        "kind": KIND,
        "topic": Topic.ADDRESS,
        "at": moment,
        "language": address.language,
        "title": title,
        "body": body,
        "urgent": True,
        "state": State.PLANNED,
        "due_at": moment,
        "next_at": moment,
        "attempts": 0,
        "sent_at": None,
        "error": "",
    }
    row, _new = Notification.objects.update_or_create(
        position=0,
        person=address.person,
        transport=address.transport,
        to=str(address.pk),
        defaults=given,
    )
    if address.transport != Way.EMAIL:
        row.segments = sms.cost(message_text(row)).segments
        row.save(update_fields=["segments"])
    transaction.on_commit(planned.ring, robust=True)


def _digest(address: Address, code: str) -> str:
    return salted_hmac("notifications.proof", f"{address.pk}:{code}").hexdigest()
