"""The steps that every ticket service takes: lock, check, write, record."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from backend import clock
from backend.accounts.models import Agency
from backend.accounts.principal import Principal
from backend.catalogue.calendar import Calendar, calendar_of
from backend.catalogue.models import Category, Clock
from backend.errors import Conflict, InvalidInput, InvalidTransition, NotFound
from backend.events.log import record
from backend.tickets import deadlines, decisions
from backend.tickets.events import ReplyPublished, TicketEvent
from backend.tickets.lifecycle import AT_WORK, AWAITS_AGENCY, Status, Verb, may_become, may_happen
from backend.tickets.models import Note, Reply, Ticket, TicketPhoto
from media.models import Upload
from media.services import claim_uploads, uploads_of

MOST_PHOTOS = 10
LONGEST_TEXT = 4000


def locked(ticket_id: UUID, *, version: int | None = None, verb: Verb | None = None) -> Ticket:
    """Take the ticket's row lock, then check that it stands where the actor saw it.

    Raises NotFound, Conflict (another version; the ticket is in `context`), InvalidTransition.
    """
    found = Ticket.objects.select_for_update(of=("self",)).filter(id=ticket_id)
    ticket = found.select_related("category", "report", "agency").first()
    if ticket is None:
        raise NotFound("ticket_not_found", _("There is no such ticket."))
    if version is not None and ticket.version != version:
        raise Conflict(
            "version_conflict",
            _("Somebody else changed this ticket first. Look at it again before you act."),
            ticket=ticket,
        )
    if verb is not None and not may_happen(verb, ticket.state):
        raise wrong_status(ticket)
    return ticket


def wrong_status(ticket: Ticket) -> InvalidTransition:
    return InvalidTransition(
        "wrong_status", _("This cannot be done in the ticket's present status."), ticket=ticket
    )


def become(ticket: Ticket, target: Status) -> None:
    if not may_become(ticket.state, target):
        raise wrong_status(ticket)
    ticket.status = target


def keep(ticket: Ticket, event: type[TicketEvent], *, actor: Principal, **facts: Any) -> Ticket:
    """Write the ticket under its next version and record what happened to it."""
    ticket.version += 1
    ticket.updated_at = clock.now()
    set_running_deadline(ticket)
    ticket.save()
    note_fact(ticket, event, actor=actor, **facts)
    return ticket


@dataclass(frozen=True, kw_only=True)
class Standing:
    """Where a ticket stands, as each of its facts says it."""

    version: int
    status: str
    agency: str | None = None
    supporting: Sequence[str] = ()
    reports: Sequence[str] = ()


def note_fact(ticket: Ticket, event: type[TicketEvent], *, actor: Principal, **facts: Any) -> None:
    standing = Standing(
        version=ticket.version,
        status=ticket.status,
        agency=ticket.agency.code if ticket.agency else None,
        supporting=sorted(ticket.supporting.values_list("code", flat=True)),
        reports=sorted(ticket.report_links.values_list("report__report_no", flat=True)),
    )
    note_standing(ticket, standing, event, actor=actor, **facts)


def note_standing(
    ticket: Ticket,
    standing: Standing,
    event: type[TicketEvent],
    *,
    actor: Principal,
    **facts: Any,
) -> None:
    """Record a fact of a ticket that stood so when it happened."""
    record(
        event(
            ticket_id=str(ticket.id),
            version=standing.version,
            status=standing.status,
            category=ticket.category_id,
            priority=ticket.priority,
            area=ticket.area_code,
            agency=standing.agency,
            supporting=list(standing.supporting),
            restricted=ticket.restricted,
            reports=list(standing.reports),
            **facts,
        ),
        actor=actor.key,
    )


def terms_of(ticket: Ticket) -> deadlines.Terms:
    """Return the time that the ticket is given: its category's, or what a routing rule set."""
    given, category = ticket.routing.get("deadlines", {}), ticket.category
    return deadlines.Terms(
        ack_minutes=given.get("ack_minutes", category.ack_minutes),
        resolve_minutes=given.get("resolve_minutes", category.resolve_minutes),
        by_clock=ticket.hours_counted == Clock.CLOCK,
    )


def due_after(
    ticket: Ticket, start: datetime, minutes: int, calendar: Calendar | None = None
) -> datetime:
    """Return the deadline `minutes` after `start`, in the hours that the ticket counts.

    Working hours are those of the agency that has it: `calendar`, where it was read before.
    """
    if terms_of(ticket).by_clock:
        return deadlines.clock_due(start, minutes)
    zone = ZoneInfo(settings.TIME_ZONE)
    calendar = calendar or calendar_of(ticket.agency_id)
    return deadlines.working_due(start, minutes, zone=zone, hours_of=calendar.hours_of)


def ack_due(ticket: Ticket, start: datetime, calendar: Calendar | None = None) -> datetime:
    """Return by when a ticket that lies there from `start` is to be acknowledged."""
    return due_after(ticket, start, terms_of(ticket).ack_minutes, calendar)


def whole_due(ticket: Ticket, start: datetime, calendar: Calendar | None = None) -> datetime:
    """Return by when the work is to be done that nobody has acknowledged at `start`."""
    terms = terms_of(ticket)
    minutes = terms.ack_minutes + terms.resolve_minutes
    return due_after(ticket, start, minutes, calendar)


def set_running_deadline(ticket: Ticket) -> None:
    """Let `due_at` be the deadline that counts now; none runs while a reporter is asked."""
    if ticket.state in AWAITS_AGENCY:
        start, due = ticket.created_at, ticket.ack_due_at
    elif ticket.state in AT_WORK:
        start, due = ticket.accepted_at or ticket.created_at, ticket.resolve_due_at
    else:
        start, due = ticket.created_at, None
    if due != ticket.due_at:
        # A ladder begins at its deadline, whatever the hours: the first to hear are at hand.
        ticket.rung, ticket.climbs_at = 0, due
    ticket.due_at = due
    ticket.due_soon_at = deadlines.soon_from(start, due) if due else None


def words(text: str | None, *, field: str, code: str) -> str:
    """Return the text given with a verb, tidied. Raises InvalidInput for none or too many."""
    tidy = (text or "").strip()
    if not tidy:
        raise InvalidInput(code, _("Write at least a few words here."), field=field)
    if len(tidy) > LONGEST_TEXT:
        raise InvalidInput("too_long", _("Write at most 4,000 characters."), field=field)
    return tidy


def write_note(ticket: Ticket, verb: str, text: str, actor: Principal) -> int:
    note = Note.objects.create(
        ticket=ticket, verb=verb, text=text, author=actor.key, created_at=clock.now()
    )
    return note.pk


def write_reply(
    ticket: Ticket, verb: str, text: str, actor: Principal, *, publish: bool = True
) -> int:
    """Keep words for the reporters; `publish=False` holds them for an approver."""
    moment = clock.now()
    reply = Reply.objects.create(
        ticket=ticket,
        verb=verb,
        text=text,
        agency=ticket.agency,
        author=actor.key,
        created_at=moment,
        published_at=moment if publish else None,
    )
    return reply.pk


def publish_reply(ticket: Ticket, reply_id: int, actor: Principal) -> None:
    Reply.objects.filter(pk=reply_id, published_at=None).update(published_at=clock.now())
    note_fact(ticket, ReplyPublished, actor=actor, reply_id=reply_id)


def add_photos(ticket: Ticket, upload_ids: Sequence[UUID], actor: Principal) -> list[Upload]:
    """Add the actor's own uploads as pictures of the work."""
    if len(upload_ids) > MOST_PHOTOS:
        detail = ngettext_lazy("At most %(n)d photo.", "At most %(n)d photos.", MOST_PHOTOS)
        raise InvalidInput("too_many_photos", detail % {"n": MOST_PHOTOS}, field="uploads")
    uploads = uploads_of(actor.key, list(upload_ids)) if upload_ids else []
    for upload in uploads:
        TicketPhoto.objects.get_or_create(
            ticket=ticket, upload=upload, defaults={"added_at": clock.now()}
        )
    claim_uploads(uploads, at=clock.now())
    return uploads


def decide(
    ticket: Ticket,
    actor: Principal,
    *,
    had: Agency | None,
    was: Category | None = None,
    reason: str = "",
    rules: decisions.Rules | None = None,
    confirms: bool = False,
) -> None:
    """Let this be the ticket's decision in force, as it stands by now; the earlier ones stay."""
    corrected = was is not None and was.pk != ticket.category_id
    said = decisions.Step(
        who=decisions.Name(str(actor.user), str(actor.user)) if actor.user else decisions.SYSTEM,
        had=_called(had),
        to=_called(ticket.agency),
        was=_called(was) if corrected else None,
        now=_called(ticket.category) if corrected else None,
        cause=(rules or {}).get("cause", ""),
        reason=reason,
        confirms=confirms,
    )
    kept = decisions.decision_of(said, by=actor.key, at=clock.now(), rules=rules)
    if not actor.user or not ticket.agency:  # no person has looked at what was doubtful
        kept = {"doubt": ticket.routing.get("doubt", []), **kept}
    ticket.routing = decisions.superseded(ticket.routing, kept)


def _called(thing: Agency | Category | None) -> decisions.Name | None:
    return decisions.Name(thing.name_vi, thing.name_en) if thing else None


def other_category(ticket: Ticket, code: str | None) -> Category | None:
    """Return the category that is to replace the ticket's, None for none or the same."""
    if not code or code == ticket.category_id:
        return None
    category = Category.objects.filter(code=code, active=True).first()
    if category is None:
        raise InvalidInput("unknown_category", _("There is no such category."), field="category")
    return category


def correct_category(ticket: Ticket, category: Category) -> bool:
    """Let the ticket be about something else than its reporter chose, whose words stay; say whether
    it is restricted from now on, and was not before.

    Priority and helpers are the new category's; what a rule had set for the former one is gone.
    What was restricted remains so.
    """
    set_by_rule = ("deadlines", "proposed", "proposed_supporting")
    ticket.routing = {key: said for key, said in ticket.routing.items() if key not in set_by_rule}
    ticket.category, ticket.priority = category, category.priority
    hides = category.restricted and not ticket.restricted
    ticket.restricted = ticket.restricted or category.restricted
    others = set(category.supporting) - {ticket.agency.code if ticket.agency else ""}
    ticket.supporting.set(Agency.objects.filter(code__in=others, active=True))
    return hides


def active_agency(code: str | None) -> Agency:
    agency = Agency.objects.filter(code=code, active=True).first() if code else None
    if agency is None:
        raise InvalidInput("unknown_agency", _("There is no such agency."), field="agency")
    return agency
