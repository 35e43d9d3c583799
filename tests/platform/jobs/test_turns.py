"""Organisations take turns in the queue: however much one of them sends, another's first run is done next."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from django.db import connection

from lantai.platform.context import Channel, Ctx, system_ctx
from lantai.platform.jobs import execution, services
from lantai.platform.jobs.models import Run
from lantai.platform.jobs.registry import handles
from lantai.platform.jobs.running import Running
from lantai.platform.orgs import services as orgs
from lantai.platform.orgs.models import Org
from lantai.platform.orgs.types import OrgKind

pytestmark = pytest.mark.django_db
COMMAND = system_ctx(Channel.COMMAND)


@dataclass(frozen=True)
class Say:
    """A run of one step."""

    word: str


@dataclass(frozen=True)
class SayAlone:
    """The same, one of an organisation at a time."""

    word: str


@handles(Say, label="说")
@handles(SayAlone, label="单独说", alone=True)
def say(run: Running, args: Say | SayAlone) -> None:
    with run.advance(to="said"):
        run.say("说了 %(word)s", word=args.word)


@pytest.fixture
def offices(db) -> list[Org]:
    return [orgs.found_org(COMMAND, code=f"T{n}", name=f"样例单位{n}", kind=OrgKind.REGION) for n in range(3)]


def start(org: Org, count: int, kind: type = Say, ctx: Ctx = COMMAND) -> list[int]:
    return [services.start(ctx, kind(str(n)), org_id=org.pk).pk for n in range(count)]


def fetch() -> tuple[int, int] | None:
    """What a worker does that looks for work: procrastinate's own function; job and run."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select id, (args->>'run_id')::bigint from procrastinate_fetch_job_v2(null, null) where id is not null"
        )
        return cursor.fetchone()


def finish(job: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("select procrastinate_finish_job_v1(%s, 'succeeded', true)", [job])


def work(count: int) -> list[int]:
    """The organisations whose runs one worker does next."""
    done = []
    for _ in range(count):
        job, run_id = fetch()
        execution.execute(run_id)
        finish(job)
        done.append(Run.objects.get(pk=run_id).org_id)
    return done


def test_the_first_run_of_another_is_done_among_the_next_however_many_one_has_sent(offices):
    greedy, modest, _ = offices
    start(greedy, 200)
    assert work(3) == [greedy.pk] * 3
    start(modest, 1)
    assert modest.pk in work(2)


def test_three_organisations_with_much_to_do_are_served_in_turn(offices):
    start(offices[0], 20)
    start(offices[1], 20)
    start(offices[2], 20)
    done = work(30)
    assert [done.count(org.pk) for org in offices] == [10, 10, 10]


def test_who_waits_is_not_passed_over_by_those_who_come_one_at_a_time(offices):
    patient, *quick = offices
    start(patient, 6)
    done = []
    for _ in range(9):
        for org in quick:
            start(org, 1)
        done += work(2)
    assert done.count(patient.pk) == 6


def test_of_one_organisation_runs_that_are_done_alone_never_fill_the_worker(offices):
    greedy, modest, _ = offices
    start(greedy, 10, SayAlone)
    assert fetch() is not None
    assert fetch() is None, "a second slot must stay free for others"
    [run_id] = start(modest, 1, SayAlone)
    assert fetch()[1] == run_id
