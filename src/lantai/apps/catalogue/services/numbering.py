"""Giving codes by a rule, as previewed, with a way back."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from lantai.apps.catalogue.queries import numbering
from lantai.apps.catalogue.services.moving import locked
from lantai.apps.catalogue.services.rearranging import Done, carry_out, check
from lantai.platform.context import Ctx


@transaction.atomic
def number(
    ctx: Ctx, *, ids: Iterable[int], asked: numbering.Asked, reason: str = "", digest: str = ""
) -> Done:
    """Give files, or items, the codes that a rule makes of what they say; former codes still lead to them.

    Raises what `numbering.plan_numbering` refuses, ``ReferenceCodeTaken``, ``FormerCodeTaken``,
    ``CodeFrozen`` and ``PlanStale``.
    """
    wanted = list(ids)
    first = locked(ctx, wanted)
    plan = numbering.plan_numbering(ctx, ids=wanted, asked=asked)
    check(plan, digest, reason)
    return carry_out(ctx, plan, first=first, reason=reason)
