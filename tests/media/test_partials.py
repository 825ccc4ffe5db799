"""Pieces of a photo that two bring at once, as two tabs or an impatient phone do."""

import hashlib
import uuid

import pytest

from media import partials, services
from media.errors import TooManyPieces
from media.models import PartialUpload, Upload
from media.storage import open_original, originals
from tests.media.pictures import photo

pytestmark = pytest.mark.django_db(transaction=True)
PHONE = f"device:{uuid.UUID(int=1)}"


@pytest.fixture
def coming() -> PartialUpload:
    """A photo whose every piece is here, and which nobody has made whole yet."""
    content = photo()
    digest = hashlib.sha256(content).hexdigest()
    begun = partials.begin(owner=PHONE, sha256=digest, size=len(content))[0]
    assert isinstance(begun, PartialUpload)
    partials._with_piece(begun, 0, content)
    return begun


def made_whole(coming: PartialUpload) -> tuple[Upload, bool]:
    whole, created = partials.append(
        owner=PHONE, upload_id=coming.pk, start=coming.bytes, total=coming.bytes, content=b""
    )
    assert isinstance(whole, Upload)
    return whole, created


@pytest.mark.parametrize(
    ("module", "step"),
    [(services, "require_quota"), (partials, "open_original"), (partials, "keep_upload")],
)
def test_both_get_the_one_photo_and_its_original_stays(coming, monkeypatch, stored, module, step):
    before = getattr(module, step)
    others = []

    def meanwhile(*given, **more):
        monkeypatch.setattr(module, step, before)
        others.append(made_whole(coming))
        return before(*given, **more)

    monkeypatch.setattr(module, step, meanwhile)
    whole, created = made_whole(coming)
    assert (others, created) == ([(whole, True)], False)
    assert stored() == [whole.original_name]
    with open_original(whole.original_name) as file:
        assert file.read() == photo()
    assert PartialUpload.objects.count() == 0


def test_a_photo_does_not_come_in_crumbs(monkeypatch, stored):
    monkeypatch.setattr(partials, "MOST_PIECES", 3)
    content = photo()
    digest = hashlib.sha256(content).hexdigest()
    begun = partials.begin(owner=PHONE, sha256=digest, size=len(content))[0]

    def piece(start: int, end: int) -> PartialUpload | Upload:
        return partials.append(
            owner=PHONE,
            upload_id=begun.pk,
            start=start,
            total=len(content),
            content=content[start:end],
        )[0]

    for start in range(3):
        piece(start, start + 1)
    with pytest.raises(TooManyPieces):
        piece(3, 4)
    assert (stored(), PartialUpload.objects.count()) == ([], 0)
    assert originals().listdir("parts") == ([], [])
    begun = partials.begin(owner=PHONE, sha256=digest, size=len(content))[0]
    for start in range(3):
        piece(start, start + 1)
    assert isinstance(piece(3, len(content)), Upload)


def test_a_piece_that_comes_when_the_photo_is_whole_finds_it(coming, monkeypatch):
    before = partials.partial_of
    others = []

    def meanwhile(*given):
        found = before(*given)
        monkeypatch.setattr(partials, "partial_of", before)
        others.append(made_whole(coming)[0])
        found.offset = 0  # as it was read before the last piece came
        return found

    monkeypatch.setattr(partials, "partial_of", meanwhile)
    again = partials.append(
        owner=PHONE, upload_id=coming.pk, start=0, total=coming.bytes, content=photo()
    )
    assert again == (others[0], False)
