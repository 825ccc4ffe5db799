"""What becomes of a report, as steps with their moments: the ways that tickets go in life."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from backend.catalogue.models import Intake
from config.demo.pace import Pace
from config.demo.texts import Matter, Texts


class By(StrEnum):
    """Who takes a step; the desk and its head are those of the agency that has the ticket."""

    REPORTER = "reporter"
    DESK = "desk"
    HEAD = "head"
    CENTRE = "centre"
    LEADER = "leader"


@dataclass(frozen=True, kw_only=True)
class Step:
    """One act: when, what, by whom, in which words. `photo` adds a picture of the work."""

    at: datetime
    verb: str
    by: By
    words: str = ""
    photo: bool = False
    score: str = ""
    due_at: datetime | None = None


@dataclass
class Steps:
    """A ticket's way, written down step by step."""

    matter: Matter
    pace: Pace
    texts: Texts
    sent: datetime
    taken: list[Step] = field(default_factory=list)
    accepted: datetime | None = None

    @property
    def chance(self) -> random.Random:
        return self.pace.chance

    @property
    def last(self) -> datetime:
        return self.taken[-1].at if self.taken else self.sent

    def say(self, kind: str) -> str:
        return self.chance.choice(self.texts.phrases[kind])

    def add(self, verb: str, by: By, at: datetime, **more: object) -> None:
        # An act takes a person at least a minute.
        moment = max(at, self.last + timedelta(minutes=1))
        self.taken.append(Step(at=moment, verb=verb, by=by, **more))  # type: ignore[arg-type]

    def route(self) -> None:
        """Let the centre confirm what waits for a review; the rest is routed by itself."""
        if self.pace.category.intake == Intake.REVIEW:
            self.add("confirm", By.CENTRE, self.pace.soon(self.sent, 15, 90))

    def accept(self, **part: float) -> None:
        self.route()
        self.add("accept", By.DESK, self.pace.taken_on(self.last, **part))
        self.accepted = self.last

    def start(self) -> None:
        self.add("start", By.DESK, self.pace.begun(self.last))
        if self.chance.random() < 0.2:
            self.add(
                "comment", By.DESK, self.pace.soon(self.last, 5, 60), words=self.say("comments")
            )

    def finish(self, low: float = 0.3, high: float = 0.9) -> None:
        """Do the work and say so; a head approves where the category asks for it."""
        at = self.pace.done(self.accepted or self.last, low, high)
        category = self.pace.category
        verb = "propose_resolution" if category.approval_required else "resolve"
        said = {"words": self.matter.result, "photo": category.photo_required}
        self.add(verb, By.DESK, at, **said)
        if category.approval_required:
            self.add("approve", By.HEAD, self.pace.soon(self.last, 20, 200))

    def rate(self) -> None:
        if self.chance.random() < 0.6:
            score = self.chance.choices(("satisfied", "acceptable", "unsatisfied"), (62, 27, 11))[0]
            said = self.chance.choice(self.texts.ratings[score])
            later = timedelta(hours=self.chance.uniform(0.5, 40))
            self.add("rate", By.REPORTER, self.last + later, words=said, score=score)

    def close(self) -> None:
        # A head has looked at the photos, and shows them to everyone.
        self.add("release", By.HEAD, self.last + timedelta(minutes=20))
        self.rate()
        self.add("close", By.HEAD, self.last + timedelta(days=self.chance.uniform(2, 4)))


def done(steps: Steps) -> None:
    steps.accept()
    steps.start()
    steps.finish()
    steps.close()


def done_late(steps: Steps) -> None:
    steps.accept(low=0.6, high=1.3)
    steps.start()
    steps.finish(1.1, 1.6)
    steps.close()


def extended(steps: Steps) -> None:
    steps.accept()
    steps.start()
    at = steps.pace.done(steps.last, 0.4, 0.6)
    due = steps.pace.after(steps.last, steps.pace.category.resolve_minutes * 2.5)
    steps.add("extend", By.HEAD, at, words=steps.say("extensions"), due_at=due)
    steps.finish(1.2, 1.9)
    steps.close()


def sent_back(steps: Steps) -> None:
    """The head finds the proof wanting; the second one is good."""
    steps.accept()
    steps.start()
    steps.add(
        "propose_resolution",
        By.DESK,
        steps.pace.done(steps.last, 0.2, 0.4),
        words=steps.matter.result,
        photo=steps.pace.category.photo_required,
    )
    steps.add("start", By.HEAD, steps.pace.soon(steps.last, 20, 90), words=steps.say("sent_back"))
    steps.finish(0.6, 0.95)
    steps.close()


def rerouted(steps: Steps) -> None:
    """The first agency gives it back, the centre finds the right one."""
    steps.route()
    steps.add("return", By.DESK, steps.pace.taken_on(steps.last), words=steps.say("returns"))
    at = steps.pace.soon(steps.last, 15, 120)
    steps.add("reroute", By.CENTRE, at, words=steps.say("reroutes"))
    steps.add("accept", By.DESK, steps.pace.taken_on(steps.last))
    steps.accepted = steps.last
    steps.start()
    steps.finish(0.2, 0.7)
    steps.close()


def rejected(steps: Steps) -> None:
    at = steps.pace.soon(steps.sent, 20, 200)
    steps.add("reject", By.CENTRE, at, words=steps.say("rejections"))


def asked(steps: Steps) -> None:
    """The desk needs to know more, and is told."""
    steps.accept()
    at = steps.pace.soon(steps.last, 10, 60)
    steps.add("request_info", By.DESK, at, words=steps.say("questions"))
    answered = steps.last + timedelta(hours=steps.chance.uniform(0.5, 20))
    steps.add("give_info", By.REPORTER, answered, words=steps.say("answers"))
    steps.add("accept", By.DESK, steps.pace.taken_on(steps.last, 0.05, 0.4))
    steps.start()
    steps.finish(0.5, 0.9)
    steps.close()


def reopened(steps: Steps) -> None:
    """It did not hold; the second time it does."""
    steps.accept()
    steps.start()
    steps.finish(0.2, 0.6)
    again = steps.last + timedelta(hours=steps.chance.uniform(20, 70))
    steps.add("reopen", By.CENTRE, again, words=steps.say("reopened"))
    steps.add("accept", By.DESK, steps.pace.taken_on(steps.last))
    steps.accepted = steps.last
    steps.start()
    steps.finish(0.3, 0.8)
    steps.close()


def withdrawn(steps: Steps) -> None:
    later = timedelta(minutes=steps.chance.uniform(4, 14))
    steps.add("withdraw", By.REPORTER, steps.sent + later)


def waiting(steps: Steps) -> None:
    """Sent, and nobody has acted yet: routed, or in `submitted` where the centre reviews."""


def questioned(steps: Steps) -> None:
    """The desk asked the reporter, who has not answered yet."""
    steps.accept(low=0.05, high=0.3)
    at = steps.pace.soon(steps.last, 5, 40)
    steps.add("request_info", By.DESK, at, words=steps.say("questions"))


def given_back(steps: Steps) -> None:
    """The agency says that it is not its own; the centre has yet to find another."""
    steps.route()
    steps.add("return", By.DESK, steps.pace.taken_on(steps.last), words=steps.say("returns"))


def accepted(steps: Steps) -> None:
    steps.accept()


def at_work(steps: Steps) -> None:
    steps.accept()
    steps.start()


def proposed(steps: Steps) -> None:
    steps.accept()
    steps.start()
    at = steps.pace.done(steps.last, 0.3, 0.7)
    said = {"words": steps.matter.result, "photo": steps.pace.category.photo_required}
    steps.add("propose_resolution", By.DESK, at, **said)


def directed(steps: Steps) -> None:
    """Late, and the province's leader has noticed."""
    at_work(steps)
    late = steps.pace.done(steps.last, 1.05, 1.2)
    due = late + timedelta(days=3)
    steps.add("direct", By.LEADER, late, words=steps.say("directives"), due_at=due)


Fate = Callable[[Steps], None]
Weighed = Sequence[tuple[Fate, float]]

FINISHED: Weighed = (
    (done, 62),
    (done_late, 9),
    (rerouted, 7),
    (rejected, 8),
    (asked, 5),
    (extended, 2),
    (sent_back, 2),
    (reopened, 3),
    (withdrawn, 2),
)
"""How often each ending comes, compared to the others."""
