"""How often: generous to people behind one address, since phones share them by the thousand."""

from typing import Any
from unicodedata import normalize

from django.conf import settings
from django.utils.crypto import salted_hmac
from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle
from rest_framework.views import APIView

from backend.accounts.principal import ANONYMOUS
from backend.api.http import principal_of


class _Rated(SimpleRateThrottle):
    def get_rate(self) -> str | None:
        rate: str | None = settings.THROTTLE_RATES.get(self.scope or "")
        return rate

    def ident(self, request: Request) -> str:
        principal = principal_of(request)
        return self.get_ident(request) if principal == ANONYMOUS else principal.key

    def get_cache_key(self, request: Request, view: APIView) -> str | None:
        return f"throttle:{self.scope}:{self.ident(request)}"


class NewDevices(_Rated):
    scope = "devices"


class Uploads(_Rated):
    scope = "uploads"


class Reports(_Rated):
    scope = "reports"


class Suggestions(_Rated):
    """Asked as somebody types, so several times a report."""

    scope = "suggestions"


class PublicReads(_Rated):
    """What anyone may read without saying who they are, so by the address alone."""

    scope = "public"


class Addresses(_Rated):
    """Each address given sends somebody a code."""

    scope = "addresses"


class CodesOfAClient(_Rated):
    """By the address that asks: whoever makes a hundred devices there sends few codes all the same.

    Checked before `CodesTo`, so that what is refused here uses up nobody's number.
    """

    scope = "codes_client"

    def ident(self, request: Request) -> str:
        return self.get_ident(request)


class CodesTo(_Rated):
    """By where the code goes, whoever asks for it: nobody's number rings all night."""

    scope = "codes"

    def __init__(self, value: str) -> None:
        super().__init__()
        self._value = value.casefold()

    def ident(self, request: Request) -> str:
        # A digest: no list of numbers comes to lie in the cache.
        return salted_hmac("throttle.codes", self._value).hexdigest()


class SignIns(_Rated):
    """By the name that is tried and by the address: guessing is slow either way."""

    scope = "sign_in"

    def ident(self, request: Request) -> str:
        data: Any = request.data if isinstance(request.data, dict) else {}
        # As the forms read it, who trim it and write it in its plain form: one count a name.
        name = normalize("NFKC", str(data.get("username", ""))).strip().casefold()
        return f"{self.get_ident(request)}:{name[:150]}"


class SignInsOfAnAddress(_Rated):
    """By the address alone: one password is not tried on every account. Offices share one."""

    scope = "sign_in_address"

    def ident(self, request: Request) -> str:
        return self.get_ident(request)


class SecondFactors(_Rated):
    """By who is signed in: a thief of an open session guesses as slowly as one without."""

    scope = "sign_in"
