"""What happened, told to anyone by any way: facts and words in each language, made once."""

from datetime import datetime
from functools import cached_property
from typing import Any

from backend.accounts.models import Agency
from backend.tickets.events import (
    TicketEvent,
    TicketExtended,
    TicketInfoRequested,
    TicketRejected,
)
from backend.tickets.models import Extension, Reply, Ticket
from notifications import messages
from notifications.models import Way
from notifications.sentences import Words
from notifications.sitting import Sitting
from notifications.wording import Wordings, words_for

SOME_AGENCY = {"vi": "cơ quan có thẩm quyền", "en": "the responsible agency"}
STATUS_NAMES = {
    "submitted": ("Chờ tiếp nhận", "Awaiting intake"),
    "need_info": ("Yêu cầu bổ sung thông tin", "More information needed"),
    "routed": ("Chuyển xử lý", "Forwarded to agency"),
    "returned": ("Trả lại", "Returned by agency"),
    "accepted": ("Đã tiếp nhận", "Received"),
    "in_progress": ("Đang xử lý", "In progress"),
    "pending_approval": ("Chờ duyệt kết quả", "Awaiting approval"),
    "resolved": ("Đã xử lý", "Resolved"),
    "closed": ("Đã đóng", "Closed"),
    "rejected": ("Từ chối", "Rejected"),
    "merged": ("Đã gộp", "Merged"),
    "withdrawn": ("Đã rút", "Withdrawn by reporter"),
}


class Story:
    """One event of a ticket in the words of either language.

    Made of `kind` alone it tells of the ticket as it stands, for previews.
    """

    def __init__(
        self,
        kind: str,
        ticket: Ticket,
        event: TicketEvent | None = None,
        sitting: Sitting | None = None,
    ) -> None:
        self.kind = kind
        self._sitting = sitting or Sitting()
        self._ticket = ticket
        self._event = event
        self._facts: dict[str, dict[str, str]] = {}
        self._told: dict[tuple[str, str, str, str], tuple[str, str]] = {}

    def told(self, relation: str, way: str, language: str, report_no: str) -> tuple[str, str]:
        """Return title and body; only the inbox is told what staff wrote by hand."""
        tongue = "en" if language.startswith("en") else "vi"
        key = (relation, way, tongue, report_no)
        if key not in self._told:
            words = words_for(self.kind, relation, way, tongue, self._wordings)
            self._told[key] = self.worded(words, way, tongue, report_no)
        return self._told[key]

    def worded(self, words: Words, way: str, language: str, report_no: str = "") -> tuple[str, str]:
        """Return title and body in these words; without a number, by the ticket's first report."""
        facts = self.facts(language)
        if report_no:
            facts = {**facts, "report_no": report_no}
        shown = facts if way == Way.INBOX else messages.without_private(facts)
        return messages.render_words(words, shown)

    def facts(self, language: str) -> dict[str, str]:
        """Return the facts in this language; a deadline that there is none of is left out."""
        if language not in self._facts:
            times: dict[str, datetime | None] = {
                "due": self._ticket.resolve_due_at,
                "ack_due": self._ticket.ack_due_at,
                "info_due": self._ticket.info_due_at,
            }
            status = self._event.status if self._event else self._ticket.status
            self._facts[language] = {
                "report_no": self._ticket.report.report_no,
                "status": STATUS_NAMES[status][language == "en"],
                "agency": self._agency_name(language),
                "words": self._words,
                **{
                    name: messages.time_text(moment, language)
                    for name, moment in times.items()
                    if moment
                },
            }
        return self._facts[language]

    def _agency_name(self, language: str) -> str:
        """Return who has it; in a confidential category, on a lock screen, that says too much."""
        restricted = self._event is not None and self._event.restricted
        if self._agency is None or restricted or self._ticket.restricted:
            return SOME_AGENCY[language]
        return self._agency.name_en if language == "en" else self._agency.name_vi

    @cached_property
    def _wordings(self) -> Wordings:
        return self._sitting.wordings(self.kind)

    @cached_property
    def _agency(self) -> Agency | None:
        if self._event is None:
            return self._ticket.agency
        return self._sitting.agency(self._event.agency)

    @cached_property
    def _words(self) -> str:
        """What staff wrote to the reporters with this, if anything."""
        event, found = self._event, None
        if isinstance(event, TicketRejected | TicketInfoRequested):
            found = Reply.objects.filter(pk=event.reply_id).values_list("text", flat=True).first()
        elif isinstance(event, TicketExtended):
            reasons: Any = Extension.objects.filter(pk=event.extension_id)
            found = reasons.values_list("reason", flat=True).first()
        return messages.excerpt(found or "")
