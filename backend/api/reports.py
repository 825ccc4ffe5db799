"""/api/v1/reports: sending, following, and the reporter's verbs."""

from typing import Any

from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.api.http import IsKnown, principal_of
from backend.api.pagination import NewestReports
from backend.api.report_shapes import (
    InfoInput,
    PhotosInput,
    RatingInput,
    ReasonInput,
    ReportInput,
    ReportOutput,
    ReportPage,
    named,
    show_new,
    show_reply,
    show_summary,
    status_of,
)
from backend.api.throttling import Reports
from backend.catalogue.guesses import note_choice
from backend.catalogue.models import Category
from backend.errors import Conflict, NotFound
from backend.events import log
from backend.events.types import Event
from backend.reports.models import Report, ReportPhoto
from backend.reports.selectors import report_of, reports_of
from backend.reports.services import add_photos_to_report, submit_report
from backend.tickets import services
from backend.tickets.lifecycle import Status
from backend.tickets.models import Rating, Ticket
from backend.tickets.policies import reporter_verbs
from backend.tickets.selectors import published_replies, ticket_of
from backend.tickets.showing import _time

# What the reporter's timeline tells; talk among staff is not in it.
TOLD = frozenset(
    {
        "report.submitted",
        "report.photo_added",
        "report.withdrawn",
        "ticket.routed",
        "ticket.rerouted",
        "ticket.corrected",
        "ticket.accepted",
        "ticket.started",
        "ticket.info_requested",
        "ticket.info_reminded",
        "ticket.info_missed",
        "ticket.info_given",
        "ticket.resolved",
        "ticket.approved",
        "ticket.extended",
        "ticket.merged",
        "ticket.reopened",
        "ticket.closed",
        "ticket.rejected",
        "ticket.rated",
    }
)


def own_report(request: Request, report_no: str) -> Report:
    """Return the caller's report. Raises NotFound for anybody else's, as for none."""
    report = report_of(principal_of(request), report_no)
    if report is None:
        raise NotFound("report_not_found", _("There is no such report among yours."))
    return report


def _with_shown(reports: QuerySet[Report]) -> QuerySet[Report]:
    photos = ReportPhoto.objects.select_related("upload")
    return reports.select_related(
        "category", "ticket_link__ticket__category", "ticket_link__ticket__agency"
    ).prefetch_related(Prefetch("photos", photos), "ticket_link__ticket__photos__upload")


def _linked(report: Report) -> Ticket | None:
    link = getattr(report, "ticket_link", None)
    return link.ticket if link else None


def show(report: Report) -> dict[str, Any]:
    """Return the whole report as its reporter sees it."""
    report = _with_shown(Report.objects.filter(pk=report.pk)).get()
    ticket = _linked(report)
    streams = [f"report:{report.pk}"] + ([f"ticket:{ticket.pk}"] if ticket else [])
    told = [entry for entry in log.history(streams) if entry.type in TOLD]
    corrected = {code for entry in told if (code := _corrected_to(entry.event))}
    categories = Category.objects.in_bulk(corrected)
    replies = list(published_replies(ticket)) if ticket else []
    asked = [reply for reply in replies if reply.verb == "request_info"]
    waiting = ticket is not None and ticket.state == Status.NEED_INFO and asked
    return {
        **show_summary(report, ticket),
        "timeline": [
            {
                "at": _time(entry.at),
                "type": entry.type,
                "status": status_of(entry.event),
                "agency": getattr(entry.event, "agency", None),
                "category": named(categories.get(_corrected_to(entry.event) or "")),
            }
            for entry in told
        ],
        "replies": [show_reply(reply) for reply in replies],
        "info_request": (
            {"message": asked[-1].text, "due_at": _time(ticket.info_due_at)}
            if ticket and waiting
            else None
        ),
        "rating": Rating.objects.filter(report=report).values_list("score", flat=True).first(),
        "may": reporter_verbs(report, ticket),
    }


def _corrected_to(event: Event) -> str | None:
    """Return the category that a person corrected the matter to by this, None for no such thing."""
    return getattr(event, "category", None) if getattr(event, "from_category", None) else None


class ReportCollection(APIView):
    """GET, POST /api/v1/reports"""

    permission_classes = [IsKnown]

    def get_throttles(self) -> list[Any]:
        return [Reports()] if self.request.method == "POST" else []

    @extend_schema(operation_id="reports_list", responses=ReportPage)
    def get(self, request: Request) -> Response:
        pages = NewestReports()
        page = pages.paginate_queryset(
            _with_shown(reports_of(principal_of(request))), request, view=self
        )
        return pages.get_paginated_response(
            [show_summary(report, _linked(report)) for report in page or []]
        )

    @extend_schema(request=ReportInput, responses={201: ReportOutput, 200: ReportOutput})
    def post(self, request: Request) -> Response:
        given = ReportInput(data=request.data)
        given.is_valid(raise_exception=True)
        draft = given.draft()
        report, created = submit_report(
            draft=draft,
            principal=principal_of(request),
            drill=given.validated_data.get("drill", False),
        )
        if created and (suggestion := given.validated_data.get("suggestion")):
            note_choice(suggestion, report.category_id)
        if created:
            return Response(show_new(report, bare=not draft.uploads), status=201)
        return Response(show(report))


class ReportItem(APIView):
    """GET /api/v1/reports/{report_no}"""

    permission_classes = [IsKnown]

    @extend_schema(responses=ReportOutput)
    def get(self, request: Request, report_no: str) -> Response:
        return Response(show(own_report(request, report_no)))


class ReportPhotoCollection(APIView):
    """POST /api/v1/reports/{report_no}/photos"""

    permission_classes = [IsKnown]

    @extend_schema(request=PhotosInput, responses=ReportOutput)
    def post(self, request: Request, report_no: str) -> Response:
        report = own_report(request, report_no)
        given = PhotosInput(data=request.data)
        given.is_valid(raise_exception=True)
        ticket = ticket_of(report)
        if "add_photo" not in reporter_verbs(report, ticket):
            raise Conflict("report_finished", _("This report is finished."))
        add_photos_to_report(
            report=report,
            upload_ids=given.validated_data["uploads"],
            actor=principal_of(request),
        )
        return Response(show(report))


class ReportWithdraw(APIView):
    """POST /api/v1/reports/{report_no}/withdraw"""

    permission_classes = [IsKnown]

    @extend_schema(request=None, responses=ReportOutput)
    def post(self, request: Request, report_no: str) -> Response:
        report = own_report(request, report_no)
        return Response(show(services.withdraw_report(report=report, actor=principal_of(request))))


class ReportRating(APIView):
    """POST /api/v1/reports/{report_no}/rating"""

    permission_classes = [IsKnown]

    @extend_schema(request=RatingInput, responses=ReportOutput)
    def post(self, request: Request, report_no: str) -> Response:
        report = _with_ticket(own_report(request, report_no))
        given = RatingInput(data=request.data)
        given.is_valid(raise_exception=True)
        services.rate_ticket(report=report, actor=principal_of(request), **given.validated_data)
        return Response(show(report))


class ReportReopen(APIView):
    """POST /api/v1/reports/{report_no}/reopen"""

    permission_classes = [IsKnown]

    @extend_schema(request=ReasonInput, responses=ReportOutput)
    def post(self, request: Request, report_no: str) -> Response:
        report = _with_ticket(own_report(request, report_no))
        given = ReasonInput(data=request.data)
        given.is_valid(raise_exception=True)
        services.reopen_ticket(
            ticket_id=report.ticket_link.ticket_id,
            actor=principal_of(request),
            version=None,
            reason=given.validated_data.get("reason"),
        )
        return Response(show(report))


class ReportInfo(APIView):
    """POST /api/v1/reports/{report_no}/info: the answer to what was asked."""

    permission_classes = [IsKnown]

    @extend_schema(request=InfoInput, responses=ReportOutput)
    def post(self, request: Request, report_no: str) -> Response:
        report = _with_ticket(own_report(request, report_no))
        given = InfoInput(data=request.data)
        given.is_valid(raise_exception=True)
        services.give_info(report=report, actor=principal_of(request), **given.validated_data)
        return Response(show(report))


def _with_ticket(report: Report) -> Report:
    if ticket_of(report) is None:
        raise Conflict("not_routed_yet", _("This report is still on its way to an agency."))
    return report
