"""The papers as PDF/A: official papers are Chinese, whoever asks for them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from lantai.apps.catalogue import queries as catalogue
from lantai.apps.printing import dossier, layouts, queries
from lantai.apps.printing.models import Box
from lantai.apps.printing.types import (
    OF_ONE_FILE,
    VOLUME_ROWS,
    Chosen,
    Layout,
    NoSuchVolume,
    NothingToPrint,
)
from lantai.platform.context import Ctx
from lantai.platform.documents import services as documents

if TYPE_CHECKING:
    from lantai.apps.catalogue.models import Description
    from lantai.apps.holdings.models import Fonds

TEMPLATES = Path(__file__).resolve().parent / "typst"
_BY_FILE = {Layout.CONTENTS: "list.typ", Layout.COVER: "cover.typ", Layout.NOTE: "note.typ"}


def list_pdf(ctx: Ctx, fonds: Fonds, layout: Layout, chosen: Chosen, volume: int) -> bytes:
    """One volume of 归档文件目录 or 案卷目录; raises ``NothingToPrint``, ``NoSuchVolume``."""
    rows = queries.items(ctx, chosen) if layout == Layout.ITEMS else queries.files(ctx, chosen)
    volumes = queries.volume_count(rows)
    if volumes == 0:
        raise NothingToPrint
    if not 1 <= volume <= volumes:
        raise NoSuchVolume(count=volumes, volume=volume, field="volume")
    begun = (volume - 1) * VOLUME_ROWS
    some = rows[begun : begun + VOLUME_ROWS]
    with translation.override("zh-hans"):
        told = _("第 %(n)d 册，共 %(of)d 册") % {"n": volume, "of": volumes} if volumes > 1 else ""
        made = layouts.item_list if layout == Layout.ITEMS else layouts.file_list
        said = layouts.head(fonds, str(layout.label), chosen, told) | made(_told(ctx, some), begun + 1)
        return render(ctx, "list.typ", said)


def file_pdf(ctx: Ctx, row: Description, layout: Layout) -> bytes:
    """Cover, list of contents or note of one file, as ``queries.get_file`` gives it."""
    if layout not in OF_ONE_FILE:
        raise ValueError(layout)
    with translation.override("zh-hans"):
        return render(ctx, _BY_FILE[layout], _about_file(ctx, row, layout))


def _about_file(ctx: Ctx, row: Description, layout: Layout) -> layouts.Said:
    if layout == Layout.COVER:
        return layouts.cover(row)
    if layout == Layout.NOTE:
        return layouts.file_note(row)
    head = layouts.head(row.fonds, str(layout.label), Chosen(fonds_id=row.fonds_id))
    head["facts"] = [[_("档号"), row.reference_code], [_("案卷题名"), row.title]]
    return head | layouts.contents_list(_told(ctx, queries.contents(ctx, row.pk)))


def _told(ctx: Ctx, rows: Iterable[Description]) -> Iterator[Description]:
    """The rows as the actor may know them: who prints what another archives has opened."""
    schemes = catalogue.Schemes()
    return (catalogue.as_told(ctx, row, schemes) for row in rows)


def box_note_pdf(ctx: Ctx, box: Box) -> bytes:
    """备考表 of one box."""
    with translation.override("zh-hans"):
        return render(ctx, "note.typ", layouts.box_note(box))


def labels_pdf(ctx: Ctx, boxes: Sequence[Box]) -> bytes:
    """Spines at their true size with a front label, one box a sheet; raises ``NothingToPrint``."""
    if not boxes:
        raise NothingToPrint
    with translation.override("zh-hans"):
        labels = [layouts.label(box, address_of(box)) for box in boxes]
        said: layouts.Said = {"archives": boxes[0].fonds.archives.name, "title": _("档案盒标签")}
        return render(ctx, "labels.typ", {**said, "labels": labels})


def address_of(box: Box) -> str:
    """What the code on a box leads to: its page."""
    return str(settings.LANTAI_PUBLIC_URL) + reverse("printing:box", args=[box.pk])


def dossier_pdf(ctx: Ctx, fonds: Fonds) -> bytes:
    """全宗卷: the list of its papers by chapter, and what stands in each that is a page of ours."""
    with translation.override("zh-hans"):
        chapters = [
            layouts.chapter(str(chapter.label), papers) for chapter, papers in dossier.assembled(ctx, fonds)
        ]
        said = layouts.head(fonds, _("全宗卷"), Chosen(fonds_id=fonds.pk))
        said |= {"chapters": chapters, "head": [_("序号"), _("日期"), _("文件名称"), _("编号")]}
        return render(ctx, "dossier.typ", {**said, "none": _("暂无文件")})


def render(ctx: Ctx, template: str, said: layouts.Said) -> bytes:
    """A paper that says who printed it and when."""
    source = _("打印：%(who)s") % {"who": f"{ctx.actor.name} {ctx.now:%Y-%m-%d}"}
    return documents.render(template, {**said, "source": source}, root=TEMPLATES, made_at=ctx.now)
