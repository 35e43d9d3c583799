"""What follows here from what happens to reports."""

from __future__ import annotations

from lantai.apps.custody.events import CheckConcluded, ContentDestroyed
from lantai.apps.intake import services
from lantai.apps.intake.types import OBJECT
from lantai.platform.context import Ctx


def on_check_concluded(ctx: Ctx, event: CheckConcluded) -> None:
    """A judgement or an override may make a transfer acceptable, or take that back."""
    if event.subject_type == OBJECT:
        services.reconsider(ctx, submission_id=int(event.subject_id))


def on_content_destroyed(ctx: Ctx, event: ContentDestroyed) -> None:
    """The original of the transfer would bring the content back."""
    services.forget_original(ctx, package_id=event.package_id)
