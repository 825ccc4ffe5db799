"""Telling a story of the demo through the product's own services, at the time of each act."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Q

from backend import clock
from backend.accounts.models import Agency
from backend.accounts.principal import Principal
from backend.catalogue.models import Category
from backend.events.delivery import settle
from backend.reports.models import Report
from backend.reports.services import Draft, submit_report
from backend.tickets import policies, services
from backend.tickets.lifecycle import Verb
from backend.tickets.models import Ticket, TicketReport
from backend.tickets.selectors import never_public
from backend.tickets.services.photos import photos_of, release_photo
from config.demo.cast import Cast, contact_of, take_photo
from config.demo.fates import By, Step
from config.demo.plan import Story, report_id
from routing.facts import COMMITTEE


class NotTold(Exception):
    """The product did not do what the story says."""


@dataclass
class Teller:
    """Carries out the acts of stories, which come in the order of time."""

    cast: Cast = field(default_factory=Cast)
    _returned_by: dict[UUID, str] = field(default_factory=dict)

    def send(self, story: Story) -> None:
        """Send the story's report, and let routing hear of it at once."""
        chance = random.Random(story.number)  # noqa: S311 - a demo's dice
        with clock.at(story.sent):
            sender = self.cast.sender(story.sender)
            uploads = []
            if chance.random() < 0.5:
                scene = story.matter.scene
                uploads = [take_photo(sender, scene, after=False, number=story.number)]
            report, _new = submit_report(
                draft=self._draft(story, uploads, chance), principal=sender
            )
            # Nobody outside is ever sent a message about what did not happen.
            Report.objects.filter(pk=report.pk).update(drill=True)
            settle("routing")
        if not TicketReport.objects.filter(report=story.report_id).exists():
            raise NotTold(f"Report {story.number} was not routed.")

    def _draft(self, story: Story, uploads: list[UUID], chance: random.Random) -> Draft:
        contact = contact_of(story.number)
        joined = _ticket_of(story.joins) if story.joins is not None else None
        return Draft(
            id=story.report_id,
            category=story.matter.category,
            text=story.text,
            lat=story.point[0],
            lon=story.point[1],
            accuracy_m=_accuracy_m(chance),
            captured_at=story.sent - timedelta(minutes=chance.randrange(1, 20)),
            uploads=uploads,
            photos_expected=len(uploads),
            contact=contact,
            anonymous=not contact and chance.random() < 0.3,
            consents=[("contact", settings.CONSENT_VERSION)] if contact else [],
            joins=joined.pk if joined else None,
        )

    def act(self, story: Story, step: Step) -> None:
        """Take one step of the story."""
        with clock.at(step.at):
            if step.by is By.REPORTER:
                self._reporter_acts(story, step)
            else:
                self._staff_acts(story, step)

    def _reporter_acts(self, story: Story, step: Step) -> None:
        report = Report.objects.get(id=story.report_id)
        actor = self.cast.sender(story.sender)
        match step.verb:
            case "rate":
                services.rate_ticket(
                    report=report, actor=actor, score=step.score, comment=step.words
                )
            case "give_info":
                services.give_info(report=report, actor=actor, text=step.words)
            case "withdraw":
                services.withdraw_report(report=report, actor=actor)
            case unknown:
                raise NotTold(f"No reporter can {unknown}.")

    def _staff_acts(self, story: Story, step: Step) -> None:
        ticket = _ticket_of(story.number)
        actor = self.cast.actor(step.by, ticket)
        if step.verb == "release":
            self._release(ticket, actor)
            return
        verb = Verb.REROUTE if step.verb == "confirm" else Verb(step.verb)
        if verb not in policies.verbs_for(actor, ticket):
            raise NotTold(f"{actor.user} may not {verb} report {story.number}: {ticket.status}.")
        if verb is Verb.RETURN and ticket.agency:
            self._returned_by[ticket.pk] = ticket.agency.code
        given = self._given(story, step, ticket, actor)
        if verb is not Verb.COMMENT:
            given["version"] = ticket.version
        SERVICES[verb](ticket_id=ticket.pk, actor=actor, **given)

    def _release(self, ticket: Ticket, actor: Principal) -> None:
        """Show the ticket's photos to everyone, but for those that never may be."""
        if not policies.can_release_photo(actor, ticket):
            return
        for upload in photos_of(ticket):
            if not never_public(upload):
                release_photo(ticket_id=ticket.pk, upload_id=upload, actor=actor)

    def _given(self, story: Story, step: Step, ticket: Ticket, actor: Principal) -> dict[str, Any]:
        """Return what the step's verb takes besides ticket, version and actor."""
        match step.verb:
            case "resolve" | "propose_resolution":
                return {"note": step.words, "uploads": self._proof(story, step, actor)}
            case "confirm":
                return {"agency": ticket.routing["proposed"], "reason": None}
            case "reroute":
                former = self._returned_by[ticket.pk]
                return {"agency": _another_agency(ticket, former), "reason": step.words}
            case "merge" if story.into is not None:
                return {"into": _ticket_of(story.into).pk}
            case "comment" | "request_info":
                return {"message": step.words}
            case "direct":
                return {"message": step.words, "due_at": step.due_at}
            case "extend":
                return {"reason": step.words, "due_at": step.due_at}
            case "return" | "reject" | "reopen":
                return {"reason": step.words}
            case "start":
                return {"reason": step.words or None}
        return {}

    def _proof(self, story: Story, step: Step, actor: Principal) -> list[UUID]:
        if not step.photo:
            return []
        return [take_photo(actor, story.matter.scene, after=True, number=story.number)]


def _accuracy_m(chance: random.Random) -> float:
    """Return how sure the phone is of its place: mostly some metres, indoors some hundred."""
    return round(chance.uniform(300, 1500) if chance.random() < 0.1 else chance.uniform(4, 30), 1)


def _ticket_of(number: int) -> Ticket:
    """Return the ticket that the story's report is in now."""
    link = TicketReport.objects.select_related("ticket__category", "ticket__agency")
    return link.get(report=report_id(number)).ticket


def _another_agency(ticket: Ticket, former: str) -> str:
    """Return to whom a returned ticket goes: who else answers in its sector, or the duty desk."""
    responsible = Category.objects.filter(sector=ticket.category.sector_id).values("responsible")
    near = Q(code__in=responsible) | Q(kind=COMMITTEE, area_code=ticket.area_code)
    others = Agency.objects.filter(near, active=True).exclude(code=former).order_by("code")
    found = others.first()
    return found.code if found else settings.DUTY_DESK


SERVICES: dict[Verb, Callable[..., Ticket]] = {
    Verb.ACCEPT: services.accept_ticket,
    Verb.RETURN: services.return_ticket,
    Verb.START: services.start_ticket,
    Verb.REQUEST_INFO: services.request_info,
    Verb.PROPOSE_RESOLUTION: services.propose_resolution,
    Verb.RESOLVE: services.resolve_ticket,
    Verb.APPROVE: services.approve_resolution,
    Verb.REROUTE: services.reroute_ticket,
    Verb.EXTEND: services.extend_ticket,
    Verb.MERGE: services.merge_ticket,
    Verb.REOPEN: services.reopen_ticket,
    Verb.CLOSE: services.close_ticket,
    Verb.REJECT: services.reject_ticket,
    Verb.COMMENT: services.comment_on_ticket,
    Verb.DIRECT: services.direct_ticket,
}
