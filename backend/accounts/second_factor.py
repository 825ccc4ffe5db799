"""The second step of signing in: a code that changes each 30 seconds (TOTP, RFC 6238).

Whoever has switched it on needs it at every way in, the administration's included. It begins with
a secret for an authenticator app, and is on only once a code has shown that the app has it.
"""

import io
from base64 import b32encode
from dataclasses import dataclass
from urllib.parse import quote

import segno
from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django_otp import match_token
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from backend.accounts.models import User
from backend.errors import Conflict, InvalidInput

RECOVERY_CODES = 8


@dataclass(frozen=True)
class Enrolment:
    """What an authenticator app needs: the secret to type, or the same as an address and a QR."""

    secret: str
    uri: str
    qr_svg: str


def has_second_factor(user: User) -> bool:
    return bool(TOTPDevice.objects.filter(user=user, confirmed=True).exists())


def passes_second_factor(user: User, code: str) -> bool:
    """Say whether the code is the user's: of the app, or one recovery code, which is then spent.

    After a wrong one, django-otp waits longer each time before it looks at the next.
    """
    return match_token(user, code.replace(" ", "")) is not None


@transaction.atomic
def begin_second_factor(user: User) -> Enrolment:
    """Make a new secret, in place of any that was never confirmed.

    Raises Conflict where it is on already.
    """
    if has_second_factor(User.objects.select_for_update().get(pk=user.pk)):
        raise Conflict("second_factor_on", _("Two-step sign-in is on already."))
    TOTPDevice.objects.filter(user=user).delete()
    device = TOTPDevice.objects.create(user=user, name="app", confirmed=False)
    secret = b32encode(device.bin_key).decode()
    uri = (
        f"otpauth://totp/{quote(f'{settings.OTP_TOTP_ISSUER}:{user.username}')}"
        f"?secret={secret}&issuer={quote(settings.OTP_TOTP_ISSUER)}&algorithm=SHA1&digits=6&period=30"
    )
    drawing = io.BytesIO()
    segno.make(uri, error="m").save(drawing, kind="svg", scale=4, xmldecl=False, border=2)
    return Enrolment(secret, uri, drawing.getvalue().decode())


@transaction.atomic
def confirm_second_factor(user: User, code: str) -> list[str]:
    """Switch it on; returns recovery codes, which are never shown again.

    Raises InvalidInput for a code that is not the new secret's.
    """
    device = TOTPDevice.objects.select_for_update().filter(user=user, confirmed=False).first()
    if device is None:
        raise Conflict("second_factor_not_begun", _("Begin two-step sign-in first."))
    if not device.verify_token(code.replace(" ", "")):
        detail = _("This code is not right. Look at the clock of the phone, and try the next one.")
        raise InvalidInput("wrong_otp", detail, field="otp")
    device.confirmed = True
    device.save(update_fields=["confirmed"])
    StaticDevice.objects.filter(user=user).delete()
    kept = StaticDevice.objects.create(user=user, name="recovery")
    codes = [StaticToken.random_token() for _turn in range(RECOVERY_CODES)]
    StaticToken.objects.bulk_create(StaticToken(device=kept, token=code) for code in codes)
    return codes


@transaction.atomic
def end_second_factor(user: User) -> None:
    """Switch it off; off already is well too."""
    TOTPDevice.objects.filter(user=user).delete()
    StaticDevice.objects.filter(user=user).delete()
