"""Clusters counted from what is kept beside the tickets: always what plain counting gives."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.http import QueryDict
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from backend import clock
from backend.accounts.models import Role
from backend.api.ticket_filters import filtered, wanted
from backend.catalogue.models import Sector
from backend.tickets.cell_folding import fold_changes
from backend.tickets.clustering import clusters_of
from backend.tickets.models import CellChange, CellCount, Ticket
from backend.tickets.policies import tickets_visible_to
from geo.hexagons import bounds_of, cell_of, resolution_for, shift_to
from tests.factories import make_agency, make_report, make_staff, make_ticket

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_reactions")]

SEA = "-180,-90,180,90"
BOXES = [SEA, "106.5,20.5,107.5,21.5", "107.0,20.9,107.06,20.96", "107.04,20.94,107.05,20.95"]
FILTERS = [
    "",
    "status=open",
    "status=closed&priority=normal",
    "category=GT01",
    "agency=UBND-10001",
    "agency=UBND-10001,SXD&status=open",
    "agency=IDLE",
    "sector=GT&category=GT02",
    "sector=MT",
    "area=10001",
    "area=10001&category=GT02",
    "overdue=true",
]
ZOOMS = [3, 8, 10, 12, 12.9]


@pytest.fixture
def people(province):
    """Everybody whose board differs, and what tickets may be made of."""
    report = make_report(province.pothole)
    make_agency("IDLE")
    Sector.objects.create(code="MT", name_vi="Môi trường", name_en="Environment")
    agencies = [province.ward, province.other_ward, province.department]
    viewers = [
        make_staff("minh", Role.OPERATIONS_CENTRE),
        make_staff("lan", Role.DISPATCHER, province.ward),
        make_staff("tuan", Role.AGENCY_LEADER, province.department),
    ]
    categories = [province.pothole, province.noise, province.secret]
    return SimpleNamespace(report=report, agencies=agencies, viewers=viewers, categories=categories)


kind = some.fixed_dictionaries(
    {
        "status": some.sampled_from(["submitted", "routed", "in_progress", "closed", "rejected"]),
        "priority": some.sampled_from(["normal", "emergency"]),
        "agency": some.integers(0, 2),
        "category": some.integers(0, 2),
        "area_code": some.sampled_from(["10001", "10002", ""]),
    }
)
# Half of all within a few streets, so that boxes cut cells that are full.
place = some.one_of(
    some.tuples(some.floats(20.93, 20.97), some.floats(107.03, 107.07)),
    some.tuples(some.floats(20.4, 21.6), some.floats(106.4, 107.6)),
    some.sampled_from([(20.95, 107.05), (20.9, 107.0), (89.999, 10.0), (21.0, 179.99999)]),
)
ticket = some.tuples(place, kind, some.booleans())
later = some.one_of(some.just("fold"), some.just("delete"), some.tuples(some.integers(0, 30), kind))


def made(people: Any, at: tuple[float, float], values: dict[str, Any]) -> Ticket:
    moment = clock.now()
    return Ticket(
        report=people.report, lat=at[0], lon=at[1], cell=cell_of(*at), created_at=moment,
        updated_at=moment, due_at=moment - timedelta(minutes=1), due_soon_at=moment,
        **columns(people, values),
    )  # fmt: skip


def columns(people: Any, values: dict[str, Any]) -> dict[str, Any]:
    agency = None if values["status"] == "submitted" else people.agencies[values["agency"]]
    return {**values, "agency": agency, "category": people.categories[values["category"]]}


def clusters(viewer: Any, asked: str, zoom: float, *, kept: bool) -> list[dict[str, Any]]:
    query = QueryDict(asked)
    tickets = filtered(tickets_visible_to(viewer), query)
    return clusters_of(viewer, wanted(query) if kept else None, tickets, resolution_for(zoom))


@settings(
    max_examples=25, deadline=None, derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
@given(first=some.lists(ticket, max_size=25), changes=some.lists(later, max_size=12))
def test_counts_are_those_of_plain_counting_for_every_viewer(people, first, changes):
    with transaction.atomic():
        tickets = Ticket.objects.bulk_create(made(people, at, values) for at, values, _ in first)
        for one, (_at, _values, helped) in zip(tickets, first, strict=True):
            if helped:
                one.supporting.add(people.agencies[0])
        for change in ["fold", *changes]:
            if change == "fold":
                fold_changes(at_once=7)
            elif change == "delete":
                Ticket.objects.filter(pk__in=[one.pk for one in tickets[:1]]).update(cell=None)
            elif change[0] < len(tickets):
                chosen = Ticket.objects.filter(pk=tickets[change[0]].pk)
                chosen.update(**columns(people, change[1]))
        for number, viewer in enumerate(people.viewers):
            for turn, asked in enumerate(FILTERS):
                box, zoom = BOXES[(turn + number) % 4], ZOOMS[(turn + number) % 5]
                query = f"bbox={box}&{asked}"
                plain = clusters(viewer, query, zoom, kept=False)
                assert clusters(viewer, query, zoom, kept=True) == plain, query
        transaction.set_rollback(True)


@given(lat=some.floats(-90, 90), lon=some.floats(-180, 180), level=some.integers(4, 9))
def test_a_cells_box_holds_whatever_is_kept_under_it(lat, lon, level):
    west, south, east, north = bounds_of(cell_of(lat, lon) >> shift_to(level), level)
    assert west <= lon <= east
    assert south <= lat <= north


@pytest.mark.postgresql
def test_folding_counts_each_change_once_and_leaves_no_empty_cells(province):
    made = make_ticket(province.pothole, province.ward)
    Ticket.objects.filter(pk=made.pk).update(status="accepted")
    assert CellChange.objects.count() == 3  # it came; then one less there, one more here
    assert fold_changes() == 3
    assert fold_changes() == 0
    assert sorted(set(CellCount.objects.values_list("of", "status", "n"))) == sorted(
        (of, "accepted", 1)
        for of in ["", "category:GT01", f"agency:{province.ward.pk}", "area:10001"]
    )
    Ticket.objects.filter(pk=made.pk).update(cell=None)
    assert fold_changes() == 1
    assert CellCount.objects.count() == 0


@pytest.mark.postgresql
def test_a_change_that_no_count_hangs_on_is_not_noted(province):
    made = make_ticket(province.pothole, province.ward)
    fold_changes()
    Ticket.objects.filter(pk=made.pk).update(address="12 Trần Phú", version=9)
    assert CellChange.objects.count() == 0


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_counting_anew_mends_counts_that_were_spoilt(province):
    make_ticket(province.pothole, province.ward)
    fold_changes()
    right = set(CellCount.objects.values_list("of", "level", "cell", "status", "n"))
    CellCount.objects.filter(level=7).update(n=99)
    CellCount.objects.filter(level=5).delete()
    call_command("recount_cells")
    assert set(CellCount.objects.values_list("of", "level", "cell", "status", "n")) == right
    assert CellChange.objects.count() == 0


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_emptying_the_tickets_empties_the_counts(province):
    make_ticket(province.pothole, province.ward)
    fold_changes()
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE tickets_ticket CASCADE")
    assert CellCount.objects.count() == CellChange.objects.count() == 0


@pytest.mark.sqlite
def test_elsewhere_nothing_is_kept_and_there_is_nothing_to_count_anew(province):
    make_ticket(province.pothole, province.ward)
    assert fold_changes() == CellChange.objects.count() == 0
    with pytest.raises(CommandError):
        call_command("recount_cells")
