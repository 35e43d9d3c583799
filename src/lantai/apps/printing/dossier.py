"""全宗卷 (DA/T 12-2012): the file about a fonds, put together from what every app has about it.

Apps above register what they keep with ``services.register_source``; nothing is copied, so that the file about a
fonds is never older than what it tells of.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

from django.db.models import Count, Max, Min, Sum
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lantai.apps.catalogue.types import Level
from lantai.apps.custody import queries as custody
from lantai.apps.holdings import queries as holdings
from lantai.apps.migration import queries as migration
from lantai.apps.printing import queries, services
from lantai.apps.printing.types import CONTENT_ROWS, MOST, Chapter, Chosen, Content, Paper
from lantai.platform.context import Ctx
from lantai.platform.ui import words

if TYPE_CHECKING:
    from datetime import datetime

    from django.db.models import QuerySet

    from lantai.apps.custody.models import Package
    from lantai.apps.holdings.models import Fonds
    from lantai.apps.migration.models import MigrationPlan
    from lantai.apps.printing.models import Box


def moment(at: datetime) -> str:
    """A day and time as papers have it."""
    return f"{timezone.localtime(at):%Y-%m-%d %H:%M}"


def assembled(ctx: Ctx, fonds: Fonds) -> list[tuple[Chapter, list[Paper]]]:
    """Every chapter with its papers, in the order of the chapters; a chapter may be empty."""
    found: dict[Chapter, list[Paper]] = {chapter: [] for chapter in Chapter}
    for chapter, find in services.sources():
        found[chapter].extend(find(ctx, fonds))
    return list(found.items())


def _introduction(_ctx: Ctx, fonds: Fonds) -> Iterator[Paper]:
    if fonds.note:
        yield Paper(None, _("全宗介绍"), url=fonds.get_absolute_url(), read=lambda: Content(text=fonds.note))


def _classes(_ctx: Ctx, fonds: Fonds) -> Iterator[Paper]:
    count = holdings.classes_of(fonds.pk, only_active=True).count()
    if count:
        said = ngettext("分类方案（%(n)d 个类目）", "分类方案（%(n)d 个类目）", count) % {"n": count}
        yield Paper(None, said, url=fonds.get_absolute_url(), read=partial(_said_of_classes, fonds.pk))


def _said_of_classes(fonds_id: int) -> Content:
    rows = [(one.code, f"{one.indent}{one.name}") for one in holdings.class_rows(fonds_id) if one.is_active]
    return Content(head=(_("代码"), _("名称")), rows=tuple(rows))


def _boxes(ctx: Ctx, fonds: Fonds) -> Iterator[Paper]:
    rows = queries.visible_boxes(ctx).filter(fonds=fonds).order_by()
    by_year = rows.values("year").annotate(n=Count("pk"), items=Sum("item_count"), last=Max("made_at"))
    for row in by_year.order_by("-year")[:MOST]:
        said = _("%(year)d 年度装盒：%(n)d 盒 %(items)d 件") % row
        url = f"{reverse('printing:boxes')}?fonds={fonds.pk}&year_from={row['year']}&year_to={row['year']}"
        read = partial(_said_of_boxes, rows.filter(year=row["year"]))
        yield Paper(timezone.localdate(row["last"]), said, url=url, read=read)


def _said_of_boxes(rows: QuerySet[Box]) -> Content:
    head = (_("保管期限"), _("机构或问题"), _("盒号"), _("起止档号"), _("件数"), _("页数"), _("存放位置"))
    some = rows.order_by("retention", "class_code", "number")[: CONTENT_ROWS + 1]
    lines = [
        (
            holdings.retention_label(one.retention), one.class_code, str(one.number),
            f"{one.first_code} — {one.last_code}", str(one.item_count), str(one.page_count), one.place,
        )
        for one in some
    ]  # fmt: skip
    return Content(head=head, rows=tuple(lines))


def _schedule(_ctx: Ctx, fonds: Fonds) -> Iterator[Paper]:
    row = holdings.schedule_in_force(fonds.creator_id) if fonds.creator_id else None
    if row is not None:
        yield Paper(
            row.valid_from,
            row.title,
            row.citation,
            row.get_absolute_url(),
            partial(_said_of_schedule, row.pk),
        )


def _said_of_schedule(schedule_id: int) -> Content:
    lines = holdings.lines_of(schedule_id)
    rows = tuple((one.number, one.scope, holdings.retention_label(one.retention)) for one in lines)
    return Content(head=(_("序号"), _("归档范围"), _("保管期限")), rows=rows)


def _packages(ctx: Ctx, fonds: Fonds) -> Iterator[Paper]:
    rows = custody.visible(ctx).filter(fonds=fonds).order_by("-stored_at", "-pk")
    for row in rows[:MOST]:
        yield Paper(
            timezone.localdate(row.stored_at),
            row.title,
            row.object_id,
            reverse("custody:package", args=[row.pk]),
            partial(_said_of_package, row),
        )


def _said_of_package(row: Package) -> Content:
    return Content(
        rows=(
            (_("形成单位"), row.origin.name),
            (_("件数"), str(row.item_count)),
            (_("文件数"), str(row.file_count)),
            (_("大小"), words.size(row.byte_count)),
            (_("版本"), f"v{row.version}"),
            (_("封存时间"), moment(row.stored_at)),
            (_("最近校验"), moment(row.checked_at) if row.checked_at else _("还没有校验")),
            (_("清单摘要（SHA-512）"), row.inventory_sha512),
        )
    )


def _counts(ctx: Ctx, fonds: Fonds) -> Iterator[Paper]:
    items = queries.items(ctx, Chosen(fonds_id=fonds.pk)).order_by()
    by_retention = items.values("retention").annotate(n=Count("pk"), first=Min("year"), last=Max("year"))
    for row in by_retention.order_by("retention"):
        years = sorted({year for year in (row["first"], row["last"]) if year is not None})
        said = _("%(kept)s：%(n)d 件（%(years)s 年）") if years else _("%(kept)s：%(n)d 件")
        said %= {
            "n": row["n"],
            "years": "—".join(map(str, years)),
            "kept": holdings.retention_label(row["retention"]) or _("未划定期限"),
        }
        yield Paper(None, said, url=f"{reverse('catalogue:list')}?fonds={fonds.pk}&level={Level.ITEM}")


def _migrations(ctx: Ctx, fonds: Fonds) -> Iterator[Paper]:
    done = migration.visible(ctx).filter(fonds=fonds, finished_at__isnull=False)
    for row in done.order_by("-finished_at", "-pk")[:MOST]:
        read = partial(_said_of_migration, row)
        yield Paper(timezone.localdate(row.finished_at), row.title, row.number, row.get_absolute_url(), read)


def _said_of_migration(row: MigrationPlan) -> Content:
    return Content(
        rows=(
            (_("理由"), row.reason),
            (_("源格式"), row.puid),
            (_("转换方式"), row.converter),
            (_("信息包数"), str(row.package_count)),
            (_("文件数"), str(row.file_count)),
            (_("提出人"), row.drafter_name),
            (_("完成时间"), moment(row.finished_at) if row.finished_at else ""),
        )
    )


def register_own() -> None:
    """What the apps below have about a fonds."""
    services.register_source("holdings:note", Chapter.INTRODUCTION, _introduction)
    services.register_source("custody:packages", Chapter.KEEPING, _packages)
    services.register_source("holdings:classes", Chapter.ARRANGING, _classes)
    services.register_source("printing:boxes", Chapter.ARRANGING, _boxes)
    services.register_source("holdings:schedule", Chapter.APPRAISING, _schedule)
    services.register_source("catalogue:counts", Chapter.COUNTING, _counts)
    services.register_source("migration:plans", Chapter.TECHNOLOGY, _migrations)
