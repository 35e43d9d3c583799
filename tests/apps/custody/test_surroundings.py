"""What a test knows of its house: the log, drills, and what people entered once."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from datetime import UTC, date, datetime

import pytest
from django.utils import timezone

from lantai.apps.backup.models import BackupPlan, RestoreDrill
from lantai.apps.custody import queries
from lantai.apps.custody import services as custody
from lantai.apps.custody.models import CheckRun
from lantai.apps.custody.services import record_check, reporting
from lantai.apps.custody.types import Occasion
from lantai.apps.holdings import services as holdings
from lantai.kit.fourprops.engine import run as run_checks
from lantai.kit.fourprops.facts import EnvironmentFacts, PackageFacts, Subject
from lantai.kit.fourprops.scheme import scheme_for
from lantai.kit.fourprops.vocabulary import Outcome, Stage
from lantai.platform.context import Channel, system_ctx
from lantai.platform.ledger.models import LogCheck
from lantai.platform.places.models import Place
from tests.region import World, build_world

SCAN = {"scanned_by": "样例测评中心", "scanned_on": "2026-06-01", "grave": "0"}
CLIMATE = {
    "storeroom": "样例库房", "first_on": "2026-11-01", "last_on": "2026-11-19", "least_celsius": "15.5",
    "most_celsius": "22", "least_humidity": "45", "most_humidity": "55", "is_fit": "yes",
}  # fmt: skip


@pytest.fixture(scope="module")
def ruled(kept: None) -> World:
    holdings.install_rules(system_ctx(Channel.COMMAND))
    return build_world()


@pytest.fixture
def world(ruled: World, db) -> World:
    return deepcopy(ruled)


def run_in(world: World, environment: EnvironmentFacts) -> CheckRun:
    subject = Subject(Stage.PRESERVATION, PackageFacts(), (), environment)
    return record_check(
        world.ctx("archivist"),
        run_checks(subject, scheme_for("document")),
        occasion=Occasion.PERIODIC,
        subject=("sample:box", 1),
        subject_name="样例",
        org_id=world.archives.pk,
        subject_org_id=world.agency.pk,
        started_at=timezone.now(),
    )


def around(world: World) -> EnvironmentFacts:
    return custody.surroundings(world.ctx("archivist"), org_id=world.archives.pk)


def judge(
    world: World, check: CheckRun, code: str, answers: Mapping[str, str], *, passes: bool = True
) -> None:
    reporting.judge_check(
        world.ctx("archivist"),
        check_id=check.pk,
        code=f"BC-{code}",
        passes=passes,
        note="样例",
        answers=answers,
    )


def outcome(check: CheckRun, code: str) -> Outcome:
    return queries.report_of(check).result(f"BC-{code}").outcome


def test_nothing_is_known_of_a_house_at_which_nobody_looked(world):
    found = around(world)
    assert (found.log_is_intact, found.last_restored_on, found.weaknesses, found.climate) == (None,) * 4
    check = run_in(world, found)
    assert [outcome(check, code) for code in ("3-7", "4-8", "4-9")] == ["not_run", "not_run", "manual"]


def test_what_a_person_entered_once_holds_for_the_next_test(world):
    check = run_in(world, around(world))
    judge(world, check, "4-8", SCAN)
    judge(world, check, "4-9", CLIMATE)
    found = around(world)
    assert (found.weaknesses.scanned_on, found.climate.storeroom) == (date(2026, 6, 1), "样例库房")
    assert (found.climate.least_celsius, found.climate.most_humidity_percent) == (15.5, 55.0)
    assert custody.surroundings(world.ctx("archivist"), org_id=world.agency.pk).weaknesses is None


def test_a_house_that_was_found_wanting_is_asked_about_again(world):
    check = run_in(world, around(world))
    judge(world, check, "4-8", {**SCAN, "grave": "2"})
    judge(world, check, "4-9", {**CLIMATE, "is_fit": "no"}, passes=False)
    found = around(world)
    assert (found.weaknesses, found.climate) == (None, None)


def test_a_drill_counts_when_content_came_back(world):
    place = Place.objects.create(
        slug="drilled", title="样例位置", kind="folder", address="/nowhere", custodian=world.archives
    )
    at = datetime(2026, 10, 2, 3, tzinfo=UTC)
    for title, state, has_content in (
        ("一", "passed", True),
        ("二", "failed", True),
        ("三", "passed", False),
    ):
        plan = BackupPlan.objects.create(
            org=world.archives,
            title=title,
            place=place,
            vault=title,
            created_at=at,
            includes_store=has_content,
        )
        day = at.replace(day=2 if title == "一" else 9)
        RestoreDrill.objects.create(plan=plan, state=state, begun_at=day, finished_at=day)
    assert around(world).last_restored_on == date(2026, 10, 2)


def test_a_log_that_was_altered_fails_the_test_of_the_work(world):
    LogCheck.objects.create(checked_at=timezone.now(), size=3, fault_count=1, first_fault="样例")
    check = run_in(world, around(world))
    assert outcome(check, "4-7") is Outcome.FAIL
