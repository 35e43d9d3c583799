"""A transaction around the fixtures of a module, or of more, that is taken back in the end."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction


@contextmanager
def taken_back() -> Iterator[None]:
    """What is written within lasts until the end, and no longer.

    The product does not see it: a lock of rows that has no transaction but this one is an error, as it would be for
    a user (`locks_need_a_transaction`).
    """
    around = transaction.atomic()
    around._from_testcase = True
    with around:
        yield
        transaction.set_rollback(True)
