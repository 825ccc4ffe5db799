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


class OutOfRange(GeoError):
    """The numbers are no position on the globe."""

    code = "location_out_of_range"
    field = "location"

    def __init__(self, detail: Any = None, *, field: str | None = None) -> None:
        super().__init__(
            detail or _("Latitude must lie between -90 and 90, longitude between -180 and 180."),
            field=field,
        )


class FarOutside(GeoError):
    """A position, but nowhere near the province; `limit_km` is how far is still taken."""

    code = "location_far_outside"
    field = "location"

    def __init__(self, *, limit_km: float) -> None:
        self.limit_km = limit_km
        super().__init__(
            _("The place is more than %(limit)d km outside the province.") % {"limit": limit_km}
        )


class BadBoundaries(GeoError):
    """A file of boundaries that cannot be taken; nothing of it was kept."""

    code = "bad_boundaries"
