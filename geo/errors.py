"""What geography refuses: a stable `code`, and a `detail` for a person to read."""

from typing import Any

from django.utils.translation import gettext_lazy as _


class GeoError(Exception):
    """A refusal about places, with the part of the input that caused it."""

    code = "bad_place"
    field: str | None = None

    def __init__(self, detail: Any, *, field: str | None = None) -> None:
        super().__init__(self.code)
        self.detail = detail
        self.field = field or self.field

    def __str__(self) -> str:
        return f"{self.code}: {self.detail}"


_SWAPPED = _("Latitude and longitude seem to have been swapped.")
_ZERO = _("The position is 0, 0: the phone sent none. Set the place on the map.")


class OutOfRange(GeoError):
    """The numbers are no position on the globe; `doubt` says "swapped" where they seem so."""

    code = "location_out_of_range"
    field = "location"

    def __init__(
        self, detail: Any = None, *, field: str | None = None, doubt: tuple[str, ...] = ()
    ) -> None:
        self.doubt = doubt
        usual = _("Latitude must lie between -90 and 90, longitude between -180 and 180.")
        super().__init__(detail or (_SWAPPED if doubt else usual), field=field)


class FarOutside(GeoError):
    """A position, but nowhere near the province; `limit_km` is how far is still taken.

    `doubt` says "zero_position" or "swapped" where that seems to be why.
    """

    code = "location_far_outside"
    field = "location"

    def __init__(self, *, limit_km: float, doubt: tuple[str, ...] = ()) -> None:
        self.limit_km = limit_km
        self.doubt = doubt
        usual = _("The place is more than %(limit)d km outside the province.")
        told = {"zero_position": _ZERO, "swapped": _SWAPPED}
        super().__init__(told[doubt[0]] if doubt else usual % {"limit": limit_km})


class BadBoundaries(GeoError):
    """A file of boundaries that cannot be taken; nothing of it was kept."""

    code = "bad_boundaries"
