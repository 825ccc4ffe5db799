"""The facts about notifications."""

from dataclasses import dataclass

from backend.events.types import Event


@dataclass(frozen=True, kw_only=True)
class NotificationFailed(Event):
    """A push will not be tried again; whose it was and why stays in its row."""

    type = "notification.failed"

    notification_id: int
    transport: str
    kind: str
    ticket_id: str | None

    @property
    def stream(self) -> str:
        return f"notification:{self.notification_id}"
