"""Why a report went where it went, or where one would go: every rule, and why each lost."""

from dataclasses import dataclass
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from backend import clock
from backend.catalogue.models import Category
from backend.reports.models import Report
from backend.reports.numbers import normal
from geo.errors import GeoError
from geo.locator import locate
from routing.choices import Channel, Reporter
from routing.engine import Considered, Facts, Name, consider, decide
from routing.facts import facts_for, facts_of
from routing.rule_sets import rules_in_force
from routing.words import CONDITION_NAMES, explain, why_lost

WORDS = {
    "agency": Name("Cơ quan xử lý", "Lead agency"),
    "supporting": Name("Phối hợp", "Supporting"),
    "priority": Name("Mức ưu tiên", "Priority"),
    "intake": Name("Tiếp nhận", "Intake"),
    "rule": Name("Quy tắc", "Rule"),
    "doubt": Name("Điểm cần xác nhận", "Doubts"),
    "waits": Name("chờ người duyệt", "waits for a person"),
    "at_once": Name("chuyển ngay", "sent at once"),
    "considered": Name("Các quy tắc đã xét", "Rules considered"),
    "chosen": Name("ĐƯỢC CHỌN", "CHOSEN"),
    "nothing": Name("không có điều kiện", "nothing"),
}


@dataclass(frozen=True)
class Telling:
    """A decision told in one language."""

    facts: Facts
    considered: list[Considered]
    lang: str

    def lines(self) -> list[str]:
        decision = decide(self.facts, [each.rule for each in self.considered])
        how = "waits" if decision.waits else "at_once"
        helpers = ", ".join(self._agency(code) for code in decision.supporting)
        head = [
            self._say(explain(self.facts, decision)),
            "",
            f"{self._word('agency')}: {self._agency(decision.agency)}",
            f"{self._word('supporting')}: {helpers or '–'}",
            f"{self._word('priority')}: {decision.priority}",
            f"{self._word('intake')}: {decision.intake} ({self._word(how)})",
            f"{self._word('rule')}: {decision.rule or '–'}",
            f"{self._word('doubt')}: {', '.join(decision.doubt) or '–'}",
            "",
            f"{self._word('considered')} ({len(self.considered)}):",
        ]
        return head + [self._rule(each) for each in self.considered]

    def _rule(self, each: Considered) -> str:
        winner = self.considered[0]
        if each is winner and each.matches:
            verdict = self._word("chosen")
        else:
            verdict = self._say(why_lost(each, winner))
        return f"  {each.rule.name} → {each.rule.lead} [{self._asked(each)}]: {verdict}"

    def _asked(self, each: Considered) -> str:
        named = [
            f"{self._say(CONDITION_NAMES[name])} {'|'.join(sorted(asked))}"
            for name, asked in zip(CONDITION_NAMES, each.rule.conditions, strict=True)
            if asked
        ]
        return "; ".join(named) or self._word("nothing")

    def _agency(self, code: str) -> str:
        name = self.facts.agencies.get(code)
        return f"{self._say(name)} ({code})" if name else code

    def _word(self, key: str) -> str:
        return self._say(WORDS[key])

    def _say(self, name: Name) -> str:
        return name.en if self.lang == "en" else name.vi


class Command(BaseCommand):
    help = "Say where a report goes and why, with every rule that was considered."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--report", metavar="NO", help="a report that was sent")
        parser.add_argument("--category", help="or a category's code, with a place:")
        parser.add_argument("--lat", type=float)
        parser.add_argument("--lon", type=float)
        parser.add_argument("--accuracy", type=float, metavar="M", help="metres")
        parser.add_argument("--reporter", choices=Reporter.values, default=Reporter.CITIZEN)
        parser.add_argument("--channel", choices=Channel.values, default=Channel.WEB)
        parser.add_argument("--answer", action="append", default=[], metavar="QUESTION=ANSWER")
        parser.add_argument("--lang", choices=["vi", "en"], default="vi")

    def handle(self, *_args: Any, **given: Any) -> None:
        facts = _facts_sent(given["report"]) if given["report"] else _facts_imagined(given)
        telling = Telling(facts, consider(facts, rules_in_force().rules), given["lang"])
        self.stdout.write("\n".join(telling.lines()))


def _facts_sent(number: str) -> Facts:
    report = Report.objects.filter(report_no=normal(number) or number).first()
    if report is None:
        raise CommandError(f"Không có phản ánh {number}. (There is no report {number}.)")
    return facts_of(report)


def _facts_imagined(given: dict[str, Any]) -> Facts:
    if given["category"] is None or given["lat"] is None or given["lon"] is None:
        raise CommandError("Say --report, or --category with --lat and --lon.")
    category = Category.objects.filter(code=given["category"]).first()
    if category is None:
        raise CommandError(f"There is no category {given['category']}.")
    try:
        place = locate(
            given["lat"], given["lon"], on=clock.now().date(), accuracy_m=given["accuracy"]
        )
    except GeoError as error:
        raise CommandError(str(error)) from error
    return facts_for(
        category=category,
        area_code=place.area.code if place.area else "",
        place_doubt=place.doubt,
        answers=_answers(given["answer"]),
        reporter=given["reporter"],
        channel=given["channel"],
        point=(given["lat"], given["lon"]),
    )


def _answers(texts: list[str]) -> dict[str, str]:
    pairs = [text.partition("=") for text in texts]
    if not all(equals for _question, equals, _answer in pairs):
        raise CommandError("Write an answer as question=answer.")
    return {question: answer for question, _equals, answer in pairs}
