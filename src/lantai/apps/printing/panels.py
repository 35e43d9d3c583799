"""What can be printed of a description, shown on its page."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from lantai.apps.catalogue.queries.panels import Panel
from lantai.apps.catalogue.queries.reading import may_export
from lantai.apps.catalogue.types import Level
from lantai.apps.printing import queries
from lantai.apps.printing.permissions import P
from lantai.apps.printing.types import OF_ONE_FILE, Layout
from lantai.platform.context import Ctx

if TYPE_CHECKING:
    from lantai.apps.catalogue.models import Description

Link = tuple[str, str]  # what it is called, and its address


def panel(ctx: Ctx, row: Description) -> Panel | None:
    """The papers of a file, or the list, the file and the box in which an item stands."""
    if not ctx.actor.holds(P.PAPER_PRINT) or not may_export(ctx, row):
        return None
    links = list(_of_file(row.pk) if row.level == Level.FILE else _of_item(ctx, row))
    return Panel("printing/_panel.html", {"links": links}) if links else None


def _of_file(file_id: int) -> Iterator[Link]:
    for layout in Layout:
        if layout in OF_ONE_FILE:
            yield str(layout.label), reverse("printing:file_pdf", args=[file_id, layout.value])


def _of_item(ctx: Ctx, row: Description) -> Iterator[Link]:
    if row.level != Level.ITEM:
        return
    if row.parent_id and row.parent and row.parent.level == Level.FILE:
        yield (
            _("所在案卷的卷内文件目录"),
            reverse("printing:file_pdf", args=[row.parent_id, Layout.CONTENTS.value]),
        )
    if row.year is None:
        return
    group = urlencode({"year": row.year, "retention": row.retention, "class": row.class_code, "at": row.pk})
    address = reverse("printing:list_pdf", args=[row.fonds_id, Layout.ITEMS.value])
    yield _("所在的归档文件目录"), f"{address}?{group}"
    box = queries.box_of(ctx, row)
    if box is not None:
        yield _("所在档案盒：第 %(n)d 盒") % {"n": box.number}, box.get_absolute_url()
