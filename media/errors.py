"""What photos are refused for. `code` is stable, `detail` is for a person to read.

The process that decodes strangers' files raises these too and knows no Django: so the sentence
is turned into the reader's language only when it is asked for.
"""

from typing import Any


def _(text: str) -> str:
    """Mark a sentence to be translated when it is shown."""
    return text


class MediaError(Exception):
    """A refusal about a photo; `parameters` fill its sentence."""

    code = "bad_photo"
    sentence = _("The photo cannot be taken.")

    def __init__(self, **parameters: Any) -> None:
        super().__init__(self.code)
        self.parameters = parameters

    @property
    def detail(self) -> str:
        """The sentence in the reader's language."""
        from django.utils.translation import gettext

        return gettext(self.sentence) % self.parameters

    def __str__(self) -> str:
        return f"{self.code} {self.parameters or ''}".strip()


class NotAPicture(MediaError):
    """Not one of the formats that cameras and phones make."""

    code = "not_a_picture"
    sentence = _("The file is no photo that can be read. Send JPEG, PNG, WebP, HEIC or AVIF.")


class Empty(NotAPicture):
    """Not a single byte."""

    code = "photo_empty"
    sentence = _("The file is empty. Take or choose the photo again.")


class Animated(MediaError):
    """A moving picture: what a person saw in it is not what a still would show."""

    code = "photo_animated"
    sentence = _("Moving pictures are not taken. Send a still photo.")


class TooLarge(MediaError):
    """More bytes than are taken."""

    code = "photo_too_large"
    sentence = _("The photo is larger than %(limit)d MB.")

    def __init__(self, *, limit_bytes: int) -> None:
        self.limit_bytes = limit_bytes
        super().__init__(limit=limit_bytes // 1024**2)


class TooManyPixels(MediaError):
    """Few bytes may unfold into more memory than a server has; known before unfolding."""

    code = "photo_too_many_pixels"
    sentence = _("The photo has more than %(limit)d megapixels.")

    def __init__(self, *, limit_pixels: int) -> None:
        self.limit_pixels = limit_pixels
        super().__init__(limit=limit_pixels // 10**6)


class TooNarrow(MediaError):
    """A sliver such as 1 × 65,535, which no camera makes."""

    code = "photo_too_narrow"
    sentence = _("The picture is a sliver that shows nothing. Send a photo.")


class Damaged(MediaError):
    """A picture by its first bytes, which ends too soon or cannot be decoded."""

    code = "photo_damaged"
    sentence = _("The photo is damaged or was cut off on the way. Send it again.")


class TooCostly(MediaError):
    """Its decoder died, or used up the time or the memory that one photo is given."""

    code = "photo_too_costly"
    sentence = _("The photo cannot be read within reasonable time and memory. Send another.")


class WrongLength(MediaError):
    """Not as many bytes as were announced."""

    code = "photo_wrong_length"
    sentence = _("The photo did not arrive whole. Send it again.")


class HashMismatch(MediaError):
    """Not the bytes that were announced."""

    code = "photo_hash_mismatch"
    sentence = _("The photo was changed on the way. Send it again.")


class TooManyPieces(MediaError):
    """Crumbs: each is a file of its own, and a photo of a byte each would fill a disk's index."""

    code = "photo_too_many_pieces"
    sentence = _("The photo came in too many small pieces. Send it again in larger ones.")


class QuotaExceeded(MediaError):
    """One sender has sent more in a day than is taken from one."""

    code = "photo_quota_exceeded"
    sentence = _("More than %(limit)d MB of photos came from here in a day. Try again tomorrow.")

    def __init__(self, *, limit_bytes: int) -> None:
        super().__init__(limit=limit_bytes // 1024**2)


class StorageFull(MediaError):
    """The disk or the bucket takes no more just now; nothing of the photo was kept."""

    code = "storage_full"
    sentence = _("Photos cannot be kept just now. Nothing was lost; please try again later.")


class OriginalMissing(MediaError):
    """The file as it was sent is gone from the storage, or cannot be opened with our keys."""

    code = "photo_original_missing"
    sentence = _("The photo's original is missing from the storage.")


class UnknownUpload(MediaError):
    """Not there, or somebody else's: from outside the two look alike."""

    code = "unknown_upload"
    sentence = _("A photo named here was not uploaded from this device.")


class UnknownPhoto(MediaError):
    """The link is right, but the photo is there no more."""

    code = "unknown_photo"
    sentence = _("The photo is not there.")


class LinkInvalid(MediaError):
    """A link to a photo that this server did not make."""

    code = "photo_link_invalid"
    sentence = _("The link to the photo is not valid.")


class LinkExpired(MediaError):
    """A link to a photo that was good once; a new one comes with the report."""

    code = "photo_link_expired"
    sentence = _("The link to the photo is no longer valid. Reload the page.")


def _all(kind: type[MediaError]) -> dict[str, type[MediaError]]:
    found = {kind.code: kind}
    for below in kind.__subclasses__():
        found |= _all(below)
    return found


def error_of(code: str, **parameters: Any) -> MediaError:
    """Return the refusal with this code, as it was raised elsewhere."""
    kind = _all(MediaError).get(code, MediaError)
    error = kind.__new__(kind)
    MediaError.__init__(error, **parameters)
    return error
