"""A migration runs while the code before it still reads and writes, on tables that are full.

django-migration-linter reads the SQL that each would run on PostgreSQL. What it finds is mended,
or stands below with the reason why it may stay.
"""

import re
from io import StringIO
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db.migrations.loader import MigrationLoader
from django_migration_linter.sql_analyser import PostgresqlAnalyser
from django_migration_linter.sql_analyser.analyser import analyse_sql_statements
from django_migration_linter.sql_analyser.base import Check, CheckMode, CheckType

BEFORE_THE_FIRST_RELEASE = {
    ("accounts", "0002_successors"): {"CREATE_INDEX", "CREATE_INDEX_EXCLUSIVE"},
    ("catalogue", "0003_joining"): {"NOT_NULL"},
    ("events", "0006_archive"): {"NOT_NULL"},
    ("media", "0002_developed_photos"): {"NOT_NULL", "CREATE_INDEX", "CREATE_INDEX_EXCLUSIVE"},
    ("notifications", "0002_people_ways_and_texts"): {
        "NOT_NULL",
        "ADD_UNIQUE",
        "CREATE_INDEX",
        "CREATE_INDEX_EXCLUSIVE",
    },
    ("reports", "0002_report_drill"): {"NOT_NULL"},
    ("reports", "0003_report_cell"): {"NOT_NULL"},
    ("routing", "0002_titles_for_people"): {"NOT_NULL"},
    ("routing", "0003_rule_sets"): {
        "NOT_NULL",
        "ADD_UNIQUE",
        "DROP_INDEX",
        "CREATE_INDEX",
        "CREATE_INDEX_EXCLUSIVE",
    },
    ("routing", "0005_rules_belong_to_a_set"): {"NOT_NULL"},
    ("tickets", "0002_watched_deadlines"): {"NOT_NULL", "CREATE_INDEX", "CREATE_INDEX_EXCLUSIVE"},
}
"""No province has run the code before these, so none has rows or processes for them to disturb."""
EXCEPTIONS: dict[tuple[str, str], set[str]] = {
    # A key made longer rewrites nothing, and the table has a row for each gateway.
    ("notifications", "0006_each_webhook_a_gateway"): {"ALTER_COLUMN"},
}
"""By migration what it may do all the same; a comment beside each says why."""

HERE = settings.BASE_DIR
REWRITES = re.compile(
    r"ADD COLUMN .*(DEFAULT .*\b(clock_timestamp|gen_random_uuid|nextval|random|timeofday)\(|"
    r"\bserial\b|GENERATED )",
    re.IGNORECASE,
)


class Analyser(PostgresqlAnalyser):
    """The library's checks, and one that it lacks."""

    migration_checks = [
        *PostgresqlAnalyser.migration_checks,
        Check(
            code="REWRITE",
            fn=lambda sql, **_more: REWRITES.search(sql),
            message="A column that differs by row is written into all of them under a lock",
            mode=CheckMode.ONE_LINER,
            type=CheckType.ERROR,
        ),
    ]


def found_in(statements: list[str]) -> set[str]:
    errors, _ignored, warnings = analyse_sql_statements(Analyser, statements)
    return {issue.code for issue in (*errors, *warnings)}


def statements_of(app: str, name: str) -> list[str]:
    said = StringIO()
    call_command("sqlmigrate", app, name, stdout=said, no_color=True)
    return [line for line in said.getvalue().splitlines() if line and not line.startswith("--")]


def our_migrations() -> list[tuple[str, str]]:
    ours = {
        each.label
        for each in apps.get_app_configs()
        # The environment lies within, too, and its packages' migrations are not ours to mend.
        if Path(each.path).is_relative_to(HERE) and "site-packages" not in Path(each.path).parts
    }
    return sorted(key for key in MigrationLoader(None).disk_migrations if key[0] in ours)


@pytest.mark.postgresql
@pytest.mark.django_db
def test_old_and_new_code_may_run_while_a_migration_does():
    migrations = our_migrations()
    assert ("events", "0001_initial") in migrations
    found = {each: found_in(statements_of(*each)) for each in migrations}
    unsafe = {each: codes for each, codes in found.items() if codes}
    assert unsafe == BEFORE_THE_FIRST_RELEASE | EXCEPTIONS


ADDED = 'ALTER TABLE "t" ADD COLUMN "c" '


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("statements", "codes"),
    [
        ([ADDED + "integer NULL;"], set()),
        ([ADDED + "integer DEFAULT 0 NOT NULL;"], set()),
        # Django's own `default`: the code before writes rows without the column, and is refused.
        (
            [ADDED + "integer DEFAULT 0 NOT NULL;", 'ALTER TABLE "t" ALTER "c" DROP DEFAULT;'],
            {"NOT_NULL"},
        ),
        (['ALTER TABLE "t" ALTER COLUMN "c" SET NOT NULL;'], {"NOT_NULL"}),
        (['ALTER TABLE "t" DROP COLUMN "c" CASCADE;'], {"DROP_COLUMN"}),
        (['ALTER TABLE "t" RENAME COLUMN "c" TO "d";'], {"RENAME_COLUMN"}),
        (['ALTER TABLE "t" RENAME TO "s";'], {"RENAME_TABLE"}),
        (['DROP TABLE "t" CASCADE;'], {"DROP_TABLE"}),
        (['ALTER TABLE "t" ALTER COLUMN "c" TYPE bigint;'], {"ALTER_COLUMN"}),
        (['CREATE INDEX "i" ON "t" ("c");'], {"CREATE_INDEX"}),
        (['CREATE INDEX CONCURRENTLY "i" ON "t" ("c");'], set()),
        (['CREATE TABLE "t" ("c" integer);', 'CREATE INDEX "i" ON "t" ("c");'], set()),
        (['DROP INDEX IF EXISTS "i";'], {"DROP_INDEX"}),
        ([ADDED + "uuid DEFAULT gen_random_uuid() NOT NULL;"], {"REWRITE"}),
        ([ADDED + "timestamptz DEFAULT STATEMENT_TIMESTAMP() NOT NULL;"], set()),
        ([ADDED + "bigint GENERATED BY DEFAULT AS IDENTITY;"], {"REWRITE"}),
    ],
)
def test_what_would_stop_the_code_before_is_found(statements, codes):
    assert found_in(statements) == codes
