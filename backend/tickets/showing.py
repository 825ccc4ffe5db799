"""A ticket as it is shown: one shape for HTTP and the feed, less what the viewer may not see."""

from datetime import datetime
from typing import Any

from django.conf import settings

from backend import clock
from backend.accounts.principal import Principal
from backend.tickets import policies
from backend.tickets.models import Directive, Ticket
from geo.names import area_name
from media.links import signed_path
from media.models import Upload

Shown = dict[str, Any]


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
    shown["photos"] = photos(ticket)
    shown["routing"] = {"rule": "", "explanation": None, "doubt": [], **ticket.routing}
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
        "location": {"lat": round(ticket.lat, 4), "lon": round(ticket.lon, 4)},
        "created_at": _time(ticket.created_at),
        "updated_at": _time(ticket.updated_at),
        "overdue": ticket.overdue,
        "photos": photos(ticket) if ticket.published else [],
    }


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


def photos(ticket: Ticket) -> list[Shown]:
    """Return the scene's photos, then those of the work."""
    before = [
        photo(each.upload, "before")
        for link in ticket.report_links.all()
        for each in link.report.photos.all()
    ]
    return before + [photo(each.upload, "after") for each in ticket.photos.all()]


def photo(upload: Upload, kind: str) -> Shown:
    return {
        "id": str(upload.pk),
        "kind": kind,
        "width": upload.width,
        "height": upload.height,
        "view_url": signed_path(upload.pk, "view"),
        "thumb_url": signed_path(upload.pk, "thumb"),
    }
