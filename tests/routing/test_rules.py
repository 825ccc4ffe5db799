"""What makes a rule that can be kept."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from backend.accounts.models import Agency
from routing.engine import UNIT_COMMITTEE
from routing.models import RoutingRule, RuleSet
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
        ("reporters", ["fax"]),
        ("assets", ["national"]),
        ("hours", ["night"]),
        ("hours", ["25:00-06:00"]),
        ("hours", ["06:00-06:00"]),
        ("days", ["summer"]),
        ("days", ["02-30..03-01"]),
        ("days", ["2026-06-30..2026-06-01"]),
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


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"categories": ["GT01", "GT03"]}, {"categories": ["GT03", "GT01", "GT01"]}),
        (
            {"categories": ["GT01"], "reporters": ["citizen", "officer"]},
            {"categories": ["GT01"], "reporters": ["staff", "citizen"]},
        ),
        ({"answers": ["road=national"]}, {"answers": ["lit=no"]}),
        ({"assets": ["road:national"]}, {"assets": ["park:managed"]}),
        ({"hours": ["22:00-06:00"]}, {"hours": ["05:00-07:00"]}),
        ({"hours": ["off"]}, {"hours": ["17:30-22:00"]}),
        ({"days": ["06-01..10-31"]}, {"days": ["2026-10-31..2026-11-30"]}),
        ({"days": ["11-15..02-15"]}, {"days": ["01-01..01-02"]}),
    ],
)
def test_equal_rules_are_refused_naming_both(first, second):
    make_rule(name="a", **first)
    with pytest.raises(ValidationError) as refused:
        make_rule(name="b", agency="SXD", **second)
    assert "“b”" in str(refused.value)
    assert "“a”" in str(refused.value)
    assert make_rule(name="b", active=False, **second).pk


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"categories": ["GT01"]}, {"categories": ["GT03"]}),
        ({"categories": ["GT01"]}, {"categories": ["GT01", "GT03"]}),  # one is wider
        ({"answers": ["road=national"]}, {"answers": ["road=provincial"]}),
        ({"hours": ["working"]}, {"hours": ["off"]}),
        ({"hours": ["22:00-06:00"]}, {"hours": ["06:00-07:00"]}),
        ({"days": ["06-01..10-31"]}, {"days": ["11-01..05-31"]}),
        ({"days": ["2026-06-01..2026-06-30"]}, {"days": ["2027-06-01..2027-06-30"]}),
    ],
)
def test_rules_that_something_tells_apart_are_taken(first, second):
    make_rule(name="a", **first)
    make_rule(name="b", agency="SXD", **second)


def test_the_database_too_refuses_the_same_conditions_twice():
    make_rule(name="a", categories=["GT01", "GT03"])
    retired = make_rule(name="b", categories=["GT03", "GT01"], active=False)
    with pytest.raises(IntegrityError), transaction.atomic():
        RoutingRule.objects.filter(pk=retired.pk).update(active=True)


def test_a_rule_that_was_not_cleaned_is_not_taken():
    with pytest.raises(IntegrityError), transaction.atomic():
        RoutingRule.objects.create(
            rule_set=RuleSet.objects.get(),
            name="r",
            outcome="unit_committee",
            categories=["GT01"],
        )


@pytest.mark.parametrize("outcome", ["agency", "unit_committee"])
def test_a_rule_names_an_agency_or_the_unit(outcome):
    agency = Agency.objects.get(code="SXD") if outcome == "unit_committee" else None
    rule = RoutingRule(
        rule_set=RuleSet.objects.get(),
        name="r",
        categories=["GT01"],
        outcome=outcome,
        agency=agency,
    )
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
