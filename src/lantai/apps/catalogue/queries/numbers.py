"""Finding descriptions by a person's number."""

from __future__ import annotations

from lantai.apps.catalogue import sealing
from lantai.apps.catalogue.models import NumberRing, SealedNumber
from lantai.apps.catalogue.permissions import P
from lantai.apps.catalogue.queries.reading import visible
from lantai.kit.crypto import persons
from lantai.platform.context import Ctx

_MOST = 1_000


def holders_of_number(ctx: Ctx, text: str) -> list[int]:
    """The descriptions with exactly this number where the actor works; at most a thousand.

    Opened records of elsewhere are not among them: whether a person is in them is nobody's to try out.
    """
    if not text.strip() or len(text) > 64 or not NumberRing.objects.exists():
        return []
    wanted = persons.tags(sealing.ring(), text)
    mine = visible(ctx).filter(custodian_id__in=ctx.actor.orgs_with(P.ITEM_READ))
    held = SealedNumber.objects.filter(tag__in=wanted, is_current=True).values("description_id")
    return list(mine.filter(pk__in=held).order_by("pk").values_list("pk", flat=True)[:_MOST])


def numbers_of(description_id: int) -> frozenset[str]:
    """The fields of a description that keep a number."""
    rows = SealedNumber.objects.filter(description_id=description_id, is_current=True)
    return frozenset(rows.values_list("field", flat=True))
