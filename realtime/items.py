"""Entries made ready to be sent: who hears each, and its frame for each view, encoded once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC
from uuid import UUID

from backend import clock
from backend.events import log
from backend.events.log import Row
from backend.reports.models import Report
from backend.tickets.showing import PUBLIC_DECIMALS
from realtime import audiences, protocol, shelf
from realtime.audiences import ABOUT_WORK, GONE, PUBLIC, Audiences, is_of_staff
from realtime.filters import Filter, Point
from realtime.protocol import Frame
from realtime.shelf import Subject


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
    moved: bool = False
    """Category and priority were others until now."""

    def view_for(self, audience: str, wanted: Filter) -> str | None:
        """Return the view that a follow of this audience with this filter gets, None for none."""
        view = self.audiences.get(audience)
        if view is None:
            return None
        point = self.point
        if point and audience == PUBLIC:  # A finer box would tell more than the map does.
            point = (round(point[0], PUBLIC_DECIMALS), round(point[1], PUBLIC_DECIMALS))
        if wanted.passes(self.category, self.area, self.priority, point, moved=self.moved):
            return view
        return None

    def frame_for(self, audience: str, wanted: Filter) -> Frame | None:
        """Return what such a follow gets, None for nothing."""
        view = self.view_for(audience, wanted)
        return None if view is None else self.frames[view]

    @property
    def size(self) -> int:
        """The bytes of its frames."""
        return sum(frame.size for frame in self.frames.values())


@dataclass(frozen=True, slots=True)
class _Said:
    """Where a report was sent from, and the ticket that it belongs to by now."""

    point: Point
    ticket_id: str | None


def build(rows: Sequence[Row], *, only: str | None = None) -> list[Item]:
    """Return the entries as items, in a fixed number of queries for any number of them.

    With `only`, they have the frames of that audience alone.
    """
    reports = _reports(row.data["report_id"] for row in rows if _is_report(row))
    moment = clock.now()
    read = shelf.for_staff if is_of_staff(only) else shelf.for_all
    subjects = read(
        {row.data["ticket_id"] for row in rows if row.data.get("ticket_id")}
        | {said.ticket_id for said in reports.values() if said.ticket_id},
        moment,
    )
    at_work = _agencies_then(
        said.ticket_id
        for row in rows
        if row.type in ABOUT_WORK and (said := reports.get(row.data.get("report_id") or ""))
    )
    return [_item(row, reports, subjects, at_work, only) for row in rows]


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
    subjects: dict[str, Subject],
    at_work: dict[str, list[Stand]],
    only: str | None,
) -> Item:
    data = row.data
    said = reports.get(data["report_id"]) if _is_report(row) else None
    ticket_id = (said.ticket_id if said else data.get("ticket_id")) or ""
    subject = subjects.get(ticket_id)
    working = _working(row, at_work.get(ticket_id, ())) if row.type in ABOUT_WORK else ()
    heard = _as_it_stands(audiences.hearers(row, working=working), subject)
    wanted = set(heard.values()) if only is None else {heard[only]} if only in heard else ()
    return Item(
        position=row.position,
        audiences=heard,
        frames={view: _frame(row, view, subject) for view in wanted},
        category=data.get("category") or "",
        area=data.get("area") or "",
        priority=data.get("priority") or "",
        point=said.point if said else subject.point if subject else None,
        moved=bool(data.get("from_category") or data.get("hides")),
    )


def _as_it_stands(heard: Audiences, subject: Subject | None) -> Audiences:
    """An agency that heard of the ticket then, but does not have it now, is not shown it now."""
    if subject is None:
        return heard
    return {
        audience: view
        if audience in subject.agencies or not audience.startswith("agency:")
        else GONE
        for audience, view in heard.items()
    }


def _frame(row: Row, view: str, subject: Subject | None) -> Frame:
    at = row.at.astimezone(UTC)
    shown = subject.shown(view) if subject else None
    return protocol.event(row.position, row.type, at, shown, audiences.shown_data(row, view))
