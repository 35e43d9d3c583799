"""The end of a request, whatever it was."""

from __future__ import annotations

from lantai.apps.readingroom.models import Request
from lantai.platform.context import Ctx
from lantai.platform.workflow import services as workflow

OBJECT = "readingroom:request"


def close(ctx: Ctx, row: Request) -> Request:
    """Stop every limit of a request that has ended; in the transaction of the move that ended it."""
    for kind in ("accept", "answer"):
        workflow.stop_clock(ctx, OBJECT, row.pk, kind)
    Request.objects.filter(pk=row.pk).update(closed_at=ctx.now)
    row.closed_at = ctx.now
    return row
