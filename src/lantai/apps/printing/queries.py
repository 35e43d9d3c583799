"""Reading: what can be printed of a fonds, and its boxes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Count, F, Max, Min, Q, QuerySet, Sum

from lantai.apps.catalogue import queries as catalogue
from lantai.apps.catalogue.types import Level
from lantai.apps.holdings import queries as holdings
from lantai.apps.printing.models import Box
from lantai.apps.printing.permissions import P
from lantai.apps.printing.types import VOLUME_ROWS, Chosen
from lantai.platform.accounts import policy
from lantai.platform.context import Ctx

if TYPE_CHECKING:
    from lantai.apps.catalogue.models import Description
    from lantai.apps.holdings.models import Fonds

READ_BOX = policy.Granted(P.BOX_READ, "custodian_id")


@dataclass(frozen=True, slots=True)
class Group:
    """Items that are listed and boxed together."""

    year: int
    retention: str
    class_code: str
    item_count: int
    page_count: int
    boxed_count: int

    @property
    def retention_label(self) -> str:
        """永久 or 30年."""
        return holdings.retention_label(self.retention)

    @property
    def loose_count(self) -> int:
        """How many items lie in no box yet."""
        return self.item_count - self.boxed_count


def fonds_to_print(ctx: Ctx) -> QuerySet[Fonds]:
    """Fonds of which the actor may see the number and the name."""
    return holdings.visible_fonds(ctx)


def items(ctx: Ctx, chosen: Chosen) -> QuerySet[Description]:
    """The items chosen that the actor may take away, in the order of their codes."""
    return _narrowed(ctx, chosen, Level.ITEM)


def files(ctx: Ctx, chosen: Chosen) -> QuerySet[Description]:
    """The files chosen, each with the dates, the number and the pages of the items in it."""
    inside = Q(children__custodian_id=F("custodian_id"))
    return _narrowed(ctx, chosen, Level.FILE).annotate(
        began_on=Min("children__dated_on", filter=inside),
        ended_on=Max("children__dated_on", filter=inside),
        item_count=Count("children", filter=inside),
        page_sum=Sum("children__page_count", filter=inside),
    )


def get_file(ctx: Ctx, file_id: int) -> Description:
    """One file that the actor may take away, or ``Missing``."""
    row = policy.one(catalogue.exportable(ctx), pk=file_id, level=Level.FILE)
    return policy.one(files(ctx, Chosen(fonds_id=row.fonds_id)), pk=row.pk)


def contents(ctx: Ctx, file_id: int) -> QuerySet[Description]:
    """The items in a file, in the order of their codes."""
    rows = catalogue.exportable(ctx).filter(parent_id=file_id, level=Level.ITEM)
    return rows.order_by("reference_code", "pk")


def _narrowed(ctx: Ctx, chosen: Chosen, level: Level) -> QuerySet[Description]:
    rows = catalogue.exportable(ctx).filter(fonds_id=chosen.fonds_id, level=level, merged_into=None)
    if chosen.year is not None:
        rows = rows.filter(year=chosen.year)
    if chosen.retention:
        rows = rows.filter(retention=chosen.retention)
    if chosen.class_code:
        rows = rows.filter(class_code=chosen.class_code)
    return rows.order_by("reference_code", "pk")


def volume_count(rows: QuerySet[Description]) -> int:
    """In how many volumes a list of these rows is printed."""
    return -(-rows.count() // VOLUME_ROWS)


def groups(ctx: Ctx, fonds_id: int) -> list[Group]:
    """What a fonds holds by year, retention and class, newest year first; two queries."""
    keys = ("year", "retention", "class_code")
    rows = items(ctx, Chosen(fonds_id=fonds_id)).filter(year__isnull=False).order_by()
    counted = rows.values(*keys).annotate(n=Count("pk"), pages=Sum("page_count")).order_by("-year", *keys[1:])
    boxed = {
        (row["year"], row["retention"], row["class_code"]): row["n"]
        for row in visible_boxes(ctx)
        .filter(fonds_id=fonds_id)
        .order_by()
        .values(*keys)
        .annotate(n=Sum("item_count"))
    }
    return [
        Group(year, retention, code, n, pages or 0, boxed.get((year, retention, code), 0))
        for year, retention, code, n, pages in counted.values_list(*keys, "n", "pages")
    ]


def visible_boxes(ctx: Ctx) -> QuerySet[Box]:
    """Boxes of organisations where the actor may see them."""
    return policy.visible(Box.objects.select_related("fonds", "custodian"), READ_BOX, ctx.actor)


def get_box(ctx: Ctx, box_id: int) -> Box:
    """One box, or ``Missing``."""
    return policy.one(visible_boxes(ctx), pk=box_id)


def boxes_of(ctx: Ctx, chosen: Chosen) -> QuerySet[Box]:
    """The boxes of a group, by number."""
    where = {"fonds_id": chosen.fonds_id, "class_code": chosen.class_code}
    rows = visible_boxes(ctx).filter(**where, year=chosen.year, retention=chosen.retention)
    return rows.order_by("number")


def box_of(ctx: Ctx, row: Description) -> Box | None:
    """The box that an item lies in, if it lies in one that the actor may see."""
    where = {"fonds_id": row.fonds_id, "year": row.year, "retention": row.retention}
    rows = visible_boxes(ctx).filter(**where, class_code=row.class_code, custodian_id=row.custodian_id)
    return rows.filter(first_code__lte=row.reference_code, last_code__gte=row.reference_code).first()


def volume_with(ctx: Ctx, chosen: Chosen, item_id: int) -> int:
    """In which volume of its list an item is printed; 1 where it is not in the list."""
    rows = items(ctx, chosen)
    code = rows.filter(pk=item_id).values_list("reference_code", flat=True).first()
    return rows.filter(reference_code__lt=code).count() // VOLUME_ROWS + 1 if code else 1


def items_in(ctx: Ctx, box: Box) -> QuerySet[Description]:
    """What lies in a box."""
    chosen = Chosen(fonds_id=box.fonds_id, year=box.year, retention=box.retention, class_code=box.class_code)
    rows = items(ctx, chosen).filter(class_code=box.class_code)
    return rows.filter(reference_code__gte=box.first_code, reference_code__lte=box.last_code)
