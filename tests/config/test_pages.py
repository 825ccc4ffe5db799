"""Addresses outside the API."""

from django.test import Client


def test_an_address_that_leads_nowhere_says_so_and_shows_the_way_on(settings):
    settings.DEBUG = False
    answer = Client(headers={"Accept-Language": "vi"}).get("/khong-co")
    assert answer.status_code == 404
    assert "Không có gì ở địa chỉ này." in answer.content.decode()
    assert 'href="/"' in answer.content.decode()
