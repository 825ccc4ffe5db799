from django.db import migrations
from django.utils import timezone

REPORTERS = ("citizen", "officer", "staff")


def gather_rules(apps, schema_editor):
    """Make one set, in force, of the rules that stood alone; "channel" meant who had sent it."""
    rules = apps.get_model("routing", "RoutingRule").objects.filter(rule_set=None)
    if not rules.exists():
        return
    now = timezone.now()
    rule_set = apps.get_model("routing", "RuleSet").objects.create(
        number=1, made_by="system:migration", made_at=now
    )
    apps.get_model("routing", "Publication").objects.create(
        rule_set=rule_set, from_at=now, made_by="system:migration", made_at=now
    )
    for rule in rules:
        rule.rule_set = rule_set
        rule.reporters = [each for each in rule.channels if each in REPORTERS]
        rule.channels = [each for each in rule.channels if each not in REPORTERS]
        rule.save(update_fields=["rule_set", "reporters", "channels"])


class Migration(migrations.Migration):
    dependencies = [("routing", "0003_rule_sets")]

    operations = [migrations.RunPython(gather_rules, migrations.RunPython.noop)]
