"""What makes a rule that can be kept."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from backend.accounts.models import Agency
from routing.engine import UNIT_COMMITTEE
from routing.models import RoutingRule
from tests.routing.conftest import make_rule

pytestmark = pytest.mark.usefixtures("province")


@pytest.mark.parametrize(
    ("field", "codes"),
    [
        ("categories", ["GT99"]),
        ("sectors", ["ZZ"]),
        ("areas", ["99999"]),
        ("levels", ["district"]),
        ("priorities", ["urgent"]),
        ("channels", ["fax"]),
        ("answers", ["national"]),
        ("supporting", ["SYT"]),
    ],
)
def test_unknown_codes_are_refused_and_named_by_field(field, codes):
    with pytest.raises(ValidationError) as refused:
        make_rule(name="r", **{field: codes})
    assert list(refused.value.message_dict) == [field]
    assert RoutingRule.objects.count() == 2


@pytest.mark.parametrize("codes", ["GT01", [1], None, {"GT01": 1}])
def test_conditions_are_lists_of_codes(codes):
    with pytest.raises(ValidationError) as refused:
        make_rule(name="r", categories=codes)
    assert "categories" in refused.value.message_dict


def test_equal_conditions_are_refused_whatever_their_order():
    make_rule(name="a", categories=["GT01", "GT03"])
    with pytest.raises(ValidationError) as refused:
        make_rule(name="b", categories=["GT03", "GT01", "GT01"], agency="SXD")
    assert "“a”" in str(refused.value)
    retired = make_rule(name="b", categories=["GT03", "GT01"], active=False)
    with pytest.raises(IntegrityError), transaction.atomic():
        RoutingRule.objects.filter(pk=retired.pk).update(active=True)


def test_a_rule_that_was_not_cleaned_is_not_taken():
    with pytest.raises(IntegrityError), transaction.atomic():
        RoutingRule.objects.create(name="r", outcome="unit_committee", categories=["GT01"])


@pytest.mark.parametrize("outcome", ["agency", "unit_committee"])
def test_a_rule_names_an_agency_or_the_unit(outcome):
    agency = Agency.objects.get(code="SXD") if outcome == "unit_committee" else None
    rule = RoutingRule(name="r", categories=["GT01"], outcome=outcome, agency=agency)
    with pytest.raises(ValidationError):
        rule.full_clean()


def test_a_row_becomes_a_rule_of_the_engine():
    row = make_rule(
        name="r",
        categories=["GT01"],
        areas=["outside", "00001"],
        priorities=["high"],
        supporting=["SXD"],
        priority="emergency",
        why_vi="vì",
        why_en="because",
    )
    rule = row.as_rule()
    assert rule.lead == UNIT_COMMITTEE
    assert rule.area == {"outside", "00001"}
    assert rule.priority_is == {"high"}
    assert (rule.priority, rule.supporting, rule.why.en) == ("emergency", ("SXD",), "because")


def test_the_admin_offers_conditions_as_lists(admin_client):
    page = admin_client.get("/admin/routing/routingrule/add/")
    assert page.status_code == 200
    given = {
        "name": "Ngoài khơi",
        "outcome": "agency",
        "agency": Agency.objects.get(code="SXD").pk,
        "categories": ["GT03", "GT01"],
        "areas": ["outside"],
        "answers": "road=national, road=provincial",
        "active": "on",
    }
    answer = admin_client.post("/admin/routing/routingrule/add/", given)
    assert answer.status_code == 302, answer.context["adminform"].form.errors
    rule = RoutingRule.objects.get(name="Ngoài khơi")
    assert rule.categories == ["GT01", "GT03"]
    assert rule.answers == ["road=national", "road=provincial"]
    assert rule.conditions_digest != ""


def test_the_admin_refuses_a_twin_with_a_sentence(admin_client):
    given = {"name": "Hai", "outcome": "unit_committee", "levels": ["commune"], "active": "on"}
    answer = admin_client.post("/admin/routing/routingrule/add/", given)
    assert answer.status_code == 200
    assert "Cấp xã" in str(answer.context["adminform"].form.errors)
