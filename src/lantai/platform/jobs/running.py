"""What a handler holds while it works."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction
from django.db.models import F

from lantai.kit.errors import plain
from lantai.platform.context import Ctx
from lantai.platform.jobs.models import Run, RunLine
from lantai.platform.jobs.types import Cancelled


class Running:
    """A run under way: its context, its cursor, and the step that commits effect and cursor together."""

    def __init__(self, row: Run, ctx: Ctx) -> None:
        self.row, self.ctx, self.cursor = row, ctx, row.cursor

    @contextmanager
    def advance(self, *, to: str, done: int = 1) -> Iterator[None]:
        """One step: everything written inside commits with the new cursor, or not at all.

        Raises ``Cancelled`` (and undoes the step) when somebody asked the run to stop.
        """
        with transaction.atomic():
            yield
            moved = Run.objects.filter(pk=self.row.pk, is_stop_asked=False)
            if not moved.update(cursor=to, done=F("done") + done):
                raise Cancelled
        self.cursor = to

    def check(self) -> None:
        """Raise ``Cancelled`` when somebody asked the run to stop; for long waits between steps."""
        if Run.objects.filter(pk=self.row.pk, is_stop_asked=True).exists():
            raise Cancelled

    def set_total(self, total: int) -> None:
        """State how many steps there are in all."""
        Run.objects.filter(pk=self.row.pk).update(total=total)
        self.row.total = total

    def say(self, text: str, /, **params: object) -> None:
        """Add a line to the run's log: a message id with named values."""
        RunLine.objects.create(run=self.row, text=text, params=plain(params))
