"""The budgets and bans of the house, over every file."""

from __future__ import annotations

import pytest

from tests.arch import budgets
from tests.arch.sources import SRC, Source, everything

SAMPLES_OF_WRONG = {
    budgets.long_file: "\n" * 401,
    budgets.long_function: "def f() -> None:\n" + "    x = 1\n" * 50,
    budgets.missing_return: "def f():\n    ...",
    budgets.signal: "from django.db.models.signals import post_save",
    budgets.overridden_save: "class A(Model):\n    def save(self) -> None: ...",
    budgets.star_import: "from os import *",
    budgets.broad_except: "try:\n    x = 1\nexcept Exception:\n    x = 2",
    budgets.composed_message: 'raise Refusal(f"坏 {x}")',
    budgets.unnamed_place: '_("第 %s 行")',
    budgets.taken_too_late: 'x = {**values, "org_id": values.pop("org").pk}',
}


@pytest.mark.parametrize("check", budgets.CHECKS, ids=lambda check: check.__name__)
def test_the_house_keeps(check: budgets.Check) -> None:
    faults = [fault for source in everything() for fault in check(source)]
    assert not faults, "\n" + "\n".join(faults)


@pytest.mark.parametrize("check", SAMPLES_OF_WRONG, ids=lambda check: check.__name__)
def test_a_breach_is_found_of(check: budgets.Check) -> None:
    wrong = Source(SRC / "platform" / "sample.py", SAMPLES_OF_WRONG[check])
    assert list(check(wrong))


def test_a_boundary_with_its_reason_may_catch_everything() -> None:
    text = "try:\n    x = 1\nexcept Exception:  # boundary: a job's failure is kept with its run\n    x = 2"
    assert not list(budgets.broad_except(Source(SRC / "sample.py", text)))


@pytest.mark.parametrize("path", ["platform/utils.py", "apps/common/models.py", "kit/base.py"])
def test_a_name_that_says_nothing_is_found(path: str) -> None:
    assert list(budgets.banned_name(Source(SRC / path, "x = 1")))


def test_base_may_hold_abstract_classes() -> None:
    assert not list(budgets.banned_name(Source(SRC / "kit" / "base.py", "class Store(Protocol): ...")))
