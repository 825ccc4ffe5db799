"""The facts about notifications."""

from dataclasses import dataclass

from backend.events.types import Event
from notifications.models import Notification


@dataclass(frozen=True, kw_only=True)
class NotificationFailed(Event):
    """A push will not be tried again; whose it was and why stays in its row."""

    type = "notification.failed"

    notification_id: int
    transport: str
    kind: str
    ticket_id: str | None

    @classmethod
    def of(cls, row: Notification) -> "NotificationFailed":
        return cls(
            notification_id=row.pk,
            transport=row.transport,
            kind=row.kind,
            ticket_id=str(row.ticket_id) if row.ticket_id else None,
        )

    @property
    def stream(self) -> str:
        return f"notification:{self.notification_id}"


@dataclass(frozen=True, kw_only=True)
class NotificationAsked(Event):
    """The report's sender is asked, four weeks after its result, whether it is fixed."""

    type = "notification.asked"

    report_no: str
    ticket_id: str

    @property
    def stream(self) -> str:
        return f"notification:asked:{self.report_no}"
