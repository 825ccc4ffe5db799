"""/api/v1/tickets: the board, a ticket, its history, its reporters, and one address a verb."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.accounts.principal import Principal
from backend.accounts.services import note_identity_look
from backend.api.history import show_entries
from backend.api.http import IsStaff, principal_of
from backend.api.pagination import Newest
from backend.api.ticket_filters import PARAMETERS, clustered_at, filtered, wanted
from backend.api.ticket_shapes import (
    EntryList,
    ReporterList,
    TicketOutput,
    TicketPage,
    VerbInput,
)
from backend.errors import InvalidInput, NotAllowed, NotFound
from backend.events import log
from backend.tickets import services
from backend.tickets.belongings import completed, for_pages
from backend.tickets.clustering import clusters_of
from backend.tickets.lifecycle import Verb
from backend.tickets.models import Ticket
from backend.tickets.policies import (
    can,
    can_see_reporter,
    directive_kind,
    tickets_visible_to,
)
from backend.tickets.selectors import for_showing
from backend.tickets.showing import detail

Given = dict[str, Any]


def visible_ticket(principal: Principal, ticket_id: UUID) -> Ticket:
    """Return a ticket that this person may see, with what it is shown with.

    Raises NotFound for somebody else's, as for none.
    """
    ticket = for_showing(tickets_visible_to(principal).filter(id=ticket_id)).first()
    if ticket is None:
        raise NotFound("ticket_not_found", _("There is no such ticket."))
    return ticket


class TicketCollection(APIView):
    """GET /api/v1/tickets: the board. `Feed-Position` says which log position it includes."""

    permission_classes = [IsStaff]

    @extend_schema(operation_id="tickets_list", parameters=PARAMETERS, responses=TicketPage)
    def get(self, request: Request) -> Response:
        principal = principal_of(request)
        position = log.head()  # Before the rows are read: what comes later comes by the feed.
        tickets = filtered(tickets_visible_to(principal), request._request.GET)
        resolution = clustered_at(request._request.GET)
        if resolution is not None:
            asked = wanted(request._request.GET)
            counted = clusters_of(principal, asked, tickets, resolution)
            body: Given = {"next": None, "previous": None, "results": [], "clusters": counted}
            return Response(body, headers={"Feed-Position": str(position)})
        pages = Newest()
        page = pages.paginate_queryset(for_pages(tickets), request, view=self)
        response = pages.get_paginated_response(
            [detail(ticket, principal) for ticket in completed(page or [])]
        )
        response["Feed-Position"] = str(position)
        return response


class TicketItem(APIView):
    """GET /api/v1/tickets/{id}"""

    permission_classes = [IsStaff]

    @extend_schema(responses=TicketOutput)
    def get(self, request: Request, ticket_id: UUID) -> Response:
        principal = principal_of(request)
        position = log.head()
        ticket = visible_ticket(principal, ticket_id)
        return Response(detail(ticket, principal), headers={"Feed-Position": str(position)})


class TicketHistory(APIView):
    """GET /api/v1/tickets/{id}/events"""

    permission_classes = [IsStaff]

    @extend_schema(responses=EntryList)
    def get(self, request: Request, ticket_id: UUID) -> Response:
        principal = principal_of(request)
        ticket = visible_ticket(principal, ticket_id)
        streams = [f"ticket:{ticket.id}"]
        streams += [f"report:{link.report_id}" for link in ticket.report_links.all()]
        return Response({"results": show_entries(log.history(streams))})


class TicketReporters(APIView):
    """GET /api/v1/tickets/{id}/reporters: who sent it. Each look is kept."""

    permission_classes = [IsStaff]

    @extend_schema(responses=ReporterList)
    def get(self, request: Request, ticket_id: UUID) -> Response:
        principal = principal_of(request)
        ticket = visible_ticket(principal, ticket_id)
        if not can_see_reporter(principal, ticket) or principal.user is None:
            raise NotAllowed("reporter_hidden", _("Who sent this report is not shown to you."))
        results = []
        for link in ticket.report_links.all():
            report = link.report
            note_identity_look(user=principal.user, report_no=report.report_no)
            contact = {name: report.contact.get(name, "") for name in ("name", "phone", "email")}
            results.append(
                {"report_no": report.report_no, "anonymous": report.anonymous, **contact}
            )
        return Response({"results": results})


Act = Callable[[UUID, Principal, Given], Ticket]


def _act(service: Callable[..., Ticket], *names: str) -> Act:
    """Call the service with the version and those given parts that it takes."""

    def act(ticket_id: UUID, actor: Principal, given: Given) -> Ticket:
        if "version" not in given:
            detail = _("Say which version of the ticket you looked at.")
            raise InvalidInput("required", detail, field="version")
        parts = {name: given.get(name) for name in names}
        return service(ticket_id=ticket_id, actor=actor, version=given["version"], **parts)

    return act


def _result(service: Callable[..., Ticket]) -> Act:
    def act(ticket_id: UUID, actor: Principal, given: Given) -> Ticket:
        return _act(service, "note", "uploads")(
            ticket_id, actor, {**given, "uploads": given.get("uploads") or []}
        )

    return act


def _comment(ticket_id: UUID, actor: Principal, given: Given) -> Ticket:
    message = given.get("message") or given.get("note")
    return services.comment_on_ticket(
        ticket_id=ticket_id, actor=actor, message=message, version=given.get("version")
    )


def _direct(ticket_id: UUID, actor: Principal, given: Given) -> Ticket:
    kind = directive_kind(actor, Ticket.objects.get(id=ticket_id))
    return _act(services.direct_ticket, "message", "due_at", "kind")(
        ticket_id, actor, {**given, "kind": kind}
    )


def _correct(ticket_id: UUID, actor: Principal, given: Given) -> Ticket:
    lengthens = can(actor, Verb.REROUTE, Ticket.objects.get(id=ticket_id))
    return _act(services.correct_ticket, "category", "reason", "may_lengthen")(
        ticket_id, actor, {**given, "may_lengthen": lengthens}
    )


def _split(ticket_id: UUID, actor: Principal, given: Given) -> Ticket:
    return _act(services.split_ticket, "reports")(
        ticket_id, actor, {**given, "reports": given.get("reports") or []}
    )


ACTS: dict[Verb, Act] = {
    Verb.ACCEPT: _act(services.accept_ticket),
    Verb.RETURN: _act(services.return_ticket, "reason"),
    Verb.START: _act(services.start_ticket, "reason"),
    Verb.REQUEST_INFO: _act(services.request_info, "message"),
    Verb.PROPOSE_RESOLUTION: _result(services.propose_resolution),
    Verb.RESOLVE: _result(services.resolve_ticket),
    Verb.APPROVE: _act(services.approve_resolution, "note"),
    Verb.REROUTE: _act(services.reroute_ticket, "agency", "reason", "category"),
    Verb.CORRECT: _correct,
    Verb.EXTEND: _act(services.extend_ticket, "due_at", "reason"),
    Verb.MERGE: _act(services.merge_ticket, "into"),
    Verb.SPLIT: _split,
    Verb.REOPEN: _act(services.reopen_ticket, "reason"),
    Verb.CLOSE: _act(services.close_ticket),
    Verb.REJECT: _act(services.reject_ticket, "reason"),
    Verb.ASSIGN: _act(services.assign_ticket, "assignee"),
    Verb.COMMENT: _comment,
    Verb.DIRECT: _direct,
}


TAKE_PHOTOS = frozenset({Verb.PROPOSE_RESOLUTION, Verb.RESOLVE})


class TicketVerb(APIView):
    """POST /api/v1/tickets/{id}/{verb}: 200 with the ticket, 409 with it as it is by now."""

    permission_classes = [IsStaff]

    @extend_schema(
        parameters=[OpenApiParameter("verb", str, "path", enum=[verb.value for verb in Verb])],
        request=VerbInput,
        responses=TicketOutput,
    )
    def post(self, request: Request, ticket_id: UUID, verb: str) -> Response:
        principal = principal_of(request)
        ticket = visible_ticket(principal, ticket_id)
        if verb not in ACTS:
            raise NotFound("unknown_verb", _("There is no such action."))
        if not can(principal, Verb(verb), ticket):
            raise NotAllowed("verb_not_allowed", _("This action is not yours to take."))
        given = VerbInput(data=request.data)
        given.is_valid(raise_exception=True)
        self._require_target(principal, given.validated_data)
        if given.validated_data.get("uploads") and verb not in TAKE_PHOTOS:
            detail = _("Photos go with a result; this action takes none.")
            raise InvalidInput("uploads_not_taken", detail, field="uploads")
        ACTS[Verb(verb)](ticket_id, principal, given.validated_data)
        return Response(self._shown(principal, ticket_id))

    def _require_target(self, principal: Principal, given: Given) -> None:
        """A ticket that one may not see cannot be merged into either."""
        into = given.get("into")
        if into and not tickets_visible_to(principal).filter(id=into).exists():
            detail = _("Choose another ticket to merge into.")
            raise InvalidInput("unknown_ticket", detail, field="into")

    def _shown(self, principal: Principal, ticket_id: UUID) -> Given:
        # Read as it is now, even where the verb took it out of the actor's sight.
        return detail(for_showing(Ticket.objects.filter(id=ticket_id)).get(), principal)
