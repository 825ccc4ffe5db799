"""The whole demo: accounts, and a month of tickets told in the order of time, or nothing."""

import random
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial

from django.conf import settings
from django.db import transaction

from backend import clock
from backend.catalogue.models import Category
from backend.events.delivery import settle, skip_to_head
from backend.events.subscriber import subscribers
from backend.reports.models import Report
from config.demo.accounts import load_accounts
from config.demo.places import Places
from config.demo.plan import Planner, Story, report_id
from config.demo.teller import Teller
from config.demo.texts import texts

Progress = Callable[[int, int], None]
Act = tuple[datetime, int, int, Callable[[], None]]

ROUTING = "routing"


def load_demo(*, tickets: int, progress: Progress) -> tuple[int, int]:
    """Load accounts and about so many tickets; returns how many accounts and reports are new.

    Where demo reports are, none is added. What was in the log before is delivered first; of the
    demo's own history only routing hears, so nobody is notified today of what happened weeks ago.
    """
    accounts = load_accounts(settings.DEMO_PASSWORD)
    if Report.objects.filter(id=report_id(0)).exists():
        return accounts, 0
    settle()
    with transaction.atomic():
        stories = _planner().stories(tickets)
        _tell(stories, progress)
    return accounts, len(stories)


def _planner() -> Planner:
    chance = random.Random("Hiện Trường")  # noqa: S311 - the same demo every time
    return Planner(
        now=clock.now() - timedelta(minutes=1),
        chance=chance,
        categories=Category.objects.filter(active=True).in_bulk(),
        places=Places.of_today(chance, settings.DEMO_UNIT),
        texts=texts(),
    )


def _tell(stories: list[Story], progress: Progress) -> None:
    teller = Teller()
    acts = sorted(_acts(stories, teller), key=lambda act: act[:3])
    for turn, (_when, _number, _order, act) in enumerate(acts, start=1):
        act()
        progress(turn, len(acts))
    settle(ROUTING)
    for name in set(subscribers) - {ROUTING}:
        skip_to_head(name)


def _acts(stories: list[Story], teller: Teller) -> Iterator[Act]:
    """Return every act with its moment; those of one story keep their order."""
    for story in stories:
        yield story.sent, story.number, -1, partial(teller.send, story)
        for order, step in enumerate(story.steps):
            yield step.at, story.number, order, partial(teller.act, story, step)
