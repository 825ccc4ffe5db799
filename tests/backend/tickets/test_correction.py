"""A category corrected by a person: what follows the new one, and what stays as it was sent."""

from datetime import UTC, datetime, timedelta

import pytest

from backend import clock
from backend.accounts.models import Role
from backend.errors import InvalidInput, InvalidTransition
from backend.events import log
from backend.tickets import services
from backend.tickets.lifecycle import Status
from backend.tickets.models import Note, Ticket
from backend.tickets.teaching import from_tickets
from tests.factories import make_staff, make_ticket

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 2, 5, tzinfo=UTC)
LATER = NOON + timedelta(hours=5)


@pytest.fixture
def centre(province):
    return make_staff("minh", Role.OPERATIONS_CENTRE)


@pytest.fixture
def ticket(province):
    with clock.at(NOON):
        return make_ticket(province.pothole, province.ward)


def correct(ticket, actor, category, **given) -> Ticket:
    with clock.at(LATER):
        return services.reroute_ticket(
            ticket_id=ticket.id,
            actor=actor,
            version=ticket.version,
            category=category,
            **({"agency": None, "reason": "Là tiếng ồn"} | given),
        )


def test_a_corrected_category_keeps_the_agency_and_the_reports_own_words(ticket, centre, sequence):
    corrected = correct(ticket, centre, "GT02")
    assert (corrected.category_id, corrected.agency, corrected.status) == (
        "GT02",
        ticket.agency,
        Status.ROUTED,
    )
    assert corrected.report.category_id == "GT01"
    assert Note.objects.get(ticket=ticket).text == "Là tiếng ồn"
    sequence()
    entry = log.read(0)[-1]
    assert (entry.type, entry.actor) == ("ticket.rerouted", centre.key)
    assert (entry.event.from_category, entry.event.category) == ("GT01", "GT02")
    assert entry.event.from_agency == entry.event.agency == "UBND-10001"


def test_the_deadlines_are_those_that_the_new_category_gives_from_the_correction(
    ticket, centre, province
):
    province.noise.ack_minutes, province.noise.resolve_minutes = 30, 100
    province.noise.save()
    corrected = correct(ticket, centre, "GT02")
    assert corrected.due_at == corrected.ack_due_at == LATER + timedelta(minutes=30)
    assert corrected.resolve_due_at == LATER + timedelta(minutes=130)
    assert corrected.first_resolve_due_at == corrected.resolve_due_at


def test_what_a_rule_had_set_for_the_former_category_is_gone(ticket, centre, province):
    Ticket.objects.update(routing={"rule": "gap", "deadlines": {"ack_minutes": 1}})
    province.noise.priority, province.noise.supporting = "high", ["SXD", "UBND-10001"]
    province.noise.save()
    corrected = correct(ticket, centre, "GT02")
    assert (corrected.priority, corrected.routing["rule"]) == ("high", "")
    assert "deadlines" not in corrected.routing
    assert corrected.ack_due_at == LATER + timedelta(minutes=60)
    assert [agency.code for agency in corrected.supporting.all()] == ["SXD"]


def test_who_helped_for_the_former_category_hears_that_it_is_gone(
    ticket, centre, province, sequence
):
    ticket.supporting.add(province.other_ward, province.department)
    corrected = correct(ticket, centre, "GT02", agency="SXD")
    assert list(corrected.supporting.all()) == []
    sequence()
    assert log.read(0)[-1].event.left == ["UBND-10002"]


def test_what_was_restricted_remains_so(ticket, centre):
    secret = correct(ticket, centre, "GT03")
    assert secret.restricted
    assert correct(secret, centre, "GT01").restricted


def test_a_waiting_report_is_corrected_and_sent_in_one(province, centre):
    waiting = make_ticket(province.pothole, None)
    sent = correct(waiting, centre, "GT02", agency="SXD")
    assert (sent.category_id, sent.agency.code, sent.status) == ("GT02", "SXD", Status.ROUTED)


@pytest.mark.parametrize(
    ("given", "code", "field"),
    [
        ({"category": "NOSUCH"}, "unknown_category", "category"),
        ({"category": "GT02", "reason": " "}, "reason_needed", "reason"),
        ({"category": "GT01", "agency": "UBND-10001"}, "same_agency", "agency"),
        ({"category": "GT01"}, "unknown_agency", "agency"),
        ({"category": ""}, "unknown_agency", "agency"),
    ],
)
def test_a_correction_to_nothing_else_is_refused(ticket, centre, sequence, given, code, field):
    sequence()
    before = log.head()
    with pytest.raises(InvalidInput) as refusal:
        correct(ticket, centre, **given)
    assert (refusal.value.code, refusal.value.field) == (code, field)
    sequence()
    assert (log.head(), Ticket.objects.get().category_id) == (before, "GT01")


def test_the_words_of_a_corrected_report_teach_what_it_was(ticket, centre):
    assert from_tickets().codes == ["GT01"]
    correct(ticket, centre, "GT02")
    assert from_tickets().codes == ["GT02"]


def test_another_agency_begins_without_the_formers_person(ticket, centre, province):
    lan = make_staff("lan", Role.DISPATCHER, province.ward)
    given = services.assign_ticket(
        ticket_id=ticket.id, actor=lan, version=ticket.version, assignee="lan"
    )
    moved = services.reroute_ticket(
        ticket_id=ticket.id, agency="SXD", actor=centre, version=given.version, reason="Sai địa bàn"
    )
    assert moved.assignee is None


def correct_here(ticket, actor, category="GT02", *, at=LATER, **given) -> Ticket:
    with clock.at(at):
        return services.correct_ticket(
            ticket_id=ticket.id,
            actor=actor,
            version=ticket.version,
            category=category,
            **({"reason": "Là tiếng ồn"} | given),
        )


@pytest.fixture
def desk(province):
    return make_staff("lan", Role.DISPATCHER, province.ward)


@pytest.fixture
def at_work(ticket, desk):
    with clock.at(NOON):
        return services.accept_ticket(ticket_id=ticket.id, actor=desk, version=ticket.version)


def test_who_works_on_a_ticket_corrects_its_category_and_keeps_it(at_work, desk, sequence):
    corrected = correct_here(at_work, desk)
    assert (corrected.category_id, corrected.status, corrected.agency) == (
        "GT02",
        Status.ACCEPTED,
        at_work.agency,
    )
    assert corrected.report.category_id == "GT01"
    sequence()
    entry = log.read(0)[-1]
    assert (entry.type, entry.actor, entry.event.from_category, entry.event.category) == (
        "ticket.corrected",
        desk.key,
        "GT01",
        "GT02",
    )
    assert from_tickets().codes == ["GT02"]


@pytest.mark.parametrize(
    ("minutes", "may_lengthen", "due"),
    [
        (60, False, LATER + timedelta(minutes=60)),  # sooner: from now
        (9000, False, NOON + timedelta(minutes=480)),  # later: the promise holds
        (9000, True, LATER + timedelta(minutes=9000)),  # the centre may promise anew
    ],
)
def test_no_agency_gives_itself_more_time_by_a_correction(
    at_work, desk, province, minutes, may_lengthen, due
):
    province.noise.resolve_minutes = minutes
    province.noise.save()
    corrected = correct_here(at_work, desk, may_lengthen=may_lengthen)
    assert corrected.due_at == corrected.resolve_due_at == corrected.first_resolve_due_at == due


def test_before_acceptance_the_acknowledgement_is_not_put_off_either(ticket, desk, province):
    province.noise.ack_minutes = 600
    province.noise.save()
    corrected = correct_here(ticket, desk)
    assert corrected.due_at == corrected.ack_due_at == NOON + timedelta(minutes=60)


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"category": "GT01"}, "same_category"),
        ({"category": None}, "same_category"),
        ({"category": "NOSUCH"}, "unknown_category"),
        ({"reason": ""}, "reason_needed"),
    ],
)
def test_a_correction_says_what_and_why(at_work, desk, given, code):
    with pytest.raises(InvalidInput) as refusal:
        correct_here(at_work, desk, **given)
    assert refusal.value.code == code
    assert Ticket.objects.get().category_id == "GT01"


def test_what_is_done_is_not_corrected(at_work, desk, centre):
    Ticket.objects.update(status=Status.RESOLVED)
    with pytest.raises(InvalidTransition):
        correct_here(at_work, desk)
    assert Ticket.objects.get().category_id == "GT01"


def test_the_decision_in_force_says_who_moved_it_from_where_and_why(ticket, centre):
    first = {"vi": "Theo quy tắc.", "en": "By the rule."}
    Ticket.objects.update(
        routing={"rule": "gap", "rule_set": 3, "explanation": first, "doubt": ["near_boundary"]}
    )
    with clock.at(LATER):
        moved = services.reroute_ticket(
            ticket_id=ticket.id, agency="SXD", actor=centre, version=ticket.version, reason="Sai"
        )
    assert moved.routing == {
        "rule": "",
        "doubt": [],
        "explanation": {
            "vi": "minh chuyển từ Đơn vị UBND-10001 đến Đơn vị SXD. Lý do: Sai",
            "en": "minh moved it from Agency UBND-10001 to Agency SXD. Reason: Sai",
        },
        "by": centre.key,
        "at": LATER.isoformat(),
        "earlier": [
            {"rule": "gap", "rule_set": 3, "explanation": first, "doubt": ["near_boundary"]}
        ],
    }


def test_each_decision_stays_in_its_order_behind_the_one_in_force(ticket, desk, centre):
    back = services.return_ticket(
        ticket_id=ticket.id, actor=desk, version=ticket.version, reason="Đường tỉnh"
    )
    again = services.reroute_ticket(
        ticket_id=ticket.id, agency="SXD", actor=centre, version=back.version, reason="Đúng"
    )
    corrected = correct_here(again, centre)
    said = [each["explanation"]["en"] for each in corrected.routing["earlier"]]
    assert said == [
        "lan gave it back from Agency UBND-10001. Reason: Đường tỉnh",
        "minh gave it to Agency SXD. Reason: Đúng",
    ]
    assert corrected.routing["explanation"]["vi"] == (
        "minh sửa loại từ “Loại GT01” thành “Loại GT02”, Đơn vị SXD vẫn xử lý. Lý do: Là tiếng ồn"
    )
