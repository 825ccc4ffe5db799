"""Moments as strangers write them."""

from datetime import UTC, datetime

from django.utils.dateparse import parse_datetime


def moment_of(text: str) -> datetime | None:
    """Return the RFC 3339 moment in UTC; None for what is none, has no zone, or fits no year."""
    try:
        moment = parse_datetime(text)
        return moment.astimezone(UTC) if moment and moment.tzinfo else None
    except (ValueError, OverflowError):
        return None
