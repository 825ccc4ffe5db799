"""/api/v1/figures/now: the four figures of the operations centre, within what the viewer sees."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, F, Min, Q
from django.db.models.expressions import Combinable
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend import clock
from backend.api.http import IsStaff, principal_of
from backend.catalogue.models import Priority
from backend.tickets.lifecycle import OPEN, Status
from backend.tickets.policies import tickets_visible_to

WEEKS = 4
MERGED = Q(status=Status.MERGED)
"""The same work as another ticket's: a merge undone by a split would count it twice."""


class FiguresNowOutput(serializers.Serializer[Any]):
    at = serializers.DateTimeField()
    today = serializers.IntegerField(help_text="Tickets opened since midnight, less those merged.")
    usual_today = serializers.FloatField(
        allow_null=True,
        help_text="The mean of the same weekday up to this hour, over the last four weeks that "
        "there are tickets of; null in the first week.",
    )
    open = serializers.IntegerField()
    usual_open = serializers.FloatField(
        allow_null=True, help_text="At this hour of the weekday, as all usual ones."
    )
    unaccepted = serializers.IntegerField(help_text="Open and with no agency at work yet.")
    usual_unaccepted = serializers.FloatField(allow_null=True)
    overdue = serializers.IntegerField()
    usual_overdue = serializers.FloatField(allow_null=True)
    emergencies = serializers.IntegerField(help_text="Open emergencies.")
    usual_emergencies = serializers.FloatField(allow_null=True)
    resolved_today = serializers.IntegerField()
    on_time_rate = serializers.FloatField(
        allow_null=True,
        help_text="Of the tickets resolved in 30 days, the share within the first deadline.",
    )


class FiguresNow(APIView):
    """GET /api/v1/figures/now"""

    permission_classes = [IsStaff]

    @extend_schema(responses=FiguresNowOutput)
    def get(self, request: Request) -> Response:
        moment = clock.now()
        local = timezone.localtime(moment)
        midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
        waiting = OPEN & {Status.SUBMITTED, Status.ROUTED, Status.RETURNED}
        finished = Q(resolved_at__gte=moment - timedelta(days=30))
        counted = tickets_visible_to(principal_of(request)).aggregate(
            today=Count("pk", filter=Q(created_at__gte=midnight) & ~MERGED),
            first=Min("created_at"),
            **_usual(local, midnight),
            open=Count("pk", filter=Q(status__in=OPEN)),
            unaccepted=Count("pk", filter=Q(status__in=waiting)),
            overdue=Count("pk", filter=Q(due_at__lt=moment)),
            emergencies=Count("pk", filter=Q(priority=Priority.EMERGENCY, status__in=OPEN)),
            resolved_today=Count("pk", filter=Q(resolved_at__gte=midnight)),
            finished=Count("pk", filter=finished),
            on_time=Count("pk", filter=finished & Q(resolved_at__lte=F("first_resolve_due_at"))),
        )
        weeks = _weeks_since(counted.pop("first"), moment)
        usual = {
            name: counted[name] / weeks if weeks else None
            for name in counted
            if name.startswith("usual_")
        }
        done, on_time = counted.pop("finished"), counted.pop("on_time")
        return Response(
            {
                **counted,
                **usual,
                "at": moment,
                "on_time_rate": round(on_time / done, 4) if done else None,
            }
        )


def _weeks_since(first: datetime | None, moment: datetime) -> int:
    """Return over how many weeks there is something to compare with: 0 to WEEKS."""
    return min(WEEKS, (moment - first) // timedelta(weeks=1)) if first else 0


def _usual(local: datetime, midnight: datetime) -> dict[str, Combinable]:
    """Return what to count for the usual values: sums over the last weeks, each at this hour."""
    sums: dict[str, Combinable] = {}
    for week in range(1, WEEKS + 1):
        back = timedelta(weeks=week)
        came = Q(created_at__gte=midnight - back, created_at__lt=local - back) & ~MERGED
        for name, then in {"today": came, **_stood(local - back)}.items():
            count = Count("pk", filter=then)
            sums[f"usual_{name}"] = sums[f"usual_{name}"] + count if week > 1 else count
    return sums


def _stood(moment: datetime) -> dict[str, Q]:
    """Return which tickets stood how at a past moment, as far as their rows still tell.

    What was reopened since counts as open all the while, and an extended deadline as it is now.
    """
    unfinished = Q(resolved_at=None) | Q(resolved_at__gt=moment)
    open_then = (
        Q(created_at__lte=moment) & unfinished & (Q(closed_at=None) | Q(closed_at__gt=moment))
    )
    waiting = open_then & (Q(accepted_at=None) | Q(accepted_at__gt=moment))
    late_work = open_then & Q(accepted_at__lte=moment, resolve_due_at__lt=moment)
    return {
        "open": open_then,
        "unaccepted": waiting,
        "overdue": (waiting & Q(ack_due_at__lt=moment)) | late_work,
        "emergencies": open_then & Q(priority=Priority.EMERGENCY),
    }
