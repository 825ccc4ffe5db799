"""The settings take a province's facts from its own file."""

import json

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from config.province.facts import province_facts


def test_the_settings_come_from_the_provinces_file():
    facts = province_facts(settings.PROVINCE_DIR)
    assert settings.REPORT_PREFIX == facts["report_prefix"] == "QN"
    assert facts["duty_desk"] == settings.DUTY_DESK
    assert settings.PROVINCE_CODE == facts["code"] == "22"
    assert [facts["centre"]["lon"], facts["centre"]["lat"]] == settings.MAP_CENTER


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"zoom": "8"}, "zoom"),
        ({"code": None, "duty_desk": 3}, "code, duty_desk"),
        ({"centre": {"lat": 21.0}}, "centre"),
    ],
)
def test_what_is_missing_is_named(tmp_path, change, said):
    facts = province_facts(settings.PROVINCE_DIR) | change
    (tmp_path / "province.json").write_text(json.dumps(facts), encoding="utf-8")
    with pytest.raises(ImproperlyConfigured, match=f"says wrongly: {said}\\."):
        province_facts(tmp_path)


@pytest.mark.parametrize("content", [None, "{", "[]"])
def test_a_file_that_cannot_be_read_is_named(tmp_path, content):
    if content is not None:
        (tmp_path / "province.json").write_text(content, encoding="utf-8")
    with pytest.raises(ImproperlyConfigured, match=r"province\.json"):
        province_facts(tmp_path)
