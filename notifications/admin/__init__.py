"""Notifications in the admin: what became of each, the gateways, and the texts."""

from notifications.admin import gateways, notifications, wordings

__all__ = ["gateways", "notifications", "wordings"]
