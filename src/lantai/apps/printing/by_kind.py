"""Lists of the records of one kind, in the columns and widths that its archives has laid down for it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.db.models import Count
from django.utils import translation
from django.utils.translation import gettext as _

from lantai.apps.catalogue import queries as catalogue
from lantai.apps.holdings import queries as holdings
from lantai.apps.kinds import queries as kinds
from lantai.apps.kinds.types import KindField, KindScheme
from lantai.apps.printing import layouts, queries, rendering
from lantai.apps.printing.types import VOLUME_ROWS, Chosen, NoSuchVolume, NothingToPrint
from lantai.platform.context import Ctx

if TYPE_CHECKING:
    from lantai.apps.catalogue.models import Description
    from lantai.apps.holdings.models import Fonds


@dataclass(frozen=True, slots=True)
class KindToPrint:
    """A kind of which a fonds holds items, and how many."""

    slug: str
    name: str
    count: int

    @property
    def volumes(self) -> range:
        """The numbers of its volumes."""
        return range(1, -(-self.count // VOLUME_ROWS) + 1)


def kinds_in(ctx: Ctx, fonds_id: int) -> list[KindToPrint]:
    """The kinds of the items in a fonds that the actor may take away, the most first."""
    rows = queries.items(ctx, Chosen(fonds_id=fonds_id)).order_by()
    counted = (
        rows.values_list("kind__slug", "kind__name").annotate(n=Count("pk")).order_by("-n", "kind__slug")
    )
    return [KindToPrint(slug, _(name), n) for slug, name, n in counted]


def list_pdf(ctx: Ctx, fonds: Fonds, slug: str, chosen: Chosen, volume: int) -> bytes:
    """One volume of the items of a kind; raises ``Missing``, ``NothingToPrint``, ``NoSuchVolume``."""
    kind = holdings.kind(slug)
    rows = queries.items(ctx, chosen).filter(kind=kind)
    volumes = queries.volume_count(rows)
    scheme = kinds.scheme_of(kind.pk, fonds.archives_id)
    if volumes == 0 or not printed(scheme):
        raise NothingToPrint
    if not 1 <= volume <= volumes:
        raise NoSuchVolume(count=volumes, volume=volume, field="volume")
    begun = (volume - 1) * VOLUME_ROWS
    with translation.override("zh-hans"):
        told = _("第 %(n)d 册，共 %(of)d 册") % {"n": volume, "of": volumes} if volumes > 1 else ""
        title = _("%(kind)s目录") % {"kind": _(kind.name)}
        said = layouts.head(fonds, title, chosen, told)
        some = rows.select_related("kind")[begun : begun + VOLUME_ROWS]
        return rendering.render(ctx, "list.typ", said | table(ctx, scheme, some, begun + 1))


def printed(scheme: KindScheme) -> tuple[KindField, ...]:
    """The fields that have a place on paper, in the order of the form."""
    return tuple(field for field in scheme.asked if field.print_width)


def table(ctx: Ctx, scheme: KindScheme, rows: Iterable[Description], first: int) -> layouts.Said:
    """Number, code and the printed fields, each as wide as the kind says."""
    fields, schemes = printed(scheme), catalogue.Schemes()
    return {
        "head": [_("序号"), _("档号"), *(_(field.label) for field in fields)],
        "widths": ["auto", "auto", *(f"{field.print_width}fr" for field in fields)],
        "rows": [
            [str(n), row.reference_code, *_cells(ctx, schemes, fields, row)]
            for n, row in enumerate(rows, first)
        ],
    }


def _cells(ctx: Ctx, schemes: catalogue.Schemes, fields: Iterable[KindField], row: Description) -> list[str]:
    own, told = catalogue.own_values(ctx, row, schemes), catalogue.as_told(ctx, row, schemes)
    return [_cell(field, told, own) for field in fields]


def _cell(field: KindField, row: Description, own: Mapping[str, object]) -> str:
    value = getattr(row, field.column) if field.column else own.get(field.name)
    return layouts.day(value) if isinstance(value, date) else kinds.shown(field, value)
