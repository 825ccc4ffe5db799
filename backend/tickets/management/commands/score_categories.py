"""manage.py score_categories: how often a suggested category is right."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from backend.catalogue.models import CategorySuggestion
from backend.tickets.teaching import (
    commonest,
    from_catalogue,
    from_tickets,
    held_out,
    measured,
)


class Command(BaseCommand):
    """Teach four fifths of the tickets, ask about the last; and say what people chose so far."""

    help = "Print how well categories are suggested, on tickets that were not learned from."

    def handle(self, *args: Any, **options: Any) -> None:
        catalogue = from_catalogue()
        tickets, asked = held_out(from_tickets())
        try:
            alone, both = measured(catalogue, asked), measured(catalogue + tickets, asked)
        except ValueError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"held out: {both.asked} reports, of {both.asked + len(tickets)}")
        self.stdout.write("learned from               texts   top-1   top-3")
        usual = commonest(tickets, asked) if tickets else 0
        self.stdout.write(f"always the commonest      {len(tickets):6}  {usual:6.1%}")
        for name, found in (("catalogue's words", alone), ("catalogue and tickets", both)):
            self.stdout.write(
                f"{name:<25} {found.taught:6}  {found.first:6.1%}  {found.among_three:6.1%}"
            )
        self._say_chosen()

    def _say_chosen(self) -> None:
        chosen = CategorySuggestion.objects.exclude(chosen="")
        rows = [
            (code, [one["code"] for one in shown])
            for code, shown in chosen.values_list("chosen", "shown")
        ]
        if rows:
            first = sum(shown[0] == code for code, shown in rows) / len(rows)
            among = sum(code in shown for code, shown in rows) / len(rows)
            self.stdout.write(f"{'as people chose':<25} {len(rows):6}  {first:6.1%}  {among:6.1%}")
