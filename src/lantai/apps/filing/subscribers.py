"""What follows here from what happens to reports, and to content."""

from __future__ import annotations

from lantai.apps.custody.events import CheckConcluded, ContentDestroyed
from lantai.apps.filing import queries, services
from lantai.platform.context import Ctx


def on_check_concluded(ctx: Ctx, event: CheckConcluded) -> None:
    """A judgement or an override may let a batch be sealed, or take that back."""
    if event.subject_type == queries.SUBJECT:
        services.reconsider_batch(ctx, batch_id=int(event.subject_id))


def on_content_destroyed(ctx: Ctx, event: ContentDestroyed) -> None:
    """What the desk read in the files of what is destroyed is content too."""
    services.forget_text(package_id=event.package_id)
