"""The demo: accounts for every desk, and a month of tickets that went through the real services."""

import io
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from django.conf import settings as project
from django.contrib.auth import authenticate
from django.core.management import CommandError, call_command
from PIL import Image

from backend import clock
from backend.accounts.models import Agency, Membership, User
from backend.accounts.principal import of_user
from backend.catalogue.models import Category
from backend.events.delivery import lags, skipped_count
from backend.events.log import head, read
from backend.events.models import Checkpoint
from backend.events.subscriber import Subscriber, subscribers
from backend.reports.events import ReportSubmitted
from backend.reports.models import Report
from backend.tickets.models import Ticket
from config.demo import load
from config.demo.accounts import load_accounts
from config.demo.scenes import SCENES, draw_scene
from config.demo.teller import NotTold, Teller
from config.demo.texts import texts
from config.province.load import load_province
from media.images import derive

WEDNESDAY = datetime(2026, 11, 18, 3, 0, tzinfo=UTC)  # ten in the morning in Viet Nam


@pytest.fixture
def province(db) -> None:
    load_province(project.PROVINCE_DIR)


@pytest.fixture
def files(settings, tmp_path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def telling(province, files):
    def tell(*args: str) -> str:
        out = StringIO()
        with clock.at(WEDNESDAY):
            call_command("load_demo", "--even-in-production", *args, stdout=out)
        return out.getvalue()

    return tell


def test_it_refuses_where_debug_and_demo_are_off(province, settings):
    settings.DEMO = False
    with pytest.raises(CommandError, match="even-in-production"):
        call_command("load_demo", "--tickets=0")
    assert User.objects.count() == 0
    settings.DEMO = True
    call_command("load_demo", "--tickets=0", stdout=StringIO())
    assert User.objects.count() == 4 + 2 * 77


def test_each_agency_has_a_desk_and_a_leader_who_can_sign_in(province, settings):
    load_accounts("mat-khau-thu")
    for username, roles in {
        "admin": {("administrator", None)},
        "ops": {("operations_centre", None), ("dispatcher", settings.DUTY_DESK)},
        "leader": {("provincial_leader", None)},
        "officer": {("officer", None)},
        "dispatcher.ubnd-06685": {("dispatcher", "UBND-06685")},
        "leader.sxd": {("agency_leader", "SXD")},
    }.items():
        user = authenticate(username=username, password="mat-khau-thu")
        held = set(user.memberships.values_list("role", "agency__code"))
        assert held == roles
    assert User.objects.get(is_superuser=True).username == "admin"
    for agency in Agency.objects.all():
        assert agency.memberships.filter(role="dispatcher").exists()
        assert agency.memberships.filter(role="agency_leader").exists()


def test_loading_accounts_again_changes_nothing_but_a_new_password(province):
    load_accounts("mat-khau-thu")
    before = list(User.objects.order_by("pk").values_list("pk", "password"))
    assert load_accounts("mat-khau-thu") == 0
    assert list(User.objects.order_by("pk").values_list("pk", "password")) == before
    memberships = Membership.objects.count()
    assert load_accounts("mat-khau-moi") == 0
    assert authenticate(username="ops", password="mat-khau-moi") is not None
    assert authenticate(username="ops", password="mat-khau-thu") is None
    assert Membership.objects.count() == memberships


@pytest.mark.long
def test_the_demo_is_a_month_of_tickets_through_the_log(telling):
    heard = []
    late = Subscriber("late")
    late.on(ReportSubmitted)(heard.append)
    try:
        assert "20 phản ánh (reports)" in telling("--tickets=20")
        assert (heard, Checkpoint.objects.get(subscriber="late").position) == ([], head())
        assert set(lags().values()) == {0}
    finally:
        del subscribers["late"]
    assert Report.objects.count() == 20
    assert skipped_count() == 0
    moments = [entry.at for entry in read(0)]
    assert moments == sorted(moments)
    assert WEDNESDAY - timedelta(days=29) < moments[0] < moments[-1] < WEDNESDAY
    for ticket in Ticket.objects.all():
        assert ticket.routing["explanation"]["vi"]
        assert ticket.created_at <= ticket.updated_at < WEDNESDAY
    photos = [photo.upload for ticket in Ticket.objects.all() for photo in ticket.photos.all()]
    assert photos
    assert all(photo.claimed_at is not None for photo in photos)
    assert any(photo.released_at for photo in photos)  # for the public page


@pytest.mark.long
def test_a_province_that_shows_no_unit_has_its_demo_too(telling, settings):
    settings.DEMO_UNIT = ""
    assert "20 phản ánh (reports)" in telling("--tickets=20")


@pytest.mark.long
def test_the_demo_is_loaded_once(telling):
    telling("--tickets=5")
    position = head()
    assert "Đã có dữ liệu minh hoạ" in telling("--tickets=5")
    assert (Report.objects.count(), head()) == (5, position)


@pytest.mark.long
def test_a_demo_that_fails_leaves_nothing_behind(telling, monkeypatch):
    told = iter(range(6))

    def stumble(self, story, step, act=Teller.act):
        if next(told, None) is None:
            raise NotTold("enough")
        act(self, story, step)

    monkeypatch.setattr(Teller, "act", stumble)
    with pytest.raises(NotTold):
        telling("--tickets=20")
    assert (Report.objects.count(), Ticket.objects.count(), head()) == (0, 0, 0)


def test_the_same_moment_gives_the_same_plan(province):
    with clock.at(WEDNESDAY):
        one, other = (load._planner().stories(40) for _turn in range(2))
    assert one == other
    assert len({story.number for story in one}) == 40


@pytest.mark.long
def test_nobody_acts_outside_what_their_role_and_the_status_allow(telling):
    telling("--tickets=5")
    with clock.at(WEDNESDAY):
        stories = load._planner().stories(5)
    story, step = next(
        (story, step) for story in stories for step in story.steps if step.verb == "accept"
    )
    with pytest.raises(NotTold, match="may not accept"):
        Teller().act(story, step)


def test_what_people_write_fits_the_catalogue(province):
    known = Category.objects.in_bulk()
    for matter in texts().matters:
        category = known[matter.category]
        assert matter.scene in SCENES
        assert matter.where in {"", "town", "country", "sea"}
        assert 40 <= len(matter.text) <= 200, matter.text
        assert matter.result
        assert category.active
    assert len(texts().matters) >= 60
    assert len({matter.text for matter in texts().matters}) == len(texts().matters)


@pytest.mark.parametrize("name", SCENES)
def test_each_scene_is_drawn_before_and_after(name):
    before, after = (draw_scene(name, after=after, variant=0) for after in (False, True))
    assert before != after
    assert Image.open(io.BytesIO(before)).size == (480, 360)
    assert derive(before).width == 480
    assert draw_scene(name, after=False, variant=0) == before


def test_the_centre_is_the_duty_desk_too(province):
    load_accounts("mat-khau-thu")
    principal = of_user(User.objects.get(username="ops"))
    assert principal.sees_all
    assert principal.serves(Agency.objects.get(code=project.DUTY_DESK).pk, "dispatcher")
