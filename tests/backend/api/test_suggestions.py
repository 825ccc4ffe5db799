"""Categories suggested from a report's words: learned from tickets, shown, and what was chosen."""

from io import StringIO
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command

from backend.accounts.models import Role
from backend.catalogue import guesses
from backend.catalogue.models import Category, CategorySuggestion
from backend.tickets import services, teaching
from tests.backend.api.conftest import APIClient
from tests.backend.api.test_reports import refused
from tests.factories import make_staff, make_ticket

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_reactions")]
URL = "/api/v1/categories/suggest"
HOLES = ("Ổ gà sâu trước chợ", "Mặt đường đầy ổ gà", "Xe sụp ổ gà lớn", "Ổ gà ngay khúc cua")
NOISE = ("Hát karaoke ầm ĩ", "Loa kẹo kéo mở to", "Karaoke nửa đêm ồn ào", "Nhạc to cả đêm")


@pytest.fixture(autouse=True)
def own_models(settings, tmp_path):
    settings.VAR_DIR = tmp_path
    guesses.shelf.forget()
    yield
    guesses.shelf.forget()


@pytest.fixture
def tickets(province):
    for text in HOLES:
        make_ticket(province.pothole, province.ward, text=text)
    for text in NOISE:
        make_ticket(province.noise, province.ward, text=text)


def train() -> str:
    said = StringIO()
    call_command("train_categories", stdout=said)
    guesses.shelf.forget()
    return said.getvalue()


def suggested(client, text="karaoke on ao qua"):
    answer = client.post(URL, {"text": text}, format="json")
    assert answer.status_code == 200
    return answer.json()


def test_words_like_those_of_earlier_tickets_suggest_their_category(tickets, phone):
    assert "3 categories" in train()
    shown = suggested(phone)
    assert shown["results"][0]["code"] == "GT02"
    assert len(shown["results"]) <= 3
    assert suggested(phone, "o ga to qua")["results"][0]["code"] == "GT01"


def test_what_was_shown_and_chosen_is_kept_without_the_words(tickets, phone, province):
    train()
    shown = suggested(phone, "karaoke của ông Tám số 5")
    body = {
        "id": str(uuid4()),
        "category": "GT02",
        "text": "Karaoke",
        "location": {"lat": 20.95, "lon": 107.05},
        "suggestion": shown["id"],
    }
    assert phone.post("/api/v1/reports", body, format="json").status_code == 201
    assert phone.post("/api/v1/reports", body, format="json").status_code == 200
    kept = CategorySuggestion.objects.get()
    assert (str(kept.pk), kept.chosen, kept.shown) == (shown["id"], "GT02", shown["results"])
    assert "Tám" not in str(vars(kept))


def test_an_unknown_suggestion_does_not_hold_a_report_up(province, phone):
    body = {
        "id": str(uuid4()),
        "category": "GT01",
        "text": "Ổ gà",
        "location": {"lat": 20.95, "lon": 107.05},
        "suggestion": str(uuid4()),
    }
    assert phone.post("/api/v1/reports", body, format="json").status_code == 201


def test_switched_off_nothing_is_loaded_or_kept(tickets, phone, settings, monkeypatch):
    train()
    settings.SUGGEST_CATEGORIES = False
    monkeypatch.setattr(guesses, "load", lambda *_: 1 / 0)
    assert suggested(phone) == {"id": None, "results": []}
    assert CategorySuggestion.objects.count() == 0
    assert APIClient().get("/api/v1/settings").json()["suggest"] is False


def test_the_form_is_told_whether_there_is_anything_to_ask(tickets):
    assert guesses.offered() is False
    train()
    assert guesses.offered() is True


def test_without_a_model_nothing_is_suggested(province, phone):
    assert suggested(phone) == {"id": None, "results": []}


def test_a_category_that_is_no_more_is_not_suggested(tickets, phone):
    train()
    Category.objects.filter(code="GT02").update(active=False)
    assert "GT02" not in [each["code"] for each in suggested(phone)["results"]]


def test_a_broken_file_leaves_the_model_before_in_use(tickets, phone, tmp_path, monkeypatch):
    train()
    assert suggested(phone)["results"]
    (tmp_path / "category-models" / "9.npz").write_bytes(b"broken")
    monkeypatch.setattr(guesses, "LOOK_EVERY_S", 0)
    assert suggested(phone)["results"]


def test_strangers_and_the_impatient_are_refused(province, phone, settings):
    refused(APIClient().post(URL, {"text": "x"}, format="json"), 401, "not_authenticated")
    settings.THROTTLE_RATES = settings.THROTTLE_RATES | {"suggestions": "1/hour"}
    suggested(phone)
    refused(phone.post(URL, {"text": "x"}, format="json"), 429, "too_many_requests")


def test_a_merge_into_another_category_is_a_correction(province):
    minh = make_staff("nga", Role.OPERATIONS_CENTRE)
    wrong = make_ticket(province.pothole, province.ward, text="Quán hát cả đêm")
    right = make_ticket(province.noise, province.ward, text="Karaoke ồn")
    jest = make_ticket(province.noise, None, text="Chỉ thử thôi")
    services.merge_ticket(ticket_id=wrong.pk, actor=minh, version=2, into=right.pk)
    services.reject_ticket(ticket_id=jest.pk, actor=minh, version=1, reason="Đùa")
    lessons = teaching.from_tickets()
    assert sorted(zip(lessons.texts, lessons.codes, strict=True)) == [
        ("Karaoke ồn", "GT02"),
        ("Quán hát cả đêm", "GT02"),
    ]


def test_held_out_words_are_never_taught_and_stay_the_same(tickets):
    lessons = teaching.from_tickets()
    every = []
    for turn in range(teaching.FIFTHS):
        taught, asked = teaching.held_out(lessons, turn)
        assert len(taught) + len(asked) == 8
        assert not set(taught.texts) & set(asked.texts)
        again = teaching.held_out(teaching.from_tickets(), turn)[1]
        assert sorted(again.texts) == sorted(asked.texts)
        every += asked.texts
    assert sorted(every) == sorted(lessons.texts)  # each is asked once


@pytest.mark.parametrize(
    ("right", "asked", "low", "high"),
    [(15, 16, 0.717, 0.989), (16, 16, 0.806, 1.0), (0, 10, 0.0, 0.278), (380, 400, 0.924, 0.968)],
)
def test_few_texts_leave_much_in_doubt(right, asked, low, high):
    assert teaching.interval(right, asked) == pytest.approx((low, high), abs=0.001)


def test_accuracy_is_printed_on_held_out_tickets(tickets, province):
    with pytest.raises(CommandError, match="no held-out"):
        Category.objects.update(active=False)
        try:
            call_command("score_categories", stdout=StringIO())
        finally:
            Category.objects.update(active=True)
    for turn in range(12):
        make_ticket(province.pothole, province.ward, text=f"Ổ gà số {turn}")
        make_ticket(province.noise, province.ward, text=f"Karaoke số {turn}")
    said = StringIO()
    call_command("score_categories", stdout=said)
    lines = said.getvalue().splitlines()
    assert lines[0] == "asked: 32 reports that differ, each of them once"
    assert lines[4].split()[-4:] == ["100.0%", "(89%–100%)"] * 2
    assert lines[-2].startswith("thin: 1 of 3 categories")
    assert lines[-1].startswith("thin: 32 reports; 400 would tell")
