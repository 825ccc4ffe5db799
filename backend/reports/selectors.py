"""Which reports: a reporter's own."""

from django.db.models import QuerySet

from backend.accounts.principal import Principal
from backend.reports.models import Report
from backend.reports.numbers import normal


def reports_of(principal: Principal) -> QuerySet[Report]:
    """Return the reports that this person or device has sent."""
    if principal.device:
        return Report.objects.filter(device=principal.device)
    if principal.user:
        return Report.objects.filter(user=principal.user)
    return Report.objects.none()


def report_of(principal: Principal, report_no: str) -> Report | None:
    """Return one's own report by its number, however it was typed; None if there is none."""
    number = normal(report_no)
    return reports_of(principal).filter(report_no=number).first() if number else None
