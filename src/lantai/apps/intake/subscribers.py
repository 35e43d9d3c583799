"""What follows here from what happens to reports."""

from __future__ import annotations

from lantai.apps.custody.events import CheckConcluded
from lantai.apps.intake import services
from lantai.apps.intake.types import OBJECT
from lantai.platform.context import Ctx


def on_check_concluded(ctx: Ctx, event: CheckConcluded) -> None:
    """A judgement or an override may make a transfer acceptable, or take that back."""
    if event.subject_type == OBJECT:
        services.reconsider(ctx, submission_id=int(event.subject_id))
