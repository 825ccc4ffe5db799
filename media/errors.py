"""What photos are refused for. `code` is stable, `detail` is for a person to read."""

from typing import Any

from django.utils.translation import gettext_lazy as _


class MediaError(Exception):
    """A refusal about a photo."""

    code = "bad_photo"
    detail: Any = _("The photo cannot be taken.")

    def __init__(self, detail: Any = None) -> None:
        super().__init__(self.code)
        self.detail = detail or self.detail

    def __str__(self) -> str:
        return f"{self.code}: {self.detail}"


class NotAPicture(MediaError):
    """Not one of the formats that cameras and phones make."""

    code = "not_a_picture"
    detail = _("The file is no photo that can be read. Send JPEG, PNG, WebP, HEIC or AVIF.")


class TooLarge(MediaError):
    """More bytes than are taken."""

    code = "photo_too_large"

    def __init__(self, *, limit_bytes: int) -> None:
        self.limit_bytes = limit_bytes
        super().__init__(
            _("The photo is larger than %(limit)d MB.") % {"limit": limit_bytes // 1024**2}
        )


class TooManyPixels(MediaError):
    """Few bytes may unfold into more memory than a server has; known before unfolding."""

    code = "photo_too_many_pixels"

    def __init__(self, *, limit_pixels: int) -> None:
        self.limit_pixels = limit_pixels
        super().__init__(
            _("The photo has more than %(limit)d megapixels.") % {"limit": limit_pixels // 10**6}
        )


class Damaged(MediaError):
    """A picture by its first bytes, which ends too soon or cannot be decoded."""

    code = "photo_damaged"
    detail = _("The photo is damaged or was cut off on the way. Send it again.")


class UnknownUpload(MediaError):
    """Not there, or somebody else's: from outside the two look alike."""

    code = "unknown_upload"
    detail = _("A photo named here was not uploaded from this device.")


class UnknownPhoto(MediaError):
    """The link is right, but the photo is there no more."""

    code = "unknown_photo"
    detail = _("The photo is not there.")


class LinkInvalid(MediaError):
    """A link to a photo that this server did not make."""

    code = "photo_link_invalid"
    detail = _("The link to the photo is not valid.")


class LinkExpired(MediaError):
    """A link to a photo that was good once; a new one comes with the report."""

    code = "photo_link_expired"
    detail = _("The link to the photo is no longer valid. Reload the page.")
