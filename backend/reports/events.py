"""The facts about reports."""

from dataclasses import dataclass
from typing import Any, Self

from backend.events.types import Event
from backend.reports.models import Report


@dataclass(frozen=True, kw_only=True)
class ReportEvent(Event):
    """A fact about one report; where it was sent from stays out of the log."""

    report_id: str
    report_no: str
    category: str
    area: str = ""

    @property
    def stream(self) -> str:
        return f"report:{self.report_id}"

    @classmethod
    def of(cls, report: Report, **facts: Any) -> Self:
        """Return the fact about this report."""
        return cls(
            report_id=str(report.pk),
            report_no=report.report_no,
            category=report.category_id,
            area=report.area_code,
            **facts,
        )


@dataclass(frozen=True, kw_only=True)
class ReportSubmitted(ReportEvent):
    type = "report.submitted"

    photos: int = 0
    joins: str | None = None


@dataclass(frozen=True, kw_only=True)
class ReportPhotoAdded(ReportEvent):
    type = "report.photo_added"

    uploads: list[str]


@dataclass(frozen=True, kw_only=True)
class ReportWithdrawn(ReportEvent):
    type = "report.withdrawn"
