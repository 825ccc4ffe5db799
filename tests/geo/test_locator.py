"""Which unit a point lies in, and what is doubtful about it."""

import math
import threading
import time
from datetime import date

import pytest
from django.db import connection
from django.utils import translation

from geo import locator, memory
from geo.errors import FarOutside, OutOfRange
from geo.models import AreaVersion
from geo.places import MOST_CANDIDATES
from tests.geo.ground import (
    EAST,
    FOUNDED,
    PROVINCE,
    WEST,
    load,
    load_paper_province,
    square,
    unit,
)

pytestmark = pytest.mark.django_db


def found(place):
    return (
        place.area and place.area.code,
        [area.code for area in place.candidates],
        list(place.doubt),
    )


@pytest.mark.parametrize(
    ("lat", "lon", "accuracy_m", "area", "candidates", "doubt"),
    [
        (21.01, 107.01, None, "00101", ["00101"], []),
        (21.01, 107.01, 12, "00101", ["00101"], []),
        # 52 m from the neighbour, known to 100 m, then to 30 m.
        (21.01, 107.0195, 100, "00101", ["00101", "00102"], ["near_boundary"]),
        (21.01, 107.0195, 30, "00101", ["00101"], []),
        # 52 m from the province's own edge: nobody of ours is beyond, but it may lie outside.
        (21.01, 107.0005, 100, "00101", ["00101"], ["near_boundary"]),
        # On the shared edge: in both, both equally large, so the code decides.
        (21.01, 107.02, None, "00101", ["00101", "00102"], ["several_units"]),
        # Published boundaries overlap: the smaller unit, although the other has the lower code.
        (21.01, 107.0375, None, "00102", ["00102", "00100"], ["several_units"]),
        (
            21.01,
            107.0352,
            50,
            "00102",
            ["00102", "00100"],
            ["several_units"],
        ),
        # In the channel: 1.1 km off the northern shore.
        (21.03, 107.005, None, "00101", ["00101", "00102"], ["nearest_unit"]),
        (21.0405, 107.005, None, "00104", ["00104"], ["nearest_unit"]),
        # Nearest of several within reach; the rest follow by distance.
        (21.03, 107.019, None, "00101", ["00101", "00102", "00100"], ["nearest_unit"]),
        # In the province, yet 3 km and more from every unit.
        (21.09, 107.08, None, None, [], ["outside_units"]),
        # Out at sea, 5 km off the province.
        (20.95, 107.05, 20, None, [], ["outside_units"]),
    ],
)
def test_a_point_has_one_unit_and_says_what_is_doubtful(
    lat, lon, accuracy_m, area, candidates, doubt
):
    load_paper_province()
    place = locator.locate(lat, lon, accuracy_m=accuracy_m)
    assert found(place) == (area, candidates, doubt)
    assert place.province.code == "22"


@pytest.mark.parametrize(
    ("lat", "lon", "metres"),
    [(21.01, 107.01, 0.0), (21.03, 107.01, 1107.2), (21.05, 107.07, 3480.6), (20.95, 107.05, 5535)],
)
def test_the_distance_leads_to_the_nearest_unit(lat, lon, metres):
    load_paper_province()
    assert locator.locate(lat, lon).distance_m == pytest.approx(metres, rel=2e-3)


@pytest.mark.parametrize(
    ("lat", "lon"), [(90.1, 107), (21, 180.1), (-91, 0), (math.nan, 107), (21, math.inf)]
)
def test_what_is_no_position_is_refused(lat, lon):
    with pytest.raises(OutOfRange) as refusal:
        locator.locate(lat, lon)
    assert (refusal.value.code, refusal.value.field) == ("location_out_of_range", "location")


@pytest.mark.parametrize("accuracy_m", [-1, math.nan, math.inf])
def test_an_accuracy_is_a_number_of_metres(accuracy_m):
    load_paper_province()
    with pytest.raises(OutOfRange) as refusal:
        locator.locate(21.01, 107.01, accuracy_m=accuracy_m)
    assert refusal.value.field == "location.accuracy_m"


@pytest.mark.parametrize(("lat", "lon"), [(10.78, 106.70), (0, 9), (21.01, 107.60), (-90, 0)])
def test_a_point_far_outside_the_province_is_refused(lat, lon):
    load_paper_province()
    with pytest.raises(FarOutside) as refusal:
        locator.locate(lat, lon)
    assert refusal.value.code == "location_far_outside"
    assert "50" in str(refusal.value.detail)


@pytest.mark.parametrize(
    ("lat", "lon", "refused", "doubt"),
    [
        (0, 0, FarOutside, ("zero_position",)),
        (0.00002, -0.0004, FarOutside, ("zero_position",)),
        (0, 0.3, FarOutside, ()),
        (107.01, 21.01, OutOfRange, ("swapped",)),
        (107.07, 20.01, OutOfRange, ()),
        (190, 21.01, OutOfRange, ()),
    ],
)
def test_a_refusal_says_what_seems_to_have_gone_wrong(lat, lon, refused, doubt):
    load_paper_province()
    with pytest.raises(refused) as refusal:
        locator.locate(lat, lon)
    assert refusal.value.doubt == doubt
    if doubt:
        told = {"zero_position": "0, 0", "swapped": "swapped"}[doubt[0]]
        with translation.override("en"):
            assert told in str(refusal.value.detail)


def test_two_numbers_that_are_both_latitudes_are_known_as_swapped_too():
    near_zero = {"level": "province", "kind": "province", "parent": ""}
    ground = square(-74.1, 40.6, -73.9, 40.8)
    load(unit("36", ground, **near_zero), unit("00361", ground, parent="36"))
    assert locator.locate(40.7, -74.0).area.code == "00361"
    with pytest.raises(FarOutside) as refusal:
        locator.locate(-74.0, 40.7)
    assert refusal.value.doubt == ("swapped",)


def test_where_zero_zero_is_near_it_is_located_and_doubted():
    ground = square(-0.1, -0.1, 0.1, 0.1)
    load(
        unit("88", ground, level="province", kind="province", parent=""),
        unit("00881", ground, parent="88"),
    )
    place = locator.locate(0.0, 0.0)
    assert (place.area.code, place.doubt, place.sure) == ("00881", ("zero_position",), False)


def test_how_far_is_far_is_a_setting(settings):
    load_paper_province()
    settings.FAR_OUTSIDE_KM = 100
    settings.NEAREST_UNIT_M = 60_000
    assert locator.locate(21.01, 107.60).area.code == "00100"


def test_without_any_areas_nothing_is_near_and_nothing_is_far():
    place = locator.locate(21.01, 107.01)
    assert found(place) == (None, [], ["outside_units"])
    assert (place.province, place.distance_m) == (None, None)


def test_a_wide_circle_lists_no_more_than_a_person_can_weigh():
    rows = [
        unit(f"002{number:02}", square(107 + number / 1000, 21, 107 + (number + 1) / 1000, 21.01))
        for number in range(20)
    ]
    load(PROVINCE, *rows)
    place = locator.locate(21.005, 107.0055, accuracy_m=5_000)
    assert len(place.candidates) == MOST_CANDIDATES
    assert [area.code for area in place.candidates[:1]] == ["00205"]


def test_the_day_decides_which_boundaries_are_asked():
    load(PROVINCE, WEST)
    renamed = unit("00101", square(107.00, 21.00, 107.02, 21.05), kind="commune", name_vi="Xã Mới")
    load(renamed, valid_from=date(2026, 4, 30))

    before = locator.locate(21.01, 107.01, on=date(2026, 4, 29)).area
    after = locator.locate(21.01, 107.01, on=date(2026, 4, 30)).area
    assert (before.name_vi, before.kind) == ("Phường 00101", "ward")
    assert (after.name_vi, after.kind) == ("Xã Mới", "commune")
    assert before.version_id != after.version_id
    assert locator.locate(21.03, 107.01, on=date(2026, 4, 29)).doubt == ("nearest_unit",)
    assert locator.locate(21.03, 107.01, on=date(2026, 4, 30)).doubt == ()
    assert locator.locate(21.01, 107.01, on=date(2025, 6, 30)).doubt == ("outside_units",)


def test_boundaries_loaded_elsewhere_are_seen_at_the_next_check(monkeypatch):
    load(PROVINCE, WEST)
    assert found(locator.locate(21.01, 107.03))[2] == ["nearest_unit"]
    # As another process would: no word to this one.
    monkeypatch.setattr(locator, "look_again", lambda: None)
    load(EAST)
    monkeypatch.setattr(memory, "CHECK_EVERY_S", 0.0)
    assert found(locator.locate(21.01, 107.03)) == ("00102", ["00102"], [])


def test_a_version_ended_by_hand_is_seen_too(monkeypatch):
    load_paper_province()
    assert locator.locate(21.01, 107.01).area.code == "00101"
    version = AreaVersion.objects.get(area__code="00101")
    version.valid_to = date(2025, 8, 1)
    version.save()
    monkeypatch.setattr(memory, "CHECK_EVERY_S", 0.0)
    assert locator.locate(21.01, 107.01).area.code == "00102"


def test_between_checks_no_question_goes_to_the_database(django_assert_num_queries):
    load_paper_province()
    locator.locate(21.01, 107.01)
    with django_assert_num_queries(0):
        for _ in range(10):
            locator.locate(21.01, 107.01, accuracy_m=500)


def test_history_asks_the_database_once_for_each_change_not_for_each_day(
    django_assert_max_num_queries,
):
    load_paper_province()
    locator.locate(21.01, 107.01)
    with django_assert_max_num_queries(0):
        for day in range(1, 29):
            locator.locate(21.01, 107.01, on=date(2026, 2, day))


@pytest.mark.postgresql  # In memory, SQLite lets nobody read while another writes.
@pytest.mark.django_db(transaction=True)
def test_many_threads_get_the_same_answers_while_boundaries_change(monkeypatch):
    monkeypatch.setattr(memory, "CHECK_EVERY_S", 0.0)
    load_paper_province()
    wrong: list[object] = []

    def ask() -> None:
        try:
            for _ in range(50):
                place = locator.locate(21.01, 107.01, on=FOUNDED, accuracy_m=10)
                if found(place) != ("00101", ["00101"], []):
                    wrong.append(place)
        except Exception as error:
            wrong.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for turn in range(5):
        load(unit("00105", square(107.08, 21.08, 107.085, 21.08 + turn / 1000 + 0.001)))
    for thread in threads:
        thread.join()
    assert wrong == []


def until(true, seconds=60.0):
    """Wait for a condition; what another thread does has no other sign."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it never came true"
        time.sleep(0.01)


@pytest.mark.postgresql  # The watcher has a connection of its own.
@pytest.mark.django_db(transaction=True)
def test_a_server_takes_up_a_new_version_while_every_lookup_is_answered(monkeypatch):
    watched = memory.Memory()
    monkeypatch.setattr(memory, "memory", watched)
    monkeypatch.setattr(locator, "memory", watched)
    monkeypatch.setattr(locator, "look_again", lambda: None)  # Another process loads.
    load(PROVINCE, WEST)
    first = locator.index_on(FOUNDED)
    stop = threading.Event()
    thread = threading.Thread(target=watched.watch, args=(stop.is_set,))
    thread.start()
    try:
        load(EAST)
        until(lambda: locator.index_on() is not first)
        assert locator.locate(21.01, 107.03).area.code == "00102"
    finally:
        stop.set()
        thread.join()


@pytest.mark.django_db
def test_a_watched_process_is_answered_by_what_it_has_while_another_thread_builds():
    load(PROVINCE, WEST)
    kept = memory.Memory()
    index = kept.index_on(FOUNDED)
    kept._watched = True
    load(EAST)
    with kept._lock:  # as held for as long as a new index is built
        assert kept.index_on(FOUNDED) is index
