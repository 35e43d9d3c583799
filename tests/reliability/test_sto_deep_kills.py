"""Acts of custody that are killed at steps all along their way, and what the deep check says of the rest."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial

import pytest
from django.db import connections

from lantai.apps.custody import queries, services
from lantai.apps.custody.models import Package
from lantai.kit.packages import ocfl
from lantai.platform.context import Channel, system_ctx
from lantai.platform.ledger import services as ledger_services
from lantai.site import deep, journal
from tests.crash import killed_at, steps_of
from tests.reliability.test_sto_deep import place, sealing

__all__ = ["place"]

POINTS = 4
CTX = system_ctx(Channel.COMMAND)


def adding(place) -> Callable[[int], object]:
    package = sealing(place)(0)

    def add(number: int) -> Package:
        documents = {"metadata/note.txt": str(number).encode()}
        return services.add_documents(CTX, package_id=package.pk, documents=documents, message="样例")

    return add


def exporting(place) -> Callable[[int], object]:
    seal = sealing(place)
    seal(1_000)

    def export(number: int) -> None:
        ledger_services.record(CTX, "test:thing:done", object_type="test:thing", object_id=number)
        journal.export_now()

    return export


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("prepare", [sealing, adding, exporting])
def test_sto_49_killed_anywhere_the_deep_check_is_true_once_the_job_was_taken_up_again(place, prepare):
    act = prepare(place)
    connections.close_all()
    steps = steps_of(lambda: act(1))
    assert steps > 10
    struck = 0
    for number, step in enumerate(range(steps - 2, 0, -max(1, steps // POINTS)), 2):
        connections.close_all()
        struck += killed_at(step, partial(act, number))
        assert [fault for fault in cleared() if not UNTIL_TAKEN_UP.search(fault.text)] == []
        act(number)
        ledger_services.sequence_now()
        assert list(cleared()) == []
    assert struck >= POINTS - 2  # the last steps may not come in a process that has loaded everything


# The object is whole on disk before its row is committed: what the job finds when it is taken up again.
UNTIL_TAKEN_UP = re.compile("没有信息包$|或清单摘要不同$")


def cleared() -> list[deep.Fault]:
    services.clear_stages()
    return list(deep.faults())


def test_sto_32_the_object_is_whole_in_its_place_before_the_first_row_of_it(place, db):
    seal, seen = sealing(place), []

    def watch(execute, sql, params, many, context):
        if sql.startswith('INSERT INTO "custody_package"'):
            folder = queries.object_folder("urn:lantai:test:7")
            seen.append([problem for problem in ocfl.validate_object(folder) if problem.severity == "error"])
        return execute(sql, params, many, context)

    with connections["default"].execute_wrapper(watch):
        seal(7)
    assert seen == [[]]
