"""Which documents a posted act is about: rows ticked in the list, or ids carried on from the page before."""

from __future__ import annotations

from django.http import HttpRequest

from lantai.apps.filing import queries
from lantai.apps.filing.forms import ids_of
from lantai.apps.filing.tables import DocumentTable
from lantai.apps.holdings import queries as holdings
from lantai.platform.context import Ctx
from lantai.platform.ui.tables import selected


def document_table(ctx: Ctx) -> DocumentTable:
    """The list of documents of the actor."""
    fonds = [(str(row.pk), str(row)) for row in holdings.visible_fonds(ctx)]
    return DocumentTable(queries.desk_rows(ctx), fonds)


def chosen_ids(request: HttpRequest) -> list[int]:
    """Ids of the chosen documents, among those the actor may see."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    if "chosen" in request.POST:
        rows = queries.visible(ctx).filter(pk__in=ids_of(request.POST["chosen"]))
    else:
        rows = selected(request, document_table(ctx))
    return list(rows.order_by("pk").values_list("pk", flat=True))


def carried(ids: list[int]) -> str:
    """Ids as the text of a hidden field."""
    return ",".join(map(str, ids))
