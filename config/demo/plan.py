"""The demo's month: who sends what, where and when, and what becomes of it. The same every time
for the same moment of loading, since all chance comes from one seed."""

import itertools
import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from django.conf import settings

from backend.catalogue.models import Category, Clock, Intake, Priority
from config.demo import fates
from config.demo.fates import By, Fate, Step, Steps
from config.demo.pace import Pace
from config.demo.places import Places
from config.demo.texts import Matter, Texts

SPAN = timedelta(days=28)
NAMESPACE = UUID("0d3f0a52-7c1e-5d0b-9b1c-3a3a5e6f7a10")
"""Under which the demo's reports get their ids: the same report is never sent twice."""

TRIES = 400
OFTEN_AT = (1, 1, 0, 0, 1, 3, 7, 10, 9, 8, 7, 6, 5, 5, 6, 7, 8, 10, 9, 8, 7, 5, 3, 2)
"""How often people write in each hour of the day, compared to the others."""


@dataclass
class Story:
    """One report and all that happens to it. `sender` is a number; `joins` and `into` are stories.

    A story with `joins` adds its report to that story's ticket; one with `into` is merged there.
    """

    number: int
    matter: Matter
    sent: datetime
    point: tuple[float, float]
    text: str
    sender: int
    steps: list[Step] = field(default_factory=list)
    joins: int | None = None
    into: int | None = None

    @property
    def report_id(self) -> UUID:
        return report_id(self.number)


def report_id(number: int) -> UUID:
    return uuid5(NAMESPACE, str(number))


def matter_in(categories: Mapping[str, Category], **wanted: object) -> Callable[[Matter], bool]:
    """Return a test for matters whose category has these fields."""
    return lambda matter: all(
        getattr(categories[matter.category], name) == value for name, value in wanted.items()
    )


@dataclass(frozen=True)
class Open:
    """A kind of open ticket: its way so far, how its deadline stands, and what it may be about.

    One that is `home` lies in the unit that the demo shows first, whose desk so is never empty.
    """

    fate: Fate
    flag: str = "ok"
    wanted: Mapping[str, object] = field(default_factory=dict)
    home: bool = False


AUTO = {"intake": Intake.AUTO}
CALM = AUTO | {"clock": Clock.WORKING}
URGENT = AUTO | {"priority": Priority.EMERGENCY}
COMMITTEE = CALM | {"responsible": "commune_pc"}
OPEN = (
    (Open(fates.waiting, wanted={"intake": Intake.REVIEW}), 6),
    (Open(fates.waiting, "ok", COMMITTEE, home=True), 3),
    (Open(fates.at_work, "overdue", COMMITTEE, home=True), 1),
    (Open(fates.proposed, "ok", COMMITTEE | {"approval_required": True}, home=True), 1),
    (Open(fates.at_work, "ok", COMMITTEE, home=True), 2),
    (Open(fates.waiting, "ok", CALM), 6),
    (Open(fates.at_work, "overdue", CALM), 4),
    (Open(fates.at_work, "ok", CALM), 7),
    (Open(fates.waiting, "due_soon", AUTO), 4),
    (Open(fates.at_work, "ok", URGENT), 2),
    (Open(fates.accepted, "ok", CALM), 6),
    (Open(fates.waiting, "overdue", CALM), 5),
    (Open(fates.at_work, "due_soon", CALM), 5),
    (Open(fates.proposed, "ok", {"approval_required": True, "clock": Clock.WORKING}), 3),
    (Open(fates.questioned, "", CALM), 4),
    (Open(fates.given_back, "", CALM), 3),
    (Open(fates.waiting, "ok", URGENT), 1),
    (Open(fates.accepted, "ok", URGENT), 1),
    (Open(fates.directed, "overdue", CALM), 2),
)
"""Sixty-six open tickets of three hundred, as a province's board looks on an ordinary day."""

WHOLE = 300


@dataclass
class Planner:
    """Draws the stories from chance."""

    now: datetime
    chance: random.Random
    categories: Mapping[str, Category]
    places: Places
    texts: Texts
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    def stories(self, count: int) -> list[Story]:
        """Return so many stories, about a fifth of them still open, the rest finished."""
        found = [self._still_open(kind) for kind in _spread(count)]
        while len(found) < count:
            story = self._finished()
            found.append(story)
            if len(found) < count and (echo := self._echo(story)):
                found.append(echo)
        return found

    def _finished(self) -> Story:
        matter = self._matter(lambda _matter: True)
        [fate] = self.chance.choices(
            [fate for fate, _often in fates.FINISHED], [often for _fate, often in fates.FINISHED]
        )
        for _turn in range(TRIES):
            steps = self._walk(matter, fate, self._moment(SPAN))
            ends = [step.at for step in steps.taken if step.verb not in {"rate", "close"}]
            if not ends or ends[-1] < self.now:
                return self._story(steps)
        return self._story(self._walk(matter, fates.done, self.now - SPAN))

    def _still_open(self, kind: Open) -> Story:
        fits = matter_in(self.categories, **kind.wanted)

        def test(matter: Matter) -> bool:
            return fits(matter) and (not kind.home or self.places.suits_home(matter.where))

        for _turn in range(TRIES):
            matter = self._matter(test)
            pace = Pace(self.categories[matter.category], self.chance)
            steps = self._walk(matter, kind.fate, self._recently(pace, kind.flag))
            if steps.last >= self.now:
                continue
            if not kind.flag or pace.flag(self.now, steps.sent, steps.accepted) == kind.flag:
                return self._story(steps, home=kind.home)
        # No moment fits, as on a long holiday: then at least something that is open.
        steps = self._walk(self._matter(test), fates.waiting, self._moment(SPAN / 28))
        return self._story(steps, home=kind.home)

    def _walk(self, matter: Matter, fate: Fate, sent: datetime) -> Steps:
        pace = Pace(self.categories[matter.category], self.chance)
        steps = Steps(matter, pace, self.texts, sent)
        fate(steps)
        return steps

    def _story(self, steps: Steps, *, home: bool = False) -> Story:
        where = steps.matter.where
        return Story(
            number=next(self._numbers),
            matter=steps.matter,
            sent=steps.sent,
            point=self.places.at_home(where) if home else self.places.point(where),
            text=steps.matter.text,
            sender=self.chance.randrange(1_000),
            steps=[step for step in steps.taken if step.at < self.now],
        )

    def _echo(self, story: Story) -> Story | None:
        """Return now and then a second report of the same matter: it joins, or is merged."""
        category = self.categories[story.matter.category]
        accepted = next((step.at for step in story.steps if step.verb == "accept"), None)
        unlike = category.restricted or category.intake == Intake.REVIEW or accepted is None
        if unlike or self.chance.random() > 0.09 or accepted is None:
            return None
        sent = story.sent + (accepted - story.sent) * self.chance.uniform(0.2, 0.8)
        echo = Story(
            number=next(self._numbers),
            matter=story.matter,
            sent=sent,
            point=self.places.near(story.point, 80),
            text=self.chance.choice(self.texts.phrases["joins"]),
            sender=self.chance.randrange(1_000),
        )
        if self.chance.random() < 0.6:
            echo.joins = story.number
        else:
            at = min(accepted + timedelta(minutes=1), self.now)
            echo.into, echo.steps = story.number, [Step(at=at, verb="merge", by=By.CENTRE)]
        return echo

    def _matter(self, test: Callable[[Matter], bool]) -> Matter:
        known = [each for each in self.texts.matters if each.category in self.categories]
        fitting = [each for each in known if test(each)] or known
        return self.chance.choices(fitting, [each.often for each in fitting])[0]

    def _moment(self, span: timedelta) -> datetime:
        """Return a moment of the last `span` at which people write."""
        zone = ZoneInfo(settings.TIME_ZONE)
        for _turn in range(TRIES):
            day = (self.now - span * self.chance.random()).astimezone(zone).date()
            [hour] = self.chance.choices(range(24), OFTEN_AT)
            minute, second = self.chance.randrange(60), self.chance.randrange(60)
            moment = datetime.combine(day, time(hour, minute, second), zone)
            if self.now - span <= moment < self.now - timedelta(minutes=1):
                return moment
        return self.now - span

    def _recently(self, pace: Pace, flag: str) -> datetime:
        """Return a moment as long ago as such a ticket may be; for a late one, longer."""
        longest = min(pace.length * (1.6 if flag == "overdue" else 1), SPAN)
        if longest < timedelta(days=1):  # an emergency does not choose its hour
            return self.now - longest * self.chance.uniform(0.02, 1)
        return self._moment(longest)


def _spread(count: int) -> list[Open]:
    """Return the kinds of open ticket that so many tickets have, every kind before any again."""
    left = [[kind, often] for kind, often in OPEN]
    whole: list[Open] = []
    while any(often for _kind, often in left):
        for entry in left:
            if entry[1]:
                whole.append(entry[0])  # type: ignore[arg-type]
                entry[1] -= 1  # type: ignore[operator]
    return list(itertools.islice(itertools.cycle(whole), round(count * len(whole) / WHOLE)))
