"""manage.py score_categories: how often a suggested category is right, and how sure that is."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from backend.catalogue.models import Category, CategorySuggestion
from backend.tickets.teaching import (
    Accuracy,
    Lessons,
    commonest,
    from_catalogue,
    from_tickets,
    interval,
    measured,
    untaught,
)

ENOUGH = 400
"""Texts for which a share is known to about five in a hundred."""

ENOUGH_EACH = 5


class Command(BaseCommand):
    """Ask about every text once, each by who learned the others; say what people chose so far."""

    help = "Print how well categories are suggested, on reports that were not learned from."

    def handle(self, *args: Any, **options: Any) -> None:
        catalogue, tickets = from_catalogue(), from_tickets()
        try:
            alone, both = untaught(catalogue, tickets), measured(catalogue, tickets)
        except ValueError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"asked: {len(tickets)} reports that differ, each of them once")
        self.stdout.write("learned from               texts   top-1               top-3")
        self._say("always the commonest", commonest(tickets))
        self._say("catalogue's words", alone)
        self._say("catalogue and the others", both)
        self._say_chosen()
        self._say_thin(tickets)

    def _say(self, name: str, found: Accuracy) -> None:
        shares = "  ".join(_share(right, found.asked) for right in (found.first, found.among_three))
        self.stdout.write(f"{name:<25} {found.asked:6}  {shares}")

    def _say_chosen(self) -> None:
        chosen = CategorySuggestion.objects.exclude(chosen="")
        rows = [
            (code, [one["code"] for one in shown])
            for code, shown in chosen.values_list("chosen", "shown")
        ]
        if rows:
            first = sum(shown[0] == code for code, shown in rows)
            among = sum(code in shown for code, shown in rows)
            self._say("as people chose", Accuracy(len(rows), first, among))

    def _say_thin(self, tickets: Lessons) -> None:
        """Say what the figures above cannot bear."""
        known = set(Category.objects.filter(active=True).values_list("code", flat=True))
        few = [code for code in known if tickets.codes.count(code) < ENOUGH_EACH]
        if few:
            self.stdout.write(
                f"thin: {len(few)} of {len(known)} categories have fewer than {ENOUGH_EACH} "
                "reports; nothing is known of those."
            )
        if len(tickets) < ENOUGH:
            self.stdout.write(
                f"thin: {len(tickets)} reports; {ENOUGH} would tell within five in a hundred. "
                "Ask again when there are more."
            )


def _share(right: int, asked: int) -> str:
    low, high = interval(right, asked)
    return f"{right / asked:6.1%} ({low:.0%}–{high:.0%})".ljust(18)
