"""Photos after they came: told when they can be shown, covered, released, and looked at whole."""

from collections.abc import Sequence
from typing import Any, BinaryIO
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from backend import clock
from backend.accounts.models import User
from backend.accounts.principal import Principal, of_system
from backend.errors import Conflict, NotFound
from backend.events.log import record, recording
from backend.reports.events import UploadReady
from backend.reports.models import Report
from backend.tickets.events import TicketPhotoChanged
from backend.tickets.lifecycle import Status
from backend.tickets.models import OriginalLook, Ticket, TicketPhoto
from backend.tickets.selectors import never_public, tickets_with
from backend.tickets.services import _steps as step
from media.developing import Developed, begin_again, settle
from media.models import State, Upload
from media.storage import has_original, open_original

DEVELOPER = of_system("photos")
Boxes = Sequence[dict[str, float]]


@recording()
def settle_photo(made: Developed) -> bool:
    """Write down what became of a photo and tell it wherever the photo belongs."""
    if not settle(made):
        return False
    upload = Upload.objects.get(pk=made.upload.pk)
    said: dict[str, Any] = {
        "upload_id": str(upload.pk),
        "state": upload.state,
        "code": upload.refusal,
    }
    places = [*_of_reports(upload, said), *_of_tickets(upload, said)]
    for event in places or [UploadReady(**said)]:
        record(event, actor=DEVELOPER.key)
    return True


def _of_reports(upload: Upload, said: dict[str, Any]) -> list[UploadReady]:
    return [
        UploadReady(
            **said,
            report_id=str(report.pk),
            report_no=report.report_no,
            category=report.category_id,
            area=report.area_code,
        )
        for report in Report.objects.filter(photos__upload=upload).order_by("pk")
    ]


def _of_tickets(upload: Upload, said: dict[str, Any]) -> list[UploadReady]:
    tickets = Ticket.objects.filter(photos__upload=upload).select_related("agency").order_by("pk")
    return [
        UploadReady(
            **said,
            ticket_id=str(ticket.pk),
            reports=sorted(ticket.report_links.values_list("report__report_no", flat=True)),
            category=ticket.category_id,
            area=ticket.area_code,
            priority=ticket.priority,
            agency=ticket.agency.code if ticket.agency else None,
            supporting=sorted(ticket.supporting.values_list("code", flat=True)),
        )
        for ticket in tickets
    ]


@recording()
def cover_photo(*, ticket_id: UUID, upload_id: UUID, boxes: Boxes, actor: Principal) -> Upload:
    """Have these parts of a photo painted over in every copy; the copies of before are removed.

    Uncovering a part takes the photo from the public, until a person releases it anew.
    """
    ticket, upload = _locked(ticket_id, upload_id)
    if list(upload.boxes) == list(boxes):
        return upload
    if not has_original(upload.original_name):
        text = _("The photo's original is no longer kept, so no other copies can be made of it.")
        raise Conflict("photo_original_gone", text, ticket=ticket)
    if uncovers(upload, boxes):
        _withhold(upload, actor)
    begin_again(upload, boxes=boxes)
    _tell(ticket, upload, "covered" if boxes else "uncovered", actor)
    return upload


def uncovers(upload: Upload, boxes: Boxes) -> bool:
    """Say whether something that is covered now would be seen again."""
    return any(box not in boxes for box in upload.boxes)


@recording()
def release_photo(*, ticket_id: UUID, upload_id: UUID, actor: Principal) -> Upload:
    """Let the public see a photo.

    Raises Conflict for what is not ready, and for what is never published: also where the same
    photo was sent with another ticket that says so.
    """
    ticket, upload = _locked(ticket_id, upload_id)
    if never_public(upload_id):
        text = _("Photos of this category are never published.")
        raise Conflict("photo_never_public", text, ticket=ticket)
    if upload.state != State.READY:
        raise Conflict("photo_not_ready", _("The photo cannot be shown yet."), ticket=ticket)
    if upload.released_at is None:
        upload.released_at, upload.released_by = clock.now(), actor.key
        upload.save(update_fields=["released_at", "released_by"])
        _note_published(upload)
        _tell(ticket, upload, "released", actor)
    return upload


@recording()
def withhold_photo(*, ticket_id: UUID, upload_id: UUID, actor: Principal) -> Upload:
    """Take a photo from the public again; links that were given to the public die."""
    ticket, upload = _locked(ticket_id, upload_id)
    if upload.released_at is not None:
        _withhold(upload, actor)
        _tell(ticket, upload, "withheld", actor)
    return upload


def release_clean(*, ticket_id: UUID | None = None, upload_id: UUID | None = None) -> None:
    """Release photos of finished work in which nothing was found to cover, where that is the rule.

    All of a ticket, or one in every ticket. Not one that a person has taken back, nor one that
    could not be looked through.
    """
    if settings.PHOTO_RELEASE != "clean":
        return
    photos = TicketPhoto.objects.filter(
        ticket__status__in=[Status.RESOLVED, Status.CLOSED],
        upload__found=[],
        upload__state=State.READY,
        upload__released_at=None,
        upload__released_by="",
    )
    photos = photos.filter(ticket=ticket_id) if ticket_id else photos.filter(upload=upload_id)
    for photo in photos:
        if not never_public(photo.upload_id):
            release_photo(ticket_id=photo.ticket_id, upload_id=photo.upload_id, actor=DEVELOPER)


def look_at_original(*, ticket: Ticket, upload: Upload, user: User) -> BinaryIO:
    """Return the file as it was sent; that this person looked is kept before they do."""
    OriginalLook.objects.create(ticket=ticket, upload_id=upload.pk, user=user, at=clock.now())
    return open_original(upload.original_name)


def _locked(ticket_id: UUID, upload_id: UUID) -> tuple[Ticket, Upload]:
    ticket = step.locked(ticket_id)
    if not photo_of(ticket, upload_id):
        raise NotFound("photo_not_found", _("There is no such photo here."))
    return ticket, Upload.objects.select_for_update().get(pk=upload_id)


def photo_of(ticket: Ticket, upload_id: UUID) -> str | None:
    """Return `before` or `after` for a photo of this ticket, None for one that is not."""
    if ticket.report_links.filter(report__photos__upload=upload_id).exists():
        return "before"
    return "after" if ticket.photos.filter(upload=upload_id).exists() else None


def photos_of(ticket: Ticket) -> list[UUID]:
    """Return the photos of the scene and of the work, each once."""
    of_scene = ticket.report_links.filter(report__photos__upload__isnull=False)
    ids = [*of_scene.values_list("report__photos__upload", flat=True)]
    return list(dict.fromkeys([*ids, *ticket.photos.values_list("upload", flat=True)]))


def _withhold(upload: Upload, actor: Principal) -> None:
    # Whose word it was stays, so that no rule releases what a person has taken back.
    upload.released_at, upload.released_by = None, actor.key
    upload.save(update_fields=["released_at", "released_by"])
    _note_published(upload)


def _note_published(upload: Upload) -> None:
    """Let each ticket with the photo say whether it has any that the public may see."""
    for ticket in tickets_with(upload.pk).distinct():
        released = Upload.objects.filter(released_at__isnull=False)
        of_work = released.filter(pk__in=ticket.photos.values("upload"))
        of_scene = released.filter(
            pk__in=ticket.report_links.values("report__photos__upload").exclude(
                report__photos__upload=None
            )
        )
        published = of_work.exists() or of_scene.exists()
        Ticket.objects.filter(pk=ticket.pk).update(published=published)


def _tell(ticket: Ticket, upload: Upload, change: str, actor: Principal) -> None:
    ticket.refresh_from_db(fields=["published"])
    step.note_fact(ticket, TicketPhotoChanged, actor=actor, upload_id=str(upload.pk), change=change)
