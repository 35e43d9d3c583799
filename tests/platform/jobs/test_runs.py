"""Runs keep their place, stop when asked, and are taken up after a kill."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from django.db import connection

from lantai.kit.errors import Refusal
from lantai.platform.context import system_ctx
from lantai.platform.jobs import execution, services
from lantai.platform.jobs.models import Run, RunLine
from lantai.platform.jobs.registry import handles
from lantai.platform.jobs.running import Running
from lantai.platform.jobs.types import RunState

pytestmark = pytest.mark.django_db


@dataclass(frozen=True)
class Count:
    """Write numbers up to ``end``; break at ``break_at``; ask to stop at ``stop_at``."""

    end: int
    break_at: int = -1
    stop_at: int = -1
    refuse_at: int = -1


BROKEN = {"is": True}


@handles(Count, label="数数")
def count(run: Running, args: Count) -> None:
    run.set_total(args.end)
    for number in range(int(run.cursor or 0) + 1, args.end + 1):
        if number == args.refuse_at:
            raise Refusal("第 %(n)d 个不能数。", n=number)
        with run.advance(to=str(number)):
            run.say("数到 %(n)d", n=number)
            if number == args.break_at and BROKEN["is"]:
                raise RuntimeError("planted")
        if number == args.stop_at:
            Run.objects.filter(pk=run.row.pk).update(is_stop_asked=True)


def numbers(run: Run) -> list[int]:
    return [line.params["n"] for line in RunLine.objects.filter(run=run, text="数到 %(n)d").order_by("id")]


def test_a_run_that_ends_well_says_how_far_it_came():
    run = services.run_now(system_ctx(), Count(3))
    assert (run.state, run.done, run.total, run.cursor) == (RunState.SUCCEEDED, 3, 3, "3")


def test_a_step_that_breaks_leaves_neither_effect_nor_cursor_and_the_run_goes_on_from_there():
    BROKEN["is"] = True
    run = services.run_now(system_ctx(), Count(5, break_at=3))
    assert (run.state, run.cursor) == (RunState.FAILED, "2")
    assert numbers(run) == [1, 2] and run.incident
    BROKEN["is"] = False
    Run.objects.filter(pk=run.pk).update(state=RunState.QUEUED)
    execution.execute(run.pk)
    run.refresh_from_db()
    assert run.state == RunState.SUCCEEDED and numbers(run) == [1, 2, 3, 4, 5]


def test_a_run_asked_to_stop_ends_at_its_next_step_and_keeps_what_is_done():
    run = services.run_now(system_ctx(), Count(9, stop_at=4))
    assert (run.state, run.cursor, numbers(run)) == (RunState.CANCELLED, "4", [1, 2, 3, 4])


def test_a_refusal_is_told_in_its_own_words():
    run = services.run_now(system_ctx(), Count(9, refuse_at=2))
    assert run.state == RunState.FAILED and not run.incident
    last = run.lines.last()
    assert last.params == {"n": 2} and last.text % last.params == "第 2 个不能数。"


def test_an_ended_run_is_not_done_twice():
    run = services.run_now(system_ctx(), Count(2))
    execution.execute(run.pk)
    assert numbers(run) == [1, 2]


def test_starting_a_run_enqueues_it_in_the_same_transaction():
    run = services.start(system_ctx(), Count(1))
    with connection.cursor() as cursor:
        cursor.execute("select args->>'run_id' from procrastinate_jobs where task_name='lantai.run'")
        assert cursor.fetchall() == [(str(run.pk),)]


def test_a_run_left_by_a_killed_worker_is_taken_up_once():
    run = services.start(system_ctx(), Count(1))
    with connection.cursor() as cursor:
        cursor.execute("delete from procrastinate_jobs")
    Run.objects.filter(pk=run.pk).update(state=RunState.RUNNING)
    assert services.take_up() == 1
    assert services.take_up() == 0
    run.refresh_from_db()
    assert run.state == RunState.QUEUED


def test_a_run_that_a_living_worker_holds_is_left_to_it():
    run = services.start(system_ctx(), Count(1))
    with connection.cursor() as cursor:
        cursor.execute("delete from procrastinate_jobs")
    Run.objects.filter(pk=run.pk).update(state=RunState.RUNNING)
    with execution.held(run.pk) as mine:
        assert mine and services.take_up() == 0
