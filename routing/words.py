"""A decision in full sentences, Vietnamese and English, for whoever asks why. Pure.

Both languages are kept with the ticket when it is routed, so they stand here side by side rather
than in a catalogue of translations, which answers in one language at a time.
"""

from collections.abc import Sequence

from routing.engine import (
    NO_COMMITTEE,
    NO_RULE,
    NOBODY_ON_DUTY,
    OUTSIDE_UNITS,
    RULES_DISAGREE,
    RULES_TIE,
    UNKNOWN_AGENCY,
    UNKNOWN_SUPPORT,
    Considered,
    Decision,
    Facts,
    Name,
)

DOUBTS: dict[str, Name] = {
    "several_units": Name(
        "Điểm nằm trong nhiều đơn vị theo ranh giới đã công bố; đã chọn theo thứ tự cố định, "
        "cán bộ điều phối cần xác nhận.",
        "The point lies in more than one unit by the published boundaries; one was chosen in a "
        "fixed way, and a dispatcher confirms it.",
    ),
    "near_boundary": Name(
        "Điểm gần ranh giới hơn độ chính xác của định vị; cán bộ điều phối cần xác nhận.",
        "The point is closer to a boundary than its position is accurate; a dispatcher confirms "
        "the unit.",
    ),
    "nearest_unit": Name(
        "Điểm không nằm trong đơn vị nào; đã lấy đơn vị gần nhất.",
        "The point lies in no unit; the nearest one was taken.",
    ),
    "shared_place": Name(
        "Nhiều người đã gửi từ đúng tọa độ này, có thể là vị trí mặc định của bản đồ; cán bộ điều "
        "phối cần xác nhận.",
        "Many people reported from exactly these coordinates, perhaps a map's default; a "
        "dispatcher confirms the place.",
    ),
    "zero_position": Name(
        "Tọa độ là 0, 0: điện thoại có thể không có vị trí.",
        "The position is 0, 0: the phone may have had none.",
    ),
    OUTSIDE_UNITS: Name(
        "Điểm không thuộc đơn vị cấp xã nào.", "The point belongs to no commune-level unit."
    ),
    NO_RULE: Name("Không có quy tắc nào phù hợp.", "No rule matches."),
    NO_COMMITTEE: Name(
        "Đơn vị này chưa có Ủy ban nhân dân trong danh bạ cơ quan.",
        "The unit's People's Committee is not in the directory of agencies.",
    ),
    NOBODY_ON_DUTY: Name(
        "Lịch trực không có đơn vị nào trực vào lúc này.", "Nobody holds the duty roster just now."
    ),
    UNKNOWN_AGENCY: Name(
        "Cơ quan mà quy tắc chỉ định không có hoặc đã ngừng hoạt động.",
        "The agency that the rule names is unknown or no longer active.",
    ),
    UNKNOWN_SUPPORT: Name(
        "Có cơ quan phối hợp không có trong danh bạ.",
        "A supporting agency is not in the directory.",
    ),
    RULES_TIE: Name(
        "Có quy tắc khác khớp ngang mức và chọn cùng cơ quan.",
        "Another rule matches just as well and chooses the same agency.",
    ),
    RULES_DISAGREE: Name(
        "Có quy tắc khác khớp ngang mức nhưng chọn cơ quan khác; cán bộ điều phối quyết định.",
        "Another rule matches just as well and chooses another agency; a dispatcher decides.",
    ),
}

NOT_APPLIED = {NO_COMMITTEE, NOBODY_ON_DUTY, UNKNOWN_AGENCY}
"""Doubts that mean that the rule which matched could not be followed."""

CONDITION_NAMES: dict[str, Name] = {
    "answers": Name("câu trả lời bổ sung", "the answers given"),
    "asset": Name("loại tài sản hạ tầng", "the asset class"),
    "category": Name("loại phản ánh", "the category"),
    "area": Name("địa bàn", "the area"),
    "sector": Name("lĩnh vực", "the sector"),
    "priority": Name("mức ưu tiên", "the priority"),
    "level": Name("cấp xử lý", "the level"),
    "reporter": Name("người gửi", "the reporter"),
    "channel": Name("kênh gửi", "the channel"),
    "hours": Name("giờ trong ngày", "the hours"),
    "days": Name("ngày áp dụng", "the days"),
}

NO_UNIT = Name("ngoài ranh giới các đơn vị cấp xã", "outside all commune-level units")


def explain(facts: Facts, decision: Decision) -> Name:
    """Return why the report goes where it goes, as a person would say it."""
    agency = facts.agencies.get(decision.agency) or Name(decision.agency, decision.agency)
    place = facts.area_name or Name(facts.area, facts.area) if facts.area else NO_UNIT
    vi = [
        f"{'Đề xuất chuyển' if decision.waits else 'Chuyển'} {agency.vi} xử lý phản ánh "
        f"“{facts.category_name.vi}” ({facts.category}) {_at_vi(place)}, {_because_vi(decision)}."
    ]
    en = [
        f"The report “{facts.category_name.en}” ({facts.category}), {_at_en(place)}, "
        f"{'is proposed for' if decision.waits else 'goes to'} {agency.en}, "
        f"{_because_en(decision)}."
    ]
    if helpers := [facts.agencies[code] for code in decision.supporting]:
        vi.append(f"Phối hợp: {', '.join(name.vi for name in helpers)}.")
        en.append(f"Supported by {', '.join(name.en for name in helpers)}.")
    if near := facts.near.get(decision.asset):
        metres, called = round(near.distance_m), near.name or decision.asset
        vi.append(f"Điểm cách {called} ({decision.asset}) {metres} m.")
        en.append(f"The point is {metres} m from {called} ({decision.asset}).")
    for doubt in (DOUBTS[code] for code in decision.doubt if code in DOUBTS):
        vi.append(doubt.vi)
        en.append(doubt.en)
    return Name(" ".join(vi), " ".join(en))


def _at_vi(place: Name) -> str:
    return place.vi if place is NO_UNIT else f"tại {place.vi}"


def _at_en(place: Name) -> str:
    return place.en if place is NO_UNIT else f"in {place.en}"


def _because_vi(decision: Decision) -> str:
    if not decision.rule:
        return "là đầu mối trực ban của tỉnh, vì chưa có quy tắc nào giao cho cơ quan khác"
    rule = _called(decision.title.vi, "quy tắc", "quy tắc phân tuyến")
    if NOT_APPLIED & set(decision.doubt):
        return f"là đầu mối trực ban, vì {rule} chưa áp dụng được"
    return f"theo {rule}" + _why(decision.why.vi)


def _because_en(decision: Decision) -> str:
    if not decision.rule:
        return "the province's duty desk, since no rule gives it to another agency"
    rule = _called(decision.title.en, "the rule", "a routing rule")
    if NOT_APPLIED & set(decision.doubt):
        return f"the duty desk, since {rule} cannot be applied"
    return f"by {rule}" + _why(decision.why.en)


def _called(title: str, with_title: str, without: str) -> str:
    """Name the rule as people do; its key is for files and figures, not for sentences."""
    return f"{with_title} “{title}”" if title else without


def _why(sentence: str) -> str:
    return f": {sentence.rstrip('. ')}" if sentence else ""


def why_lost(each: Considered, winner: Considered) -> Name:
    """Return why this rule did not decide."""
    if each.missed:
        names = [CONDITION_NAMES[name] for name in each.missed]
        return Name(
            f"không khớp {', '.join(name.vi for name in names)}",
            f"does not match {', '.join(name.en for name in names)}",
        )
    if each.rule.rank == winner.rule.rank:
        return Name("khớp ngang mức, xếp sau theo tên", "matches as well, but comes later by name")
    return Name(
        f"khớp, nhưng kém cụ thể hơn “{winner.rule.name}”: {_difference(each, winner).vi}",
        f"matches, but is less specific than “{winner.rule.name}”: {_difference(each, winner).en}",
    )


def _difference(each: Considered, winner: Considered) -> Name:
    """Return the weightiest condition by which the winner is the more specific."""
    mine, theirs = each.rule.rank, winner.rule.rank
    for part, (vi, en) in enumerate(
        (("không nêu", "it does not name"), ("nêu rộng hơn", "wider in"))
    ):
        name = _first_unlike(mine[part], theirs[part])
        if name:
            return Name(f"{vi} {CONDITION_NAMES[name].vi}", f"{en} {CONDITION_NAMES[name].en}")
    return Name("", "")


def _first_unlike(mine: Sequence[int], theirs: Sequence[int]) -> str:
    return next(
        (name for name, a, b in zip(CONDITION_NAMES, mine, theirs, strict=True) if a != b), ""
    )
