"""A ticket as it is shown: one shape for HTTP and the feed, less what the viewer may not see."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings

from backend import clock
from backend.accounts.principal import Principal
from backend.reports.models import Report
from backend.tickets import policies
from backend.tickets.evidence import facts
from backend.tickets.models import Directive, Ticket
from geo.names import area_name
from media.errors import error_of
from media.links import signed_path
from media.models import State, Upload

Shown = dict[str, Any]
PUBLIC_DECIMALS = 4
"""Of a degree: anyone sees a place to some ten metres, and no answer may tell it finer."""


def _time(moment: datetime | None) -> str | None:
    return moment.isoformat().replace("+00:00", "Z") if moment else None


def summary(ticket: Ticket, moment: datetime | None = None) -> Shown:
    """Return what staff see in a row and in a frame; `moment` is when the flags are true."""
    moment = moment or clock.now()
    late = ticket.overdue_at(moment)
    return {
        "id": str(ticket.id),
        "version": ticket.version,
        "status": ticket.status,
        "category": ticket.category_id,
        "sector": ticket.category.sector_id,
        "priority": ticket.priority,
        "agency": ticket.agency.code if ticket.agency else None,
        "supporting": [agency.code for agency in ticket.supporting.all()],
        "assignee": ticket.assignee.username if ticket.assignee else None,
        "area": area(ticket.area_code),
        "location": {"lat": ticket.lat, "lon": ticket.lon},
        "address": ticket.address,
        "text": ticket.report.text,
        "report_nos": report_nos(ticket),
        "created_at": _time(ticket.created_at),
        "updated_at": _time(ticket.updated_at),
        "ack_due_at": _time(ticket.ack_due_at),
        "resolve_due_at": _time(ticket.resolve_due_at),
        "first_resolve_due_at": _time(ticket.first_resolve_due_at),
        "due_at": _time(ticket.due_at),
        "due_soon": not late and ticket.due_soon_at is not None and ticket.due_soon_at <= moment,
        "overdue": late,
        "restricted": ticket.restricted,
    }


def detail(ticket: Ticket, principal: Principal) -> Shown:
    """Return the whole ticket as this person may see it, and what they may do with it."""
    shown = summary(ticket)
    shown["location"]["accuracy_m"] = ticket.report.accuracy_m
    shown["asset"] = ticket.report.asset
    shown["photos"] = staff_photos(ticket)
    blank: Shown = {"rule": "", "explanation": None, "doubt": [], "earlier": []}
    shown["routing"] = {**blank, **ticket.routing}
    shown["reports"] = [
        {
            "report_no": link.report.report_no,
            "text": link.report.text,
            "submitted_at": _time(link.report.submitted_at),
        }
        for link in ticket.report_links.all()
    ]
    shown["escalated_to"] = escalated_to(ticket)
    shown["chased"] = sum(each.kind == Directive.Kind.CHASE for each in ticket.directives.all())
    shown["merged_into"] = str(ticket.merged_into_id) if ticket.merged_into_id else None
    shown["info_due_at"] = _time(ticket.info_due_at)
    shown["photo_required"] = ticket.category.photo_required
    shown["may"] = [verb.value for verb in policies.verbs_for(principal, ticket)]
    shown["may_see_reporter"] = policies.can_see_reporter(principal, ticket)
    return shown


def escalated_to(ticket: Ticket) -> str | None:
    """Return the highest level that was told that the ticket is overdue, None for none."""
    if not ticket.rung or ticket.due_at is None:
        return None
    levels = [level for level, _minutes in settings.ESCALATION[ticket.hours_counted]]
    return levels[min(ticket.rung, len(levels)) - 1]


def public_summary(ticket: Ticket) -> Shown:
    """Return what anyone may see: no words of the reporter, no staff, photos once published."""
    return {
        "id": str(ticket.id),
        "version": ticket.version,
        "status": ticket.status,
        "category": ticket.category_id,
        "sector": ticket.category.sector_id,
        "priority": ticket.priority,
        "agency": ticket.agency.code if ticket.agency else None,
        "area": area(ticket.area_code),
        "location": {
            "lat": round(ticket.lat, PUBLIC_DECIMALS),
            "lon": round(ticket.lon, PUBLIC_DECIMALS),
        },
        "created_at": _time(ticket.created_at),
        "updated_at": _time(ticket.updated_at),
        "overdue": ticket.overdue,
        "photos": public_photos(ticket) if ticket.published else [],
    }


def public_detail(ticket: Ticket) -> Shown:
    """Return the public summary with the deadlines, and whether each was kept."""
    moment = clock.now()
    return {
        **public_summary(ticket),
        "ack_due_at": _time(ticket.ack_due_at),
        "accepted_at": _time(ticket.accepted_at),
        "ack_kept": kept(ticket.ack_due_at, ticket.accepted_at, moment),
        "resolve_due_at": _time(ticket.resolve_due_at),
        "first_resolve_due_at": _time(ticket.first_resolve_due_at),
        "resolved_at": _time(ticket.resolved_at),
        "resolve_kept": kept(ticket.first_resolve_due_at, ticket.resolved_at, moment),
    }


def kept(due: datetime | None, done: datetime | None, moment: datetime) -> bool | None:
    """Say whether a deadline was kept; None while it still runs, or where there is none."""
    if due is None:
        return None
    if done is not None:
        return done <= due
    return False if due < moment else None


def gone_summary(ticket: Ticket) -> Shown:
    """Return what an agency hears of a ticket that has left it."""
    return {
        "id": str(ticket.id),
        "version": ticket.version,
        "status": ticket.status,
        "agency": ticket.agency.code if ticket.agency else None,
        "supporting": [agency.code for agency in ticket.supporting.all()],
        "report_nos": report_nos(ticket),
    }


def reporter_summary(ticket: Ticket, report_no: str) -> Shown:
    """Return what one of its reporters sees of the ticket in a frame."""
    return {
        "id": str(ticket.id),
        "version": ticket.version,
        "report_no": report_no,
        "status": ticket.status,
        "agency": ticket.agency.code if ticket.agency else None,
        "ack_due_at": _time(ticket.ack_due_at),
        "resolve_due_at": _time(ticket.resolve_due_at),
        "due_soon": ticket.due_soon,
        "overdue": ticket.overdue,
        "updated_at": _time(ticket.updated_at),
    }


def report_nos(ticket: Ticket) -> list[str]:
    """Return its reports' numbers, first that under which people know it.

    That stays first when older reports are merged in; a ticket that gave all its reports to
    another is still known by it.
    """
    links = ticket.report_links.all()
    others = [link.report.report_no for link in links if link.report_id != ticket.report_id]
    return [ticket.report.report_no, *others]


def area(code: str) -> Shown | None:
    """Return a unit's code and names, None where the point lies in no unit."""
    if not code:
        return None
    name_vi, name_en = area_name(code)
    return {"code": code, "name": name_vi, "name_en": name_en}


def public_photos(ticket: Ticket) -> list[Shown]:
    """Return the photos that a person or a rule has released; of a child's matter, none ever."""
    if ticket.restricted or ticket.category.child:
        return []
    return [
        photo(upload, kind, public=True)
        for upload, kind, _report in _photos(ticket)
        if upload.released_at is not None and upload.state == State.READY
    ]


def staff_photos(ticket: Ticket) -> list[Shown]:
    """Return the scene's photos, then those of the work, with what their cameras say of them."""
    return [
        {
            **photo(upload, kind),
            "released": upload.released_at is not None,
            "facts": photo_facts(upload, ticket, report),
        }
        for upload, kind, report in _photos(ticket)
    ]


def _photos(ticket: Ticket) -> list[tuple[Upload, str, Report | None]]:
    before = [
        (each.upload, "before", link.report)
        for link in ticket.report_links.all()
        for each in link.report.photos.all()
    ]
    return [*before, *((each.upload, "after", None) for each in ticket.photos.all())]


def photo_facts(upload: Upload, ticket: Ticket, report: Report | None) -> list[Shown]:
    """Return what the camera says that does not fit the report; see `evidence.facts`."""
    if upload.state != State.READY:
        return []
    place = (report.lat, report.lon) if report else (ticket.lat, ticket.lon)
    return facts(
        upload.evidence,
        place=place,
        accuracy_m=report.accuracy_m if report else None,
        at=(report.captured_at or report.submitted_at) if report else upload.created_at,
        zone=ZoneInfo(settings.TIME_ZONE),
    )


def photo(upload: Upload, kind: str, *, public: bool = False) -> Shown:
    """Return a photo as it is shown; until it is ready its links lead to a placeholder."""
    refused = error_of(upload.refusal) if upload.refusal else None
    return {
        "id": str(upload.pk),
        "kind": kind,
        "state": upload.state,
        "refusal": {"code": refused.code, "detail": reason(upload)} if refused else None,
        "width": upload.width,
        "height": upload.height,
        "view_url": signed_path(upload, "view", public=public),
        "thumb_url": signed_path(upload, "thumb", public=public),
    }


def reason(upload: Upload) -> str:
    """Return why a photo was refused, for a person to read."""
    limits = {"limit": settings.UPLOAD_MAX_PIXELS // 10**6}
    return error_of(upload.refusal, **limits).detail if upload.refusal else ""
