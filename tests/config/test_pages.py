"""Addresses outside the API."""

import pytest
from django.test import Client

from config import pages


@pytest.fixture(autouse=True)
def not_debugging(settings):
    settings.DEBUG = False


WAYS = ("/", "/public", "/desk", "/ops")


@pytest.mark.parametrize(
    ("language", "said"),
    [("vi", "Không có gì ở địa chỉ này."), ("en", "There is nothing at this address.")],
)
def test_an_address_that_leads_nowhere_says_so_and_shows_the_ways_on(language, said):
    answer = Client(headers={"Accept-Language": language}).get("/khong-co")
    text = answer.content.decode()
    assert answer.status_code == 404
    assert f'<html lang="{language}">' in text
    assert f"<h1>{said}</h1>" in text
    assert all(f'href="{way}"' in text for way in WAYS)
    assert "default-src 'self'" in answer["Content-Security-Policy"]


def test_what_was_asked_for_is_not_repeated_on_the_page():
    answer = Client().get("/khong-co/<script>alert(1)</script>?q=<b>bold")
    assert answer.status_code == 404
    assert "alert" not in answer.content.decode()
    assert "bold" not in answer.content.decode()


@pytest.mark.parametrize(
    ("address", "kind"), [("/public", "text/html"), ("/api/v1/areas", "application/problem+json")]
)
def test_a_failure_of_ours_is_said_to_people_as_a_page_and_to_programs_as_a_problem(
    monkeypatch, address, kind
):
    def fails(*_given, **_more):
        raise ZeroDivisionError("secret")

    monkeypatch.setattr(pages, "_page", fails)
    monkeypatch.setattr("backend.api.catalogue.AreaCollection.get", fails)
    client = Client(raise_request_exception=False, headers={"Accept-Language": "vi"})
    answer = client.get(address)
    assert (answer.status_code, answer["Content-Type"].partition(";")[0]) == (500, kind)
    assert "secret" not in answer.content.decode()
    said = answer.json()["detail"] if "json" in kind else answer.content.decode()
    assert "Hệ thống gặp lỗi" in said


def test_the_public_page_is_for_anyone_and_knows_nobody(settings, tmp_path):
    settings.WEB_DIST = tmp_path
    (tmp_path / "public.html").write_text("<!doctype html>")
    answer = Client().get("/public")
    assert (answer.status_code, list(answer.cookies)) == (200, [])
    assert "frame-ancestors 'none'" in answer["Content-Security-Policy"]
    assert Client().get("/public/").headers["Location"] == "/public"
