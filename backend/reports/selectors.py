"""Which reports: a reporter's own, those sent from one spot, those that say something."""

from datetime import datetime
from uuid import UUID

from django.db import connection
from django.db.models import BooleanField, F, Func, QuerySet, TextField, Value
from django.db.models.functions import Concat, Lower, Replace

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


# As the index report_by_words has it, to the letter. What it finds is compared again.
_SAYS = (
    "to_tsvector('simple', folded || ' ' || lower(replace(report_no, '-', ' ')))"
    " @@ to_tsquery('simple', %(expressions)s)"
)


def said(path: str = "") -> Concat:
    """Return what a report says and its number, folded, each word after a space."""
    number = Lower(Replace(f"{path}report_no", Value("-"), Value(" ")))
    return Concat(Value(" "), F(f"{path}folded"), Value(" "), number, output_field=TextField())


def few_reports_saying(words: str, most: int) -> list[UUID] | None:
    """Return which reports hold these folded words, where an index tells; None for more than most.

    The words follow one another; the last may go on.
    """
    if connection.vendor != "postgresql":
        return None
    lexemes = " & ".join(f"'{word}'" for word in words.split()) + ":*"
    found = Report.objects.order_by().alias(said=said()).filter(said__contains=f" {words}")
    found = found.filter(Func(Value(lexemes), template=_SAYS, output_field=BooleanField()))
    ids = list(found.values_list("pk", flat=True)[: most + 1])
    return ids if len(ids) <= most else None
