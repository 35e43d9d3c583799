"""Which descriptions the actor may see, and what of them."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q, QuerySet

from lantai.apps.catalogue.models import Description
from lantai.apps.catalogue.permissions import P
from lantai.apps.catalogue.types import Level
from lantai.apps.holdings.types import Classification, Openness
from lantai.platform.accounts import policy
from lantai.platform.context import Ctx

OPENED = {"openness": Openness.OPEN, "classification": Classification.PUBLIC}
# A record about persons stays with its custodian even when it is opened: who asks for it asks at the
# reading room (个人信息保护法 art. 28). Its description is public, its content and its names are not.
PUBLIC_CONTENT = {**OPENED, "kind__is_personal": False}

MOST_WAYS = 100

OF_PERSONS = frozenset({"persons", "note"})  # columns of a record about persons that stay with its custodian

READ_ITEM = policy.RowIs(OPENED) | policy.Granted(P.ITEM_READ, "custodian_id")
READ_CONTENT = policy.RowIs(PUBLIC_CONTENT) | policy.Granted(P.CONTENT_READ, "custodian_id")


def standing() -> QuerySet[Description]:
    """All rows but those that were merged into others."""
    return Description.objects.filter(merged_into=None)


def visible(ctx: Ctx) -> QuerySet[Description]:
    """Descriptions the actor may see: those of custodians where they may read, and opened ones."""
    rows = standing().select_related("fonds", "kind", "custodian", "creator", "parent")
    return policy.visible(rows, READ_ITEM, ctx.actor)


def ways_to_see(ctx: Ctx) -> tuple[Q, ...]:
    """The conditions of `visible` one by one, each with an index in the order of codes; () where they are many."""
    custodians = sorted(ctx.actor.orgs_with(P.ITEM_READ))
    if len(custodians) > MOST_WAYS:
        return ()
    return (Q(**OPENED), *(Q(custodian_id=org) for org in custodians))


def opened() -> QuerySet[Description]:
    """What everybody may see."""
    return standing().select_related("fonds", "kind", "custodian").filter(**OPENED)


def get_opened(description_id: int) -> Description:
    """One description that everybody may see, or ``Missing``."""
    return policy.one(opened(), pk=description_id)


def get(ctx: Ctx, description_id: int) -> Description:
    """One description, or ``Missing``."""
    return policy.one(visible(ctx), pk=description_id)


def item_rows(ctx: Ctx) -> QuerySet[Description]:
    """The items (件) the actor may see."""
    return visible(ctx).filter(level=Level.ITEM)


def exportable(ctx: Ctx) -> QuerySet[Description]:
    """Descriptions the actor may take away as a file: where they may export, and opened ones."""
    rule = policy.RowIs(OPENED) | policy.Granted(P.ITEM_EXPORT, "custodian_id")
    return policy.visible(visible(ctx), rule, ctx.actor)


def may_export(ctx: Ctx, row: Description) -> bool:
    """Whether the actor may take the row away as a file."""
    return is_opened(row) or row.custodian_id in ctx.actor.orgs_with(P.ITEM_EXPORT)


def count_items(ctx: Ctx) -> int:
    """How many items are kept where the actor works."""
    mine = Description.objects.filter(level=Level.ITEM, custodian_id__in=ctx.actor.orgs_with(P.ITEM_READ))
    return mine.count()


def is_opened(row: Description) -> bool:
    """Whether everybody may see the row."""
    return row.openness == Openness.OPEN and row.classification == Classification.PUBLIC


def may_read_content(ctx: Ctx, row: Description) -> bool:
    """Whether the actor may see the files and their text."""
    return policy.may(row, READ_CONTENT, ctx.actor)


def with_content(ctx: Ctx, ids: Iterable[int]) -> set[int]:
    """Those of the rows whose content the actor may read; one query."""
    rows = policy.visible(Description.objects.filter(pk__in=list(ids)), READ_CONTENT, ctx.actor)
    return set(rows.values_list("pk", flat=True))


def sees_persons(ctx: Ctx, row: Description) -> bool:
    """Whether names and the other elements of a record about persons may be shown."""
    return not row.kind.is_personal or row.custodian_id in ctx.actor.orgs_with(P.ITEM_READ)
