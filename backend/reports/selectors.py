"""Which reports: a reporter's own."""

from datetime import datetime

from django.db.models import QuerySet

from backend.accounts.principal import Principal
from backend.reports.models import Report
from backend.reports.numbers import normal
from geo.hexagons import cell_of


def reports_of(principal: Principal) -> QuerySet[Report]:
    """Return the reports that this person or device has sent."""
    if principal.device:
        return Report.objects.filter(device=principal.device)
    if principal.user:
        return Report.objects.filter(user=principal.user)
    return Report.objects.none()


def reporters_at(lat: float, lon: float, *, since: datetime) -> set[str]:
    """Return who has reported from exactly this position: keys of principals, 50 at most."""
    there = Report.objects.filter(
        cell=cell_of(lat, lon), lat=lat, lon=lon, submitted_at__gte=since
    ).order_by("-submitted_at")
    senders = there.values_list("device_id", "user_id")[:50]
    return {f"device:{device}" if device else f"user:{user}" for device, user in senders}


def report_of(principal: Principal, report_no: str) -> Report | None:
    """Return one's own report by its number, however it was typed; None if there is none."""
    number = normal(report_no)
    return reports_of(principal).filter(report_no=number).first() if number else None
