"""What a reporter does: send, and add photos later."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import orjson
from django.conf import settings
from django.db import IntegrityError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from backend import clock
from backend.accounts.principal import Principal
from backend.accounts.services import give_consents
from backend.catalogue.models import Category
from backend.errors import Conflict, InvalidInput, NotAllowed
from backend.events.log import record, recording
from backend.reports.events import ReportPhotoAdded, ReportSubmitted
from backend.reports.models import Report, ReportPhoto
from backend.reports.numbers import new_report_no
from backend.reports.selectors import reporters_at
from geo.assets import assets_near
from geo.errors import FarOutside, OutOfRange
from geo.folding import folded
from geo.hexagons import cell_of
from geo.locator import Place, locate
from media.models import Upload
from media.services import claim_uploads, uploads_of

NUMBER_ATTEMPTS = 5
ASSET_WITHIN_M = 200.0  # who chose a light and then moved the pin still meant that light
NEAR_ASSETS = 200
SHARED_PLACE = "shared_place"
CLOCK_SLACK = timedelta(minutes=15)
"""So much a phone's clock may be ahead of ours."""

SHARED_WITHIN = timedelta(days=30)


@dataclass(frozen=True, kw_only=True)
class Draft:
    """What was written on the phone. `accuracy_m` in metres, `contact` as the person gave it."""

    id: UUID
    category: str
    text: str
    lat: float
    lon: float
    accuracy_m: float | None = None
    captured_at: datetime | None = None
    uploads: Sequence[UUID] = ()
    photos_expected: int = 0
    contact: dict[str, str] = field(default_factory=dict)
    anonymous: bool = False
    consents: Sequence[tuple[str, str]] = ()
    answers: dict[str, Any] = field(default_factory=dict)
    asset: dict[str, str] | None = None  # layer and code of what is meant
    joins: UUID | None = None

    @property
    def digest(self) -> str:
        """What tells two bodies under one id apart: SHA-256 over every field."""
        # In the order above. Without an asset it is what it was before there were assets: a phone
        # may send again what an earlier version of us took in.
        said = {
            each.name: orjson.Fragment(
                orjson.dumps(getattr(self, each.name), option=orjson.OPT_SORT_KEYS)
            )
            for each in fields(self)
            if each.name != "asset" or self.asset is not None
        }
        return hashlib.sha256(orjson.dumps(said)).hexdigest()


def submit_report(
    *, draft: Draft, principal: Principal, drill: bool = False
) -> tuple[Report, bool]:
    """Keep the report and its photos; returns it and whether it is new.

    A drill is worked on like any other report, but nobody is sent a message about it; only staff
    hold one. The same id again gives the same report. Raises Conflict for the id with another
    body or from somebody else, InvalidInput for a category, place or upload that cannot be,
    NotAllowed for a drill of somebody else's.
    """
    known = _sent_before(draft, principal)
    if known:
        return known, False
    if drill and not principal.roles:
        raise NotAllowed("drill_by_staff", _("Only staff hold a drill."))
    place = _place_of(draft)
    for attempt in range(NUMBER_ATTEMPTS):
        try:
            return _keep(draft, principal, place, drill), True
        except IntegrityError:
            # Either the same report came twice at once, and the other request has kept it, or
            # the random number was taken, and the next one will not be.
            known = _sent_before(draft, principal)
            if known:
                return known, False
            if attempt == NUMBER_ATTEMPTS - 1:
                raise
    raise AssertionError("The last attempt returns or raises.")


def _sent_before(draft: Draft, principal: Principal) -> Report | None:
    # Nearly always there is none: asked so, that costs least.
    if not Report.objects.filter(id=draft.id).exists():
        return None
    report = Report.objects.get(id=draft.id)
    if report.reporter_key != principal.key or report.body_digest != draft.digest:
        detail = _("This report was sent before with other content.")
        raise Conflict("report_differs", detail)
    return report


def _place_of(draft: Draft) -> Place:
    try:
        moment = timezone.localdate(clock.now())
        return locate(draft.lat, draft.lon, on=moment, accuracy_m=draft.accuracy_m)
    except (OutOfRange, FarOutside) as error:
        raise InvalidInput(error.code, error.detail, field="location") from error


def _shared_place(draft: Draft, principal: Principal) -> list[str]:
    """Say whether suspiciously many others reported from the very same numbers: a map's default."""
    if [draft.lon, draft.lat] == list(settings.MAP_CENTER):
        return [SHARED_PLACE]
    others = reporters_at(draft.lat, draft.lon, since=clock.now() - SHARED_WITHIN)
    return (
        [SHARED_PLACE] if len(others - {principal.key}) >= settings.SHARED_PLACE_REPORTERS else []
    )


@recording()
def _keep(draft: Draft, principal: Principal, place: Place, drill: bool) -> Report:
    category = _category(draft.category)
    if draft.captured_at and draft.captured_at > clock.now() + CLOCK_SLACK:
        detail = _("This time is still to come.")
        raise InvalidInput("in_future", detail, field="captured_at")
    report = _create(draft, principal, place, category, drill)
    uploads = _attach(report, draft.uploads, principal, have=0)
    give_consents(principal=principal, purposes=draft.consents)
    joins = str(draft.joins) if draft.joins else None
    record(ReportSubmitted.of(report, photos=len(uploads), joins=joins), actor=principal.key)
    return report


def _category(code: str) -> Category:
    try:
        return Category.objects.get(code=code, active=True)
    except Category.DoesNotExist:
        detail = _("There is no such category.")
        raise InvalidInput("unknown_category", detail, field="category") from None


def _create(
    draft: Draft, principal: Principal, place: Place, category: Category, drill: bool
) -> Report:
    moment = clock.now()
    report = Report(
        id=draft.id,
        report_no=new_report_no(moment),
        device=principal.device,
        user=principal.user,
        category=category,
        text=draft.text,
        folded=folded(draft.text),
        lat=draft.lat,
        lon=draft.lon,
        accuracy_m=draft.accuracy_m,
        cell=cell_of(draft.lat, draft.lon),
        area_code=place.area.code if place.area else "",
        area_version=place.area.version_id if place.area else None,
        place_doubt=[*place.doubt, *_shared_place(draft, principal)],
        answers=draft.answers,
        asset=_asset_of(draft),
        contact={} if draft.anonymous else draft.contact,
        anonymous=draft.anonymous,
        photos_expected=draft.photos_expected,
        joins=draft.joins,
        drill=drill,
        body_digest=draft.digest,
        captured_at=draft.captured_at,
        submitted_at=moment,
    )
    report.save(force_insert=True)
    return report


def _asset_of(draft: Draft) -> dict[str, Any] | None:
    """Return what the asset is called now and how far it is; a layer may have been replaced.

    A report is taken in whatever it names: the person stands there, and the list may be old.
    """
    if draft.asset is None:
        return None
    kept = {"layer": draft.asset["layer"], "code": draft.asset["code"]}
    near = assets_near(draft.lat, draft.lon, ASSET_WITHIN_M, kept["layer"], most=NEAR_ASSETS)
    found = next((each for each in near if each.code == kept["code"]), None)
    if found is None:
        return {**kept, "kind": "", "name": "", "distance_m": None}
    return {**kept, "kind": found.kind, "name": found.name, "distance_m": found.distance_m}


@recording()
def add_photos_to_report(
    *, report: Report, upload_ids: Sequence[UUID], actor: Principal
) -> list[Upload]:
    """Add the reporter's own uploads; those that the report has already stay as they are."""
    Report.objects.select_for_update().get(pk=report.pk)
    have = set(report.photos.values_list("upload_id", flat=True))
    more = [each for each in upload_ids if each not in have]
    uploads = _attach(report, more, actor, have=len(have))
    if uploads:
        ids = [str(upload.pk) for upload in uploads]
        record(ReportPhotoAdded.of(report, uploads=ids), actor=actor.key)
    return uploads


def _attach(
    report: Report, upload_ids: Iterable[UUID], principal: Principal, *, have: int
) -> list[Upload]:
    wanted = list(dict.fromkeys(upload_ids))
    if have + len(wanted) > settings.REPORT_MAX_PHOTOS:
        detail = _("A report takes at most %(n)d photos.") % {"n": settings.REPORT_MAX_PHOTOS}
        raise InvalidInput("too_many_photos", detail, field="uploads")
    if not wanted:
        return []
    uploads = uploads_of(principal.key, wanted)
    ReportPhoto.objects.bulk_create(
        ReportPhoto(report=report, upload=upload, order=have + turn)
        for turn, upload in enumerate(uploads)
    )
    claim_uploads(uploads, at=clock.now())
    return uploads
