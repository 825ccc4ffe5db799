"""Entries made ready to be sent: who hears each, and its frame for each view, encoded once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db.models import Prefetch, prefetch_related_objects

from backend import clock
from backend.events import log
from backend.events.log import Row
from backend.reports.models import Report, ReportPhoto
from backend.tickets import showing
from backend.tickets.models import Ticket, TicketPhoto
from backend.tickets.selectors import for_feed, is_public
from realtime import audiences, protocol
from realtime.audiences import ABOUT_WORK, GONE, PUBLIC, STAFF, Audiences
from realtime.filters import Filter, Point
from realtime.protocol import Frame

PUBLIC_DECIMALS = 4
"""Of a degree, as `public_summary` shows it: a finer box would tell more than the map does."""


@dataclass(frozen=True, slots=True)
class Item:
    """An entry with what a follow's filter asks about, and its frames by view."""

    position: int
    audiences: Audiences
    frames: dict[str, Frame]
    category: str
    area: str
    priority: str
    point: Point | None

    def frame_for(self, audience: str, wanted: Filter) -> Frame | None:
        """Return what a follow of this audience with this filter gets, None for nothing."""
        view = self.audiences.get(audience)
        if view is None:
            return None
        point = self.point
        if point and audience == PUBLIC:
            point = (round(point[0], PUBLIC_DECIMALS), round(point[1], PUBLIC_DECIMALS))
        if wanted.passes(self.category, self.area, self.priority, point):
            return self.frames[view]
        return None

    @property
    def size(self) -> int:
        """The bytes of its frames."""
        return sum(frame.size for frame in self.frames.values())


@dataclass(frozen=True, slots=True)
class _Said:
    """Where a report was sent from, and the ticket that it belongs to by now."""

    point: Point
    ticket_id: str | None


def build(rows: Sequence[Row]) -> list[Item]:
    """Return the entries as items, in a fixed number of queries for any number of them."""
    reports = _reports(row.data["report_id"] for row in rows if _is_report(row))
    tickets = _tickets(
        {row.data["ticket_id"] for row in rows if row.data.get("ticket_id")}
        | {said.ticket_id for said in reports.values() if said.ticket_id}
    )
    at_work = _agencies_then(
        said.ticket_id
        for row in rows
        if row.type in ABOUT_WORK and (said := reports.get(row.data.get("report_id") or ""))
    )
    moment = clock.now()
    return [_item(row, reports, tickets, at_work, moment) for row in rows]


def _is_report(row: Row) -> bool:
    return row.stream.startswith("report:")


def _reports(ids: Iterable[str]) -> dict[str, _Said]:
    wanted = {UUID(each) for each in ids}
    if not wanted:
        return {}
    rows = Report.objects.filter(pk__in=wanted).values_list(
        "pk", "lat", "lon", "ticket_link__ticket_id"
    )
    return {
        str(pk): _Said((lat, lon), str(ticket) if ticket else None) for pk, lat, lon, ticket in rows
    }


def _tickets(ids: Iterable[str]) -> dict[str, Ticket]:
    found = for_feed(UUID(each) for each in ids)
    published = [ticket for ticket in found.values() if ticket.published]
    if published:
        photos = ReportPhoto.objects.select_related("upload")
        prefetch_related_objects(
            published,
            Prefetch("photos", TicketPhoto.objects.select_related("upload")),
            Prefetch("report_links__report__photos", photos),
        )
    return {str(pk): ticket for pk, ticket in found.items()}


Stand = tuple[int, set[str]]


def _agencies_then(ticket_ids: Iterable[str | None]) -> dict[str, list[Stand]]:
    """Return for each ticket, in order, which agencies had it from which position on."""
    streams = [f"ticket:{each}" for each in set(ticket_ids) if each]
    stands: dict[str, list[Stand]] = {}
    for row in log.rows_of(streams) if streams else ():
        agencies = {row.data.get("agency"), *row.data.get("supporting", ())} - {None}
        stands.setdefault(row.data["ticket_id"], []).append((row.position, agencies))
    return stands


def _working(row: Row, stands: Sequence[Stand]) -> set[str]:
    before = [agencies for position, agencies in stands if position < row.position]
    return before[-1] if before else set()


def _item(
    row: Row,
    reports: dict[str, _Said],
    tickets: dict[str, Ticket],
    at_work: dict[str, list[Stand]],
    moment: datetime,
) -> Item:
    data = row.data
    said = reports.get(data["report_id"]) if _is_report(row) else None
    ticket_id = (said.ticket_id if said else data.get("ticket_id")) or ""
    ticket = tickets.get(ticket_id)
    working = _working(row, at_work.get(ticket_id, ())) if row.type in ABOUT_WORK else ()
    heard = _as_it_stands(audiences.hearers(row, working=working), ticket)
    point = said.point if said else (ticket.lat, ticket.lon) if ticket else None
    return Item(
        position=row.position,
        audiences=heard,
        frames={view: _frame(row, view, ticket, moment) for view in set(heard.values())},
        category=data.get("category") or "",
        area=data.get("area") or "",
        priority=data.get("priority") or "",
        point=point,
    )


def _as_it_stands(heard: Audiences, ticket: Ticket | None) -> Audiences:
    """An agency that heard of the ticket then, but does not have it now, is not shown it now."""
    if ticket is None:
        return heard
    having = {audiences.of_agency(agency.code) for agency in ticket.supporting.all()}
    if ticket.agency:
        having.add(audiences.of_agency(ticket.agency.code))
    return {
        audience: GONE if audience.startswith("agency:") and audience not in having else view
        for audience, view in heard.items()
    }


def _frame(row: Row, view: str, ticket: Ticket | None, moment: datetime) -> Frame:
    at = row.at.astimezone(UTC).isoformat().replace("+00:00", "Z")
    shown = _shown(view, ticket, moment) if ticket else None
    return protocol.event(row.position, row.type, at, shown, audiences.shown_data(row, view))


def _shown(view: str, ticket: Ticket, moment: datetime) -> dict[str, Any]:
    if view == STAFF:
        return showing.summary(ticket, moment)
    if view == GONE:
        return {**showing.gone_summary(ticket), "gone": True}
    if view == PUBLIC:
        if is_public(ticket):
            return showing.public_summary(ticket)
        return {"id": str(ticket.id), "version": ticket.version, "gone": True}
    return showing.reporter_summary(ticket, view.removeprefix("report:"))
