"""The facts about tickets. Words given with a verb stay in their tables, by id."""

from dataclasses import dataclass, field

from backend.events.types import Event


@dataclass(frozen=True, kw_only=True)
class TicketEvent(Event):
    """A fact about one ticket, with how it stood afterwards.

    `agency` leads it then, `supporting` help: together they are the desks that hear of it.
    `reports` are the numbers of the reports in it then: whose reporters hear of it. `hides` says
    that it is restricted from this fact on, and was not before.
    """

    ticket_id: str
    version: int
    status: str
    category: str
    priority: str
    area: str
    agency: str | None
    supporting: list[str]
    restricted: bool = False
    hides: bool = False
    reports: list[str] = field(default_factory=list)

    @property
    def stream(self) -> str:
        return f"ticket:{self.ticket_id}"


@dataclass(frozen=True, kw_only=True)
class TicketOpened(TicketEvent):
    type = "ticket.opened"

    report_id: str
    report_no: str
    split_from: str | None = None


@dataclass(frozen=True, kw_only=True)
class TicketRouted(TicketEvent):
    type = "ticket.routed"

    rule: str


@dataclass(frozen=True, kw_only=True)
class TicketReturned(TicketEvent):
    """The ticket has no agency now; `from_agency` gave it back."""

    type = "ticket.returned"

    from_agency: str
    note_id: int


@dataclass(frozen=True, kw_only=True)
class TicketAccepted(TicketEvent):
    type = "ticket.accepted"


@dataclass(frozen=True, kw_only=True)
class TicketStarted(TicketEvent):
    type = "ticket.started"

    note_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class TicketInfoRequested(TicketEvent):
    type = "ticket.info_requested"

    reply_id: int


@dataclass(frozen=True, kw_only=True)
class TicketInfoReminded(TicketEvent):
    """The reporter has not answered yet, and is to do so until `due_at` (RFC 3339)."""

    type = "ticket.info_reminded"

    due_at: str


@dataclass(frozen=True, kw_only=True)
class TicketInfoMissed(TicketEvent):
    """No answer came by `due_at`: whoever asked decides by what there is."""

    type = "ticket.info_missed"

    due_at: str


@dataclass(frozen=True, kw_only=True)
class TicketInfoGiven(TicketEvent):
    type = "ticket.info_given"

    report_no: str
    note_id: int


@dataclass(frozen=True, kw_only=True)
class TicketResolutionProposed(TicketEvent):
    type = "ticket.resolution_proposed"

    reply_id: int


@dataclass(frozen=True, kw_only=True)
class TicketResolved(TicketEvent):
    type = "ticket.resolved"

    reply_id: int


@dataclass(frozen=True, kw_only=True)
class TicketApproved(TicketEvent):
    """A proposed result was released: the ticket is resolved."""

    type = "ticket.approved"

    reply_id: int


@dataclass(frozen=True, kw_only=True)
class TicketCorrected(TicketEvent):
    """It is about something else than it was held for, and stays with its agency.

    `left` are agencies that supported and do so no more.
    """

    type = "ticket.corrected"

    from_category: str
    note_id: int
    left: list[str] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class TicketRerouted(TicketEvent):
    """`from_category` is what the ticket was held for, where a person corrected that.

    `left` are agencies that supported and do so no more.
    """

    type = "ticket.rerouted"

    from_agency: str | None
    note_id: int | None = None
    from_category: str | None = None
    left: list[str] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class TicketExtended(TicketEvent):
    type = "ticket.extended"

    extension_id: int


@dataclass(frozen=True, kw_only=True)
class TicketMerged(TicketEvent):
    """This ticket's reports now belong to `into`."""

    type = "ticket.merged"

    into: str
    report_nos: list[str]


@dataclass(frozen=True, kw_only=True)
class TicketSplit(TicketEvent):
    """Some of this ticket's reports now belong to the new ticket `to`."""

    type = "ticket.split"

    to: str
    report_nos: list[str]


@dataclass(frozen=True, kw_only=True)
class TicketReopened(TicketEvent):
    type = "ticket.reopened"

    note_id: int


@dataclass(frozen=True, kw_only=True)
class TicketClosed(TicketEvent):
    type = "ticket.closed"


@dataclass(frozen=True, kw_only=True)
class TicketRejected(TicketEvent):
    type = "ticket.rejected"

    reply_id: int


@dataclass(frozen=True, kw_only=True)
class TicketAssigned(TicketEvent):
    type = "ticket.assigned"

    assignee_id: int | None


@dataclass(frozen=True, kw_only=True)
class TicketCommented(TicketEvent):
    type = "ticket.commented"

    note_id: int


@dataclass(frozen=True, kw_only=True)
class TicketDirected(TicketEvent):
    type = "ticket.directed"

    directive_id: int
    kind: str = "order"


@dataclass(frozen=True, kw_only=True)
class TicketPhotoChanged(TicketEvent):
    """One of its photos was released to the public, withheld, or covered in part anew."""

    type = "ticket.photo_changed"

    upload_id: str
    change: str


@dataclass(frozen=True, kw_only=True)
class TicketRated(TicketEvent):
    type = "ticket.rated"

    report_no: str
    score: str


@dataclass(frozen=True, kw_only=True)
class TicketDueSoon(TicketEvent):
    """The last quarter of the time until `due_at` (RFC 3339) has begun."""

    type = "ticket.due_soon"

    due_at: str


@dataclass(frozen=True, kw_only=True)
class TicketOverdue(TicketEvent):
    type = "ticket.overdue"

    due_at: str


@dataclass(frozen=True, kw_only=True)
class TicketEscalated(TicketEvent):
    """Overdue for so long that those at `level` are told."""

    type = "ticket.escalated"

    level: str
    due_at: str


@dataclass(frozen=True, kw_only=True)
class TicketWithdrawn(TicketEvent):
    """Its last report was withdrawn, and the ticket with it."""

    type = "ticket.withdrawn"

    report_no: str


@dataclass(frozen=True, kw_only=True)
class ReportJoined(TicketEvent):
    """Another report of the same matter was added to the ticket."""

    type = "report.joined"

    report_id: str
    report_no: str


@dataclass(frozen=True, kw_only=True)
class ReplyPublished(TicketEvent):
    type = "reply.published"

    reply_id: int
