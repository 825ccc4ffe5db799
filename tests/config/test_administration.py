"""The administration as the person who keeps catalogue, agencies and people finds it."""

import pytest
from django.contrib import admin
from django.urls import reverse

from backend.accounts.models import User

FOREIGN = (
    "Skip to main content",
    "Toggle theme",
    "Model name",
    "Show counts",
    "checkpoints<",
    "Django",
)


@pytest.fixture
def administrator(client, db):
    client.force_login(User.objects.create_superuser("admin", password="mat-khau-thu"))
    client.cookies["django_language"] = "vi"
    return client


def test_each_of_its_pages_opens_and_speaks_vietnamese(administrator):
    pages = [reverse("admin:index")] + [
        reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        for model in admin.site._registry
    ]
    assert len(pages) > 10
    for page in pages:
        text = administrator.get(page, HTTP_ACCEPT_LANGUAGE="vi").content.decode()
        assert "<title>" in text, page
        assert [word for word in FOREIGN if word.lower() in text.lower()] == [], page
        assert "Hiện Trường – Quản trị" in text


def test_it_is_english_for_who_asks_for_it(administrator):
    administrator.cookies["django_language"] = "en"
    text = administrator.get(reverse("admin:index"), HTTP_ACCEPT_LANGUAGE="en").content.decode()
    assert "Hiện Trường – Administration" in text
    assert "progress" in text


def test_who_signs_out_leaves_no_pushes_behind_in_the_browser(administrator):
    page = administrator.post(reverse("admin:logout"))
    assert 'src="/static/web/leave.js"' in page.content.decode()
    assert "_auth_user_id" not in administrator.session


def test_a_page_without_an_icon_of_its_own_finds_one(client):
    assert client.get("/favicon.ico").url.endswith("web/icons/icon.svg")


@pytest.mark.parametrize("page", ["/desk", "/ops"])
def test_a_stroke_too_many_leads_to_the_same_page(client, page):
    assert client.get(f"{page}/?ticket=a").url == f"{page}?ticket=a"
