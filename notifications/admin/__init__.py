"""Notifications in the admin: what became of each, the gateways, webhooks, and the texts."""

from notifications.admin import gateways, notifications, webhooks, wordings

__all__ = ["gateways", "notifications", "webhooks", "wordings"]
