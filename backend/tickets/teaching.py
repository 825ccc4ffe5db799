"""What the guessing of categories learns from: the catalogue's words, and the province's tickets.

A ticket's category is what the work turned out to be. Where a dispatcher merged a report into a
ticket of another category, the report's words teach the ticket's: that is their correction.
"""

from collections import Counter
from dataclasses import dataclass
from math import sqrt
from zlib import crc32

from django.conf import settings
from django.db.models import Q

from backend.catalogue.guessing import Model, hits, train
from backend.catalogue.models import Category
from backend.tickets.lifecycle import Status
from backend.tickets.models import TicketReport
from geo.folding import folded as plain

MOST_REPORTS = 50_000
FIFTHS = 5
SIGMAS = 1.96


@dataclass(frozen=True)
class Lessons:
    """Texts, and the code of each one's category."""

    texts: list[str]
    codes: list[str]

    def __add__(self, other: "Lessons") -> "Lessons":
        return Lessons(self.texts + other.texts, self.codes + other.codes)

    def __len__(self) -> int:
        return len(self.texts)


@dataclass(frozen=True)
class Accuracy:
    """How many texts were asked, and how many guessed first and among three."""

    asked: int
    first: int
    among_three: int


def from_catalogue() -> Lessons:
    """Return the words by which the catalogue itself speaks of each active category."""
    texts, codes = [], []
    for category in Category.objects.filter(active=True).select_related("sector"):
        sector = category.sector
        questions = [
            str(question.get(name, ""))
            for question in category.questions
            for name in ("label_vi", "label_en")
        ]
        for text in (
            category.name_vi,
            category.name_en,
            f"{sector.name_vi} {category.name_vi} {category.hint_vi}",
            f"{sector.name_en} {category.name_en} {category.hint_en}",
            " ".join(questions),
        ):
            if text.strip():
                texts.append(text)
                codes.append(category.code)
    return Lessons(texts, codes)


def from_tickets() -> Lessons:
    """Return the words of the newest reports, each by its ticket's category; no drill, no jest."""
    drills = Q() if settings.DEMO else Q(report__drill=False)  # The demo is one great drill.
    links = (
        TicketReport.objects.filter(drills, ticket__category__active=True)
        .filter(report__withdrawn_at=None)
        .exclude(ticket__status__in=[Status.REJECTED, Status.WITHDRAWN])
        .order_by("-report__submitted_at", "pk")
        .values_list("report__text", "report__folded", "ticket__category")[:MOST_REPORTS]
    )
    # The same words twice teach once, and cannot be both taught and asked.
    once = {(folded or text, code): text for text, folded, code in links}
    return Lessons(list(once.values()), [code for _folded, code in once])


def held_out(lessons: Lessons, turn: int) -> tuple[Lessons, Lessons]:
    """Return four fifths to teach and one to ask: by the words themselves, the same every time."""
    taught, asked = Lessons([], []), Lessons([], [])
    for text, code in zip(lessons.texts, lessons.codes, strict=True):
        part = asked if crc32(plain(text).encode()) % FIFTHS == turn else taught
        part.texts.append(text)
        part.codes.append(code)
    return taught, asked


def measured(always: Lessons, lessons: Lessons) -> Accuracy:
    """Return how well each fifth of the lessons is guessed by who learned the rest, and `always`.

    So every text is asked once, by one who has never seen its words. Raises ValueError for none.
    """
    if not lessons:
        raise ValueError("There are no held-out tickets to ask about.")
    first = among = 0.0
    for turn in range(FIFTHS):
        taught, asked = held_out(lessons, turn)
        if not asked:
            continue
        known = always + taught
        model = train(known.texts, known.codes, version="measured")
        right, near = hits(model, asked.texts, asked.codes)
        first, among = first + right * len(asked), among + near * len(asked)
    return Accuracy(len(lessons), round(first), round(among))


def untaught(always: Lessons, asked: Lessons) -> Accuracy:
    """Return how well who learned nothing of the asked guesses them. Raises ValueError for none."""
    if not asked:
        raise ValueError("There are no held-out tickets to ask about.")
    model = train(always.texts, always.codes, version="measured")
    first, among = hits(model, asked.texts, asked.codes)
    return Accuracy(len(asked), round(first * len(asked)), round(among * len(asked)))


def commonest(lessons: Lessons) -> Accuracy:
    """Return how often who always says the commonest category is right: what to beat."""
    counts = Counter(lessons.codes).most_common(3)
    return Accuracy(len(lessons), counts[0][1], sum(count for _code, count in counts))


def interval(right: int, asked: int) -> tuple[float, float]:
    """Return between which shares the truth lies, 95 times in 100 (Wilson): few texts, wide."""
    share, spread = right / asked, SIGMAS**2 / asked
    middle = share + spread / 2
    reach = SIGMAS * sqrt(share * (1 - share) / asked + spread / (4 * asked))
    return (middle - reach) / (1 + spread), (middle + reach) / (1 + spread)


def taught(version: str) -> tuple[Model, int, int]:
    """Return a model of all there is, and how many texts of the catalogue and of reports."""
    catalogue, tickets = from_catalogue(), from_tickets()
    lessons = catalogue + tickets
    return train(lessons.texts, lessons.codes, version=version), len(catalogue), len(tickets)
