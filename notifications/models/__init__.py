"""What people are to be told, how they want it, and how each way to them is doing."""

from notifications.models.notification import OPEN, Notification, State, Way
from notifications.models.people import (
    Address,
    Digest,
    Preference,
    Quiet,
    Subscription,
    Topic,
    Webhook,
)
from notifications.models.sending import Asked, Gateway, Wording

__all__ = [
    "OPEN",
    "Address",
    "Asked",
    "Digest",
    "Gateway",
    "Notification",
    "Preference",
    "Quiet",
    "State",
    "Subscription",
    "Topic",
    "Way",
    "Webhook",
    "Wording",
]
