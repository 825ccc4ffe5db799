"""What is said at each event to each kind of listener, until the province words it otherwise.

A text is a title and sentences; one whose facts are missing is left out. The first texts are
those of docs/glossary.md.
"""

from notifications.sentences import Text, text

ROUTED = text(
    ("Chuyển xử lý", "Phản ánh {report_no} đã chuyển {agency} xử lý."),
    ("Forwarded", "Report {report_no} was sent to {agency}."),
)
RESOLVED = text(
    ("Đã xử lý", "Phản ánh {report_no} đã xử lý.", "Mời xem kết quả và đánh giá."),
    ("Resolved", "Report {report_no} is resolved.", "View the result and rate it."),
)
CORRECTED = text(
    (
        "Đã sửa loại phản ánh",
        "Phản ánh {report_no} được xếp sang loại phù hợp hơn; nội dung bạn gửi giữ nguyên.",
        "Hạn xử lý: {due}.",
    ),
    (
        "Category corrected",
        "Report {report_no} was put into a category that fits it better; your words stay.",
        "Due: {due}.",
    ),
)
NEW_WORK = text(
    (
        "Phản ánh mới",
        "{agency} có phản ánh {report_no} cần tiếp nhận.",
        "Hạn tiếp nhận: {ack_due}.",
    ),
    ("New report", "Report {report_no} awaits {agency}.", "Acknowledge by {ack_due}."),
)

TO_REPORTERS: dict[str, Text] = {
    "ticket.routed": ROUTED,
    "ticket.rerouted": ROUTED,
    "ticket.corrected": CORRECTED,
    "ticket.returned": text(
        ("Đang chọn lại đơn vị", "Phản ánh {report_no} đang được chuyển đến đơn vị khác."),
        ("Another agency is sought", "Report {report_no} is being sent to another agency."),
    ),
    "ticket.accepted": text(
        ("Đã tiếp nhận", "Phản ánh {report_no} đã được tiếp nhận.", "Hạn xử lý: {due}."),
        ("Received", "Report {report_no} was received.", "Due: {due}."),
    ),
    "ticket.started": text(
        ("Đang xử lý", "Phản ánh {report_no} đang được xử lý."),
        ("In progress", "Work on report {report_no} has begun."),
    ),
    "ticket.info_requested": text(
        (
            "Yêu cầu bổ sung thông tin",
            "Phản ánh {report_no} cần bổ sung thông tin trước {info_due}.",
            "{words}",
        ),
        (
            "More information needed",
            "Report {report_no} needs more information by {info_due}.",
            "{words}",
        ),
    ),
    "ticket.info_reminded": text(
        (
            "Nhắc bổ sung thông tin",
            "Phản ánh {report_no} vẫn cần bạn bổ sung thông tin trước {info_due}.",
        ),
        (
            "Information still needed",
            "Report {report_no} still needs more information from you by {info_due}.",
        ),
    ),
    "ticket.info_missed": text(
        (
            "Hết hạn bổ sung thông tin",
            "Phản ánh {report_no} được xem xét tiếp theo những gì đã gửi.",
        ),
        (
            "Time to answer is over",
            "Report {report_no} will be looked at by what you have sent so far.",
        ),
    ),
    "ticket.info_given": text(
        ("Đã bổ sung thông tin", "Phản ánh {report_no} đã có thông tin bổ sung."),
        ("Information given", "Report {report_no} has the information that was asked for."),
    ),
    "ticket.resolution_proposed": text(
        ("Chờ duyệt kết quả", "Kết quả xử lý phản ánh {report_no} đang chờ duyệt."),
        ("Awaiting approval", "The result of report {report_no} awaits approval."),
    ),
    "ticket.resolved": RESOLVED,
    "ticket.approved": RESOLVED,
    "ticket.extended": text(
        ("Gia hạn xử lý", "Phản ánh {report_no} được gia hạn đến {due}.", "Lý do: {words}"),
        ("Deadline extended", "Report {report_no} extended to {due}.", "Reason: {words}"),
    ),
    "ticket.merged": text(
        ("Đã gộp", "Phản ánh {report_no} được xử lý cùng các phản ánh về cùng sự việc."),
        ("Merged", "Report {report_no} is handled with others about the same matter."),
    ),
    "report.joined": text(
        ("Cùng sự việc", "Phản ánh {report_no} được thêm vào sự việc đang xử lý."),
        ("Same matter", "Report {report_no} was added to a matter already in hand."),
    ),
    "ticket.reopened": text(
        ("Xử lý lại", "Phản ánh {report_no} được xử lý lại."),
        ("Reopened", "Report {report_no} was taken up again."),
    ),
    "ticket.closed": text(
        ("Đã đóng", "Phản ánh {report_no} đã đóng."),
        ("Closed", "Report {report_no} is closed."),
    ),
    "ticket.rejected": text(
        ("Từ chối", "Phản ánh {report_no} không được tiếp nhận.", "Lý do: {words}"),
        ("Rejected", "Report {report_no} was not accepted.", "Reason: {words}"),
    ),
}

# Staff see their board live; they are told of what asks something of them.
NO_ANSWER = text(
    ("Chưa có bổ sung", "Người gửi phản ánh {report_no} chưa bổ sung; cần quyết định tiếp."),
    ("No answer", "The reporter of {report_no} did not answer; somebody must decide."),
)

TO_STAFF: dict[str, Text] = {
    "ticket.routed": NEW_WORK,
    "ticket.rerouted": NEW_WORK,
    "ticket.corrected": text(
        (
            "Đã sửa loại phản ánh",
            "Loại của phản ánh {report_no} đã được sửa.",
            "Hạn xử lý: {due}.",
        ),
        ("Category corrected", "The category of report {report_no} was corrected.", "Due: {due}."),
    ),
    "ticket.info_missed": NO_ANSWER,
    "ticket.info_given": text(
        ("Đã có bổ sung", "Người gửi đã bổ sung thông tin cho phản ánh {report_no}."),
        ("Information given", "The reporter has answered about report {report_no}."),
    ),
    "ticket.resolution_proposed": text(
        ("Chờ duyệt kết quả", "Kết quả xử lý phản ánh {report_no} chờ đơn vị duyệt."),
        ("Awaiting approval", "The result of report {report_no} awaits your approval."),
    ),
    "ticket.approved": text(
        ("Kết quả được duyệt", "Kết quả xử lý phản ánh {report_no} đã được duyệt."),
        ("Result approved", "The result of report {report_no} was approved."),
    ),
    "ticket.reopened": text(
        ("Xử lý lại", "Phản ánh {report_no} cần {agency} xử lý lại.", "Hạn tiếp nhận: {ack_due}."),
        ("Reopened", "Report {report_no} is back with {agency}.", "Acknowledge by {ack_due}."),
    ),
    "ticket.extended": text(
        ("Gia hạn xử lý", "Phản ánh {report_no} được gia hạn đến {due}."),
        ("Deadline extended", "Report {report_no} extended to {due}."),
    ),
    "ticket.assigned": text(
        ("Việc được giao", "Bạn được giao xử lý phản ánh {report_no}.", "Hạn xử lý: {due}."),
        ("Assigned to you", "Report {report_no} was assigned to you.", "Due: {due}."),
    ),
    "ticket.commented": text(
        ("Trao đổi mới", "Có trao đổi mới về phản ánh {report_no}."),
        ("New comment", "There is a new comment on report {report_no}."),
    ),
    "ticket.directed": text(
        ("Chỉ đạo", "Lãnh đạo giao chỉ đạo về phản ánh {report_no}."),
        ("Directive", "A leader has given an order on report {report_no}."),
    ),
    "report.joined": text(
        ("Thêm phản ánh", "Thêm một phản ánh về cùng sự việc {report_no}."),
        ("One more report", "One more report about the same matter as {report_no}."),
    ),
    "ticket.merged": text(
        ("Đã gộp", "Phản ánh {report_no} nhận thêm phản ánh được gộp."),
        ("Merged", "Other reports were merged into {report_no}."),
    ),
    "ticket.rated": text(
        ("Đánh giá", "Người gửi đã đánh giá kết quả phản ánh {report_no}."),
        ("Rated", "The reporter has rated the result of report {report_no}."),
    ),
    "ticket.due_soon": text(
        ("Sắp đến hạn", "Phản ánh {report_no} sắp đến hạn."),
        ("Due soon", "Report {report_no} is due soon."),
    ),
    "ticket.overdue": text(
        ("Quá hạn", "Phản ánh {report_no} đã quá hạn."),
        ("Overdue", "Report {report_no} is overdue."),
    ),
    "ticket.escalated": text(
        ("Báo cáo vượt cấp", "Phản ánh {report_no} quá hạn, đã báo cáo lãnh đạo."),
        ("Escalated", "Report {report_no} is overdue and was escalated."),
    ),
}

TO_CENTRE: dict[str, Text] = {
    "ticket.due_soon": TO_STAFF["ticket.due_soon"],
    "ticket.overdue": TO_STAFF["ticket.overdue"],
    "ticket.info_missed": NO_ANSWER,
    "ticket.returned": text(
        ("Trả lại", "Đơn vị trả lại phản ánh {report_no}; cần chọn đơn vị khác."),
        ("Returned", "Report {report_no} came back; another agency must be chosen."),
    ),
    "ticket.escalated": text(
        ("Báo cáo vượt cấp", "Phản ánh {report_no} của {agency} quá hạn, đã báo cáo vượt cấp."),
        ("Escalated", "Report {report_no} of {agency} is overdue and was escalated."),
    ),
}

TO_FOLLOWERS: dict[str, Text] = {
    "ticket.routed": ROUTED,
    "ticket.rerouted": ROUTED,
    "ticket.accepted": TO_REPORTERS["ticket.accepted"],
    "ticket.started": TO_REPORTERS["ticket.started"],
    "ticket.resolved": text(
        ("Đã xử lý", "Phản ánh {report_no} đã xử lý."),
        ("Resolved", "Report {report_no} is resolved."),
    ),
    "ticket.approved": text(
        ("Đã xử lý", "Phản ánh {report_no} đã xử lý."),
        ("Resolved", "Report {report_no} is resolved."),
    ),
    "ticket.extended": text(
        ("Gia hạn xử lý", "Phản ánh {report_no} được gia hạn đến {due}."),
        ("Deadline extended", "Report {report_no} extended to {due}."),
    ),
    "ticket.merged": TO_REPORTERS["ticket.merged"],
    "ticket.reopened": TO_REPORTERS["ticket.reopened"],
    "ticket.closed": TO_REPORTERS["ticket.closed"],
}

TO_AREA: dict[str, Text] = {
    "ticket.routed": text(
        (
            "Phản ánh mới gần bạn",
            "Nơi bạn theo dõi có phản ánh {report_no}, đã chuyển {agency} xử lý.",
        ),
        ("New report nearby", "Where you follow there is report {report_no}, sent to {agency}."),
    ),
    **{kind: TO_FOLLOWERS[kind] for kind in ("ticket.resolved", "ticket.approved")},
    "ticket.reopened": TO_FOLLOWERS["ticket.reopened"],
}

TO_LEADERS: dict[str, Text] = {
    **dict.fromkeys(
        ("ticket.resolved", "ticket.approved"),
        text(
            ("Chỉ đạo đã thực hiện", "Phản ánh {report_no} có chỉ đạo của bạn đã xử lý."),
            ("Directive carried out", "Report {report_no} with your order is resolved."),
        ),
    ),
    "ticket.escalated": TO_CENTRE["ticket.escalated"],
}

SURVEY: dict[str, Text] = {
    "notification.asked": text(
        ("Đã ổn chưa?", "Phản ánh {report_no} đã xử lý bốn tuần trước.", "Nay đã ổn chưa?"),
        ("Is it fixed?", "Report {report_no} was resolved four weeks ago.", "Is it still fixed?"),
    ),
}

PROOF: dict[str, Text] = {
    "address.proof": text(
        ("Mã xác nhận", "Mã của bạn là {code}, dùng trong 15 phút."),
        ("Your code", "Your code is {code}, good for 15 minutes."),
    ),
}

FOLDED = text(
    ("Nhiều cập nhật", "Có {count} cập nhật mới."),
    ("Several updates", "There are {count} updates."),
)

TEXTS: dict[str, dict[str, Text]] = {
    "reporter": {**TO_REPORTERS, **SURVEY, **PROOF},
    "staff": TO_STAFF,
    "leader": TO_LEADERS,
    "centre": TO_CENTRE,
    "follower": TO_FOLLOWERS,
    "area": TO_AREA,
}
"""By audience, then by event."""
