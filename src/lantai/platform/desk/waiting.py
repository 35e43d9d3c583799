"""The inbox as lines of a page."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lantai.platform.context import Ctx
from lantai.platform.ui.types import Clock, State, Tone
from lantai.platform.workflow import queries as workflow
from lantai.platform.workflow.types import Waiting


@dataclass(frozen=True, slots=True)
class WaitingLine:
    """One thing that waits, with its state word and its clock."""

    waiting: Waiting
    state: State
    clock: Clock | None


def waiting_lines(ctx: Ctx) -> list[WaitingLine]:
    """Everything that waits for the actor, overdue first."""
    return [_line(waiting) for waiting in workflow.inbox(ctx)]


def _line(waiting: Waiting) -> WaitingLine:
    state = State(gettext_lazy(waiting.state_label), Tone(waiting.tone))
    if waiting.due_on is None or waiting.days_left is None:
        return WaitingLine(waiting, state, None)
    return WaitingLine(waiting, state, Clock(_("办理时限"), waiting.due_on, waiting.days_left))
