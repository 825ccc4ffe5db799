"""Notifications by themselves, for testing how they are sent."""

from datetime import UTC, datetime
from itertools import count

from backend.accounts.principal import Principal
from notifications.models import Notification
from notifications.transports.base import Outcome, Push, Result

NOON = datetime(2026, 3, 2, 5, tzinfo=UTC)
_positions = count(1)


def plan_row(phone: Principal, **more) -> Notification:
    """A push to the phone that is due at NOON."""
    position = next(_positions)
    given = {
        "position": position,
        "person": phone.key,
        "transport": "fcm",
        "kind": "ticket.accepted",
        "at": NOON,
        "report_no": f"QN-26-{position:06}",
        "language": "vi",
        "title": "Đã tiếp nhận",
        "body": "Phản ánh đã được tiếp nhận.",
        "due_at": NOON,
        "next_at": NOON,
    }
    return Notification.objects.create(**(given | more))


class Counting:
    """A transport that answers as told and remembers every push."""

    name = "fcm"
    batch = 10
    lanes = 2

    def __init__(self, *results: Result) -> None:
        self._results = list(results)
        self.pushes: list[Push] = []

    def send(self, pushes) -> list[Result]:
        self.pushes.extend(pushes)
        return [
            self._results.pop(0) if self._results else Result(outcome=Outcome.SENT) for _ in pushes
        ]
