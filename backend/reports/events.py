"""The facts about reports."""

from dataclasses import dataclass, field
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
class UploadReady(Event):
    """A photo can be shown, or was refused for what `code` says; told where it belongs to.

    A scene's photo is told in its report's stream, one of the work in its ticket's; a photo
    that belongs to neither yet, in its own.
    """

    type = "upload.ready"

    upload_id: str
    state: str
    code: str = ""
    report_id: str | None = None
    report_no: str = ""
    ticket_id: str | None = None
    reports: list[str] = field(default_factory=list)
    category: str = ""
    area: str = ""
    priority: str = ""
    agency: str | None = None
    supporting: list[str] = field(default_factory=list)

    @property
    def stream(self) -> str:
        if self.report_id:
            return f"report:{self.report_id}"
        return f"ticket:{self.ticket_id}" if self.ticket_id else f"upload:{self.upload_id}"


@dataclass(frozen=True, kw_only=True)
class ReportWithdrawn(ReportEvent):
    type = "report.withdrawn"
