"""Which routing decision is in force, told in full sentences; those before stay beside it. Pure.

Both languages are kept with the ticket when it is decided, as the first decision's are, so they
stand here side by side rather than in a catalogue of translations.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

Kept = dict[str, Any]
Rules = Mapping[str, Any]
"""What the rules say, where a person follows them: rule, rule_set, title, explanation, doubt and,
where something made them speak again, `cause`, one of CAUSES."""

PARTS = ("rule", "rule_set", "title", "explanation", "doubt", "cause", "by", "at")
"""What a decision consists of."""

PROPOSAL = ("proposed", "proposed_supporting")
"""What the rules would do while a person decides: gone once one has."""

FOLLOWED = ("rules", "boundary", "successor")
"""Causes by which a person let the rules decide anew, and did not judge by themselves."""


@dataclass(frozen=True)
class Name:
    """What something is called in both languages."""

    vi: str
    en: str


CAUSES: dict[str, Name] = {
    "rules": Name("theo bộ quy tắc đang có hiệu lực", "as the rules in force have it"),
    "boundary": Name("theo ranh giới đang có hiệu lực", "as the boundaries in force have it"),
    "successor": Name("vì đơn vị trước đã có đơn vị kế thừa", "since another agency succeeds it"),
    "returned_twice": Name("vì phiếu đã bị trả lại hai lần", "since it was returned twice"),
    "untouched": Name(
        "vì quá hạn tiếp nhận mà chưa ai tiếp nhận", "since nobody acknowledged it in time"
    ),
}
SYSTEM = Name("Hệ thống", "The system")


@dataclass(frozen=True, kw_only=True)
class Step:
    """A decision about a ticket after the first: who, from which agency to which, about what, why.

    Without `to` the agency `had` gave it back; `was` and `now` are the categories where that was
    corrected; `confirms` says that a person agreed with what the rules had proposed.
    """

    who: Name
    had: Name | None = None
    to: Name | None = None
    was: Name | None = None
    now: Name | None = None
    cause: str = ""
    reason: str = ""
    confirms: bool = False


def superseded(routing: Kept, decision: Kept) -> Kept:
    """Return the routing under another decision; the one it replaces joins `earlier`."""
    former = {part: routing[part] for part in PARTS if part in routing}
    earlier = [*routing.get("earlier", []), *([former] if former.get("explanation") else [])]
    rest = {name: said for name, said in routing.items() if name not in (*PARTS, *PROPOSAL)}
    return {**rest, "rule": "", "doubt": [], **decision, "earlier": earlier}


def is_by_hand(routing: Kept) -> bool:
    """Say whether somebody has judged since the rules chose an agency, and not let them choose."""
    return bool(routing.get("by")) and routing.get("cause") not in FOLLOWED


def decision_of(step: Step, *, by: str, at: datetime, rules: Rules | None = None) -> Kept:
    """Return what is kept of the step; by which rule it came only where the rules decided."""
    said, found = told(step), dict(rules or {})
    after = found.pop("explanation", None)
    if after and not step.confirms:
        said = Name(f"{said.vi} {after['vi']}", f"{said.en} {after['en']}")
    return {
        **{name: each for name, each in found.items() if name in PARTS},
        "explanation": {"vi": said.vi, "en": said.en},
        "by": by,
        "at": at.isoformat(),
    }


def told(step: Step) -> Name:
    """Return the step as a person would say it."""
    done, cause = _done(step), CAUSES.get(step.cause)
    vi = f"{step.who.vi} {done.vi}" + (f", {cause.vi}" if cause else "") + "."
    en = f"{step.who.en} {done.en}" + (f", {cause.en}" if cause else "") + "."
    if step.reason and step.who is not SYSTEM:
        vi, en = f"{vi} Lý do: {step.reason}", f"{en} Reason: {step.reason}"
    return Name(vi, en)


def _done(step: Step) -> Name:
    parts = [part for part in (_moved(step), _corrected(step)) if part]
    return Name(", ".join(part.vi for part in parts), ", and ".join(part.en for part in parts))


def _moved(step: Step) -> Name | None:
    had, to = step.had, step.to
    if to is None:
        back = had or Name("", "")
        return Name(f"trả lại phiếu từ {back.vi}", f"gave it back from {back.en}")
    if step.confirms:
        return Name(f"xác nhận đề xuất chuyển {to.vi}", f"confirmed the proposal of {to.en}")
    if had is None:
        return Name(f"chuyển đến {to.vi}", f"gave it to {to.en}")
    if had != to:
        return Name(f"chuyển từ {had.vi} đến {to.vi}", f"moved it from {had.en} to {to.en}")
    return None


def _corrected(step: Step) -> Name | None:
    if step.was is None or step.now is None:
        return None
    was, now, stays = step.was, step.now, step.had == step.to and step.to
    return Name(
        f"sửa loại từ “{was.vi}” thành “{now.vi}”" + (f", {stays.vi} vẫn xử lý" if stays else ""),
        f"corrected the category from “{was.en}” to “{now.en}”"
        + (f"; it stays with {stays.en}" if stays else ""),
    )
